package dev.stepback.sandbox.cluster.rbac;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** One rule of a Role or ClusterRole (Kubernetes: {@code pkg/apis/rbac/v1/evaluation_helpers.go}). */
record RoleRule(
        List<String> verbs,
        List<String> apiGroups,
        List<String> resources,
        List<String> resourceNames,
        List<String> nonResourceUrls) {
    private static final String ANY = "*";

    static RoleRule of(JsonNode rule) {
        return new RoleRule(
                texts(rule.path("verbs")),
                texts(rule.path("apiGroups")),
                texts(rule.path("resources")),
                texts(rule.path("resourceNames")),
                texts(rule.path("nonResourceURLs")));
    }

    boolean allows(Attempt attempt) {
        if (!matches(verbs, attempt.verb())) {
            return false;
        }
        return attempt.isOnResource()
                ? matches(apiGroups, attempt.group()) && hasResource(attempt) && hasName(attempt)
                : nonResourceUrls.stream().anyMatch(url -> isUnder(url, attempt.path()));
    }

    /** A star alone is every resource with every subresource; before a slash, every resource with that one. */
    private boolean hasResource(Attempt attempt) {
        return matches(resources, attempt.combinedResource())
                || (!attempt.subresource().isEmpty() && resources.contains("*/" + attempt.subresource()));
    }

    /** Names are never patterns, and a rule with names allows nothing that has none. */
    private boolean hasName(Attempt attempt) {
        return resourceNames.isEmpty() || resourceNames.contains(attempt.name());
    }

    private static boolean isUnder(String url, String path) {
        return url.equals(path) || (url.endsWith(ANY) && path.startsWith(url.substring(0, url.length() - 1)));
    }

    private static boolean matches(List<String> allowed, String wanted) {
        return allowed.contains(ANY) || allowed.contains(wanted);
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
