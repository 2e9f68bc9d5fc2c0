package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The {@code labelSelector} of a request: {@code a=b,c!=d,e in (f,g),h notin (i),j,!k}. */
final class LabelSelector {
    private static final String KEY = "([A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?)";
    private static final Pattern SET = Pattern.compile(KEY + "\\s+(in|notin)\\s*\\(([^()]*)\\)");
    private static final Pattern EQUALITY = Pattern.compile(KEY + "\\s*(==|=|!=)\\s*([-A-Za-z0-9_.]*)");
    private static final Pattern EXISTENCE = Pattern.compile("(!?)\\s*" + KEY);

    private LabelSelector() {}

    /** @throws ApiException 400 when it cannot be understood */
    static Predicate<JsonNode> parse(String selector) {
        Predicate<JsonNode> all = object -> true;
        for (String requirement : split(selector)) {
            Predicate<JsonNode> one = requirement(requirement, selector);
            all = all.and(object -> one.test(object.path("metadata").path("labels")));
        }
        return all;
    }

    private static Predicate<JsonNode> requirement(String text, String whole) {
        Matcher set = SET.matcher(text);
        if (set.matches()) {
            Set<String> values =
                    Stream.of(set.group(3).split(",")).map(String::trim).collect(Collectors.toSet());
            String key = set.group(1);
            boolean in = set.group(2).equals("in");
            return labels ->
                    in == (labels.has(key) && values.contains(labels.path(key).asText()));
        }
        Matcher equality = EQUALITY.matcher(text);
        if (equality.matches()) {
            String key = equality.group(1);
            String value = equality.group(3);
            boolean equal = !equality.group(2).equals("!=");
            return labels ->
                    equal == (labels.has(key) && labels.path(key).asText().equals(value));
        }
        Matcher existence = EXISTENCE.matcher(text);
        if (existence.matches()) {
            String key = existence.group(2);
            boolean exists = existence.group(1).isEmpty();
            return labels -> exists == labels.has(key);
        }
        throw Failures.badRequest("unable to parse requirement: \"" + whole + "\"");
    }

    /** Splits at commas outside of parentheses. */
    private static List<String> split(String selector) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < selector.length(); i++) {
            char c = selector.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                parts.add(selector.substring(start, i).trim());
                start = i + 1;
            }
        }
        if (!selector.isBlank()) {
            parts.add(selector.substring(start).trim());
        }
        return parts;
    }
}
