package dev.stepback.sandbox.cluster.rbac;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides by the Roles and bindings that are stored, as Kubernetes' RBAC authorizer does; {@code system:masters} may do
 * everything. Aggregated ClusterRoles have only their own rules, and names in field selectors are not looked at: both
 * are stricter than Kubernetes.
 */
public final class Rbac {
    public static final String GROUP = "rbac.authorization.k8s.io";

    private static final List<JsonNode> EVERYTHING =
            List.of(rule(List.of("verbs", "apiGroups", "resources")), rule(List.of("verbs", "nonResourceURLs")));

    private final Objects objects;

    public Rbac(Objects objects) {
        this.objects = objects;
    }

    /** The stored objects. */
    public interface Objects {
        /**
         * @param resource such as {@code roles.rbac.authorization.k8s.io}
         * @param namespace null for what is in none
         */
        List<ObjectNode> list(String resource, @Nullable String namespace);
    }

    /** @param reason why it is allowed, or what was wrong with the roles; mostly empty when it is not allowed */
    public record Decision(boolean allowed, String reason) {}

    /** A rule that somebody has, and the words of where from. */
    private record Granted(JsonNode rule, String by) {}

    public Decision decide(Caller caller, Attempt attempt) {
        if (caller.isMaster()) {
            return new Decision(true, "");
        }
        List<String> problems = new ArrayList<>();
        for (Granted granted : granted(caller, attempt.namespace(), problems)) {
            if (RoleRule.of(granted.rule()).allows(attempt)) {
                return new Decision(true, "RBAC: allowed by " + granted.by());
            }
        }
        return new Decision(false, problems.isEmpty() ? "" : "RBAC: " + inBrackets(problems));
    }

    /**
     * Refuses what the caller may not do.
     *
     * @throws ApiException with code 403
     */
    public void require(Caller caller, Attempt attempt) {
        Decision decision = decide(caller, attempt);
        if (!decision.allowed()) {
            throw attempt.forbidden(caller, decision.reason());
        }
        escalation(caller, attempt);
    }

    /** Who could write Roles could give themselves everything. Kubernetes also lets them pass on what they have. */
    private void escalation(Caller caller, Attempt attempt) {
        boolean writes = attempt.group().equals(GROUP)
                && Set.of("create", "update", "patch").contains(attempt.verb());
        if (writes) {
            String verb = attempt.resource().endsWith("bindings") ? "bind" : "escalate";
            Attempt further = Attempt.onResource(verb, GROUP, attempt.resource(), attempt.namespace(), attempt.name());
            if (!decide(caller, further).allowed()) {
                throw further.forbidden(caller, "");
            }
        }
    }

    /** All rules that the caller has in a namespace. */
    public List<JsonNode> rules(Caller caller, String namespace) {
        return caller.isMaster()
                ? EVERYTHING
                : granted(caller, namespace, new ArrayList<>()).stream()
                        .map(Granted::rule)
                        .toList();
    }

    private List<Granted> granted(Caller caller, String namespace, List<String> problems) {
        List<Granted> rules = new ArrayList<>();
        for (ObjectNode binding : objects.list("clusterrolebindings." + GROUP, null)) {
            collect(caller, binding, "", rules, problems);
        }
        if (!namespace.isEmpty()) {
            for (ObjectNode binding : objects.list("rolebindings." + GROUP, namespace)) {
                collect(caller, binding, namespace, rules, problems);
            }
        }
        return rules;
    }

    private void collect(
            Caller caller, ObjectNode binding, String namespace, List<Granted> rules, List<String> problems) {
        for (JsonNode subject : binding.path("subjects")) {
            if (isSubject(caller, subject, namespace)) {
                JsonNode ref = binding.path("roleRef");
                String kind = ref.path("kind").asText();
                String name = ref.path("name").asText();
                role(kind, name, namespace)
                        .ifPresentOrElse(
                                role -> role.path("rules")
                                        .forEach(rule -> rules.add(new Granted(rule, words(binding, ref, subject)))),
                                () -> problems.add(
                                        kind.toLowerCase(Locale.ROOT) + "." + GROUP + " \"" + name + "\" not found"));
                return;
            }
        }
    }

    private Optional<ObjectNode> role(String kind, String name, String namespace) {
        List<ObjectNode> roles;
        if (kind.equals("ClusterRole")) {
            roles = objects.list("clusterroles." + GROUP, null);
        } else if (kind.equals("Role") && !namespace.isEmpty()) {
            roles = objects.list("roles." + GROUP, namespace);
        } else {
            roles = List.of();
        }
        return roles.stream()
                .filter(role -> role.path("metadata").path("name").asText().equals(name))
                .findFirst();
    }

    private static boolean isSubject(Caller caller, JsonNode subject, String namespace) {
        String name = subject.path("name").asText();
        return switch (subject.path("kind").asText()) {
            case "User" -> name.equals(caller.name());
            case "Group" -> caller.groups().contains(name);
            case "ServiceAccount" -> {
                String within = subject.path("namespace").asText(namespace);
                yield !within.isEmpty()
                        && new Caller.ServiceAccount(within, name).user().equals(caller.name());
            }
            default -> false;
        };
    }

    private static String words(JsonNode binding, JsonNode ref, JsonNode subject) {
        JsonNode metadata = binding.path("metadata");
        String namespace = metadata.path("namespace").asText("");
        String name = metadata.path("name").asText() + (namespace.isEmpty() ? "" : "/" + namespace);
        String who = subject.path("name").asText()
                + (subject.has("namespace") ? "/" + subject.path("namespace").asText() : "");
        return "%s \"%s\" of %s \"%s\" to %s \"%s\""
                .formatted(
                        namespace.isEmpty() ? "ClusterRoleBinding" : "RoleBinding",
                        name,
                        ref.path("kind").asText(),
                        ref.path("name").asText(),
                        subject.path("kind").asText(),
                        who);
    }

    private static JsonNode rule(List<String> fields) {
        ObjectNode rule = JsonNodeFactory.instance.objectNode();
        fields.forEach(field -> rule.putArray(field).add("*"));
        return rule;
    }

    private static String inBrackets(List<String> problems) {
        return problems.size() == 1 ? problems.get(0) : "[" + String.join(", ", problems) + "]";
    }
}
