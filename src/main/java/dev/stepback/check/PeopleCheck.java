package dev.stepback.check;

import dev.stepback.config.StepbackConfig;
import dev.stepback.policy.IdentityRule;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceRule;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the bot needs for {@code kubernetes.impersonate} and {@code kubernetes.reviewAccess}; nothing while they are off. */
final class PeopleCheck {
    private static final String IMPERSONATE = "impersonate";
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    private final KubernetesClient client;
    private final StepbackConfig.People people;

    PeopleCheck(KubernetesClient client, StepbackConfig.People people) {
        this.client = client;
        this.people = people;
    }

    /** Permissions that can be asked for one by one. */
    List<Needed> needed() {
        List<Needed> needed = new ArrayList<>();
        if (people.impersonate()) {
            for (IdentityRule rule : people.identities().rules()) {
                rule.user()
                        .filter(user -> !user.contains(IdentityRule.EMAIL))
                        .ifPresent(user -> needed.add(user(user)));
                rule.groups()
                        .forEach(group -> needed.add(new Needed(
                                new Permission(IMPERSONATE, "", "groups", group, "acting as members of " + group),
                                null)));
            }
        } else if (people.reviewAccess()) {
            needed.add(new Needed(
                    new Permission(
                            "create", "authorization.k8s.io", "subjectaccessreviews", "asking what somebody may do"),
                    null));
        }
        return needed.stream().distinct().toList();
    }

    /** Whether some rule is about e-mail addresses, which are not known here. */
    boolean needsUsers() {
        return people.impersonate()
                && people.identities().rules().stream()
                        .flatMap(rule -> rule.user().stream())
                        .anyMatch(user -> user.contains(IdentityRule.EMAIL));
    }

    /**
     * Which users the bot may impersonate, by what the cluster says of the bot's own rules.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when it cannot be asked
     */
    Row users(String area) {
        List<String> names = new ArrayList<>();
        boolean any = false;
        for (ResourceRule rule : rules()) {
            boolean matches = has(rule.getVerbs(), IMPERSONATE)
                    && has(rule.getApiGroups(), "")
                    && has(rule.getResources(), "users");
            if (matches) {
                names.addAll(rule.getResourceNames());
                any |= rule.getResourceNames().isEmpty();
            }
        }
        String item = IMPERSONATE + " users";
        if (any) {
            return new Row(area, item, true, "anybody: name them, see k8s-manifests/impersonate");
        }
        return names.isEmpty()
                ? new Row(area, item, false, "denied; kubectl apply -k k8s-manifests/impersonate")
                : new Row(area, item, true, names.stream().distinct().count() + " of them");
    }

    private List<ResourceRule> rules() {
        String namespace = client.getNamespace() == null ? "default" : client.getNamespace();
        return client.authorization()
                .v1()
                .selfSubjectRulesReview()
                .create(new SelfSubjectRulesReviewBuilder()
                        .withNewSpec()
                        .withNamespace(namespace)
                        .endSpec()
                        .build())
                .getStatus()
                .getResourceRules();
    }

    private static boolean has(List<String> values, String wanted) {
        return values.contains(wanted) || values.contains("*");
    }

    /** @param namespace null for what is in none */
    record Needed(Permission permission, @Nullable String namespace) {}

    private static Needed user(String user) {
        if (user.startsWith(SERVICE_ACCOUNT)) {
            String[] parts = user.split(":", -1);
            if (parts.length == 4) {
                return new Needed(
                        new Permission(IMPERSONATE, "", "serviceaccounts", parts[3], "acting as " + user), parts[2]);
            }
        }
        return new Needed(new Permission(IMPERSONATE, "", "users", user, "acting as " + user), null);
    }
}
