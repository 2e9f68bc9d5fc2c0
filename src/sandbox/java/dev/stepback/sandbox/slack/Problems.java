package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Collects what is wrong with a structure, in the words and with the pointers that Slack gives. */
final class Problems {
    private final List<String> found = new ArrayList<>();

    void add(String problem, String at) {
        found.add(problem + " [json-pointer:" + at + "]");
    }

    List<String> found() {
        return List.copyOf(found);
    }

    void onlyFields(JsonNode object, String at, Set<String> allowed) {
        object.fieldNames().forEachRemaining(field -> {
            if (!allowed.contains(field)) {
                add("invalid additional property: " + field, at);
            }
        });
    }

    /** Whether it is an array of an allowed size; if not, that is noted. */
    boolean size(JsonNode array, String at, int min, int max) {
        if (!array.isArray()) {
            add("must be an array", at);
            return false;
        }
        if (array.size() < min) {
            add("no fewer than " + min + " items allowed", at);
            return false;
        }
        if (array.size() > max) {
            add("no more than " + max + " items allowed", at);
            return false;
        }
        return true;
    }
}
