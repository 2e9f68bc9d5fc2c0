package dev.stepback.config;

import dev.stepback.policy.Identities;
import dev.stepback.policy.IdentityRule;
import dev.stepback.policy.Who;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The keys in {@code kubernetes} that say as whom the cluster is asked. */
final class IdentityKeys {
    private static final String A_USER =
            "a Kubernetes user; write alice, \"{email}\" or" + " system:serviceaccount:namespace:name";
    private static final String A_GROUP = "a Kubernetes group that does not begin with system:";
    private static final String SYSTEM = "system:";
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    /** They become headers. */
    private static final Pattern NAME = Pattern.compile("[!-~]{1,253}");

    private IdentityKeys() {}

    static StepbackConfig.People read(Section kubernetes, StepbackConfig.People byDefault) {
        return new StepbackConfig.People(
                kubernetes.value("impersonate", byDefault.impersonate(), Values.A_TRUTH_VALUE, Values::bool),
                kubernetes.value("reviewAccess", byDefault.reviewAccess(), Values.A_TRUTH_VALUE, Values::bool),
                new Identities(
                        kubernetes.each("identities", byDefault.identities().rules(), IdentityKeys::rule)));
    }

    private static IdentityRule rule(Section s) {
        List<Who> who = s.oneOrSome("who", AccessSection.SOMEBODY, Who::parse);
        Optional<String> user = s.value("user", Optional.empty(), A_USER, t -> user(t).map(Optional::of));
        List<String> groups = s.list("groups", List.of(), A_GROUP, IdentityKeys::group);
        if (!s.has("user") && groups.isEmpty() && !s.has("groups")) {
            s.problem("", "gives nothing; write user, groups or both");
        }
        return new IdentityRule(who, user, groups);
    }

    /** The cluster's own components are nobody's identity. */
    private static Optional<String> user(String text) {
        return NAME.matcher(text).matches() && (!text.startsWith(SYSTEM) || text.startsWith(SERVICE_ACCOUNT))
                ? Optional.of(text)
                : Optional.empty();
    }

    /** {@code system:masters} would bypass all of the cluster's rules. */
    private static Optional<String> group(String text) {
        return NAME.matcher(text).matches() && !text.startsWith(SYSTEM) ? Optional.of(text) : Optional.empty();
    }
}
