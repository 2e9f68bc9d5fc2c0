package dev.stepback.policy;

import dev.stepback.target.Identity;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which Kubernetes user somebody is. The first rule that names somebody and has a user gives the user; the groups of all
 * rules that name somebody are added.
 */
public record Identities(List<IdentityRule> rules) {
    public static final Identities DEFAULT = new Identities(List.of(IdentityRule.DEFAULT));

    public Identities {
        rules = List.copyOf(rules);
    }

    /** What the rules give somebody. */
    public sealed interface Mapping {
        record Known(Identity identity) implements Mapping {}

        /** Nothing: somebody without a Kubernetes user sees and does nothing. */
        record None() implements Mapping {}

        /** Slack could not be asked: a rule that may apply could name another user. */
        record Undecided() implements Mapping {}
    }

    public Mapping of(Subject subject, Directory directory) {
        Optional<String> user = Optional.empty();
        Set<String> groups = new LinkedHashSet<>();
        for (IdentityRule rule : rules) {
            switch (Who.anyNames(rule.who(), subject, directory)) {
                case YES -> {
                    user = user.or(() -> rule.userOf(subject));
                    groups.addAll(rule.groups());
                }
                case UNKNOWN -> {
                    return new Mapping.Undecided();
                }
                case NO -> {}
            }
        }
        return user.<Mapping>map(u -> new Mapping.Known(new Identity(u, List.copyOf(groups))))
                .orElseGet(Mapping.None::new);
    }
}
