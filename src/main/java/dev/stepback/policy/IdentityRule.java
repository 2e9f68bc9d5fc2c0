package dev.stepback.policy;

import java.util.List;
import java.util.Optional;

/**
 * As whom Kubernetes knows somebody.
 *
 * @param user the Kubernetes user, in which {@value #EMAIL} stands for the e-mail address; empty when this only adds groups
 * @param groups Kubernetes groups
 */
public record IdentityRule(List<Who> who, Optional<String> user, List<String> groups) {
    public static final String EMAIL = "{email}";

    /** What holds when nothing is configured: members are known by their e-mail addresses. */
    public static final IdentityRule DEFAULT =
            new IdentityRule(List.of(new Who.Members()), Optional.of(EMAIL), List.of());

    public IdentityRule {
        who = List.copyOf(who);
        groups = List.copyOf(groups);
    }

    /** The user that this gives to the subject; empty when it gives none, or needs an address that is not there. */
    Optional<String> userOf(Subject subject) {
        if (user.isEmpty() || !user.get().contains(EMAIL)) {
            return user;
        }
        // Only what has the form of an address: it becomes a header. And only of whom the own workspace gives an
        // address:
        // another one could give any.
        return subject.email()
                .filter(email ->
                        subject.standing() == Subject.Standing.MEMBER || subject.standing() == Subject.Standing.GUEST)
                .filter(email ->
                        Who.parse(email).filter(Who.Email.class::isInstance).isPresent())
                .map(email -> user.get().replace(EMAIL, email));
    }
}
