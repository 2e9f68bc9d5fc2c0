package dev.stepback.slack;

import dev.stepback.config.StepbackConfig;
import dev.stepback.policy.ChannelBinding;
import dev.stepback.policy.IdentityRule;
import dev.stepback.policy.Policy;
import dev.stepback.policy.Who;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whom, and which channels, the configuration's rules name.
 *
 * @param addresses whether e-mail addresses have to be read
 */
record NamedPeople(
        SortedSet<String> groups,
        SortedSet<String> emails,
        SortedSet<String> users,
        SortedSet<String> channels,
        boolean addresses) {

    static NamedPeople of(StepbackConfig config) {
        Policy policy = config.policy();
        StepbackConfig.People people = config.kubernetes().people();
        boolean identities = people.impersonate() || people.reviewAccess();
        List<Who> who = Stream.of(
                        policy.rules().stream().flatMap(rule -> rule.who().stream()),
                        policy.approvals().stream().flatMap(a -> a.rule().from().stream()),
                        policy.approvalByDefault().from().stream(),
                        people.identities().rules().stream()
                                .filter(rule -> identities)
                                .flatMap(rule -> rule.who().stream()))
                .flatMap(named -> named)
                .toList();
        SortedSet<String> emails =
                named(who.stream().filter(Who.Email.class::isInstance).map(w -> ((Who.Email) w).address()));
        boolean asUser = identities
                && people.identities().rules().stream()
                        .anyMatch(rule -> rule.user()
                                .filter(u -> u.contains(IdentityRule.EMAIL))
                                .isPresent());
        return new NamedPeople(
                named(who.stream().filter(Who.Group.class::isInstance).map(w -> ((Who.Group) w).handleOrId())),
                emails,
                named(who.stream().filter(Who.User.class::isInstance).map(w -> ((Who.User) w).id())),
                named(Stream.concat(
                        policy.channels().stream().map(ChannelBinding::channel),
                        policy.rules().stream().map(rule -> rule.channels()).flatMap(Collection::stream))),
                asUser || !emails.isEmpty());
    }

    private static SortedSet<String> named(Stream<String> names) {
        return names.collect(Collectors.toCollection(TreeSet::new));
    }
}
