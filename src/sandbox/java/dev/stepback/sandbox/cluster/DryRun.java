package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The {@code dryRun} of a request, which has one legal value. */
final class DryRun {
    private DryRun() {}

    static boolean of(JsonNode values) {
        if (values.isMissingNode() || values.isNull() || values.isEmpty()) {
            return false;
        }
        values.forEach(value -> check(value.asText()));
        return true;
    }

    static boolean of(List<String> values) {
        values.forEach(DryRun::check);
        return !values.isEmpty();
    }

    private static void check(String value) {
        if (!value.equals("All")) {
            throw Failures.unprocessable("dryRun: Unsupported value: \"" + value + "\": supported values: \"All\"");
        }
    }
}
