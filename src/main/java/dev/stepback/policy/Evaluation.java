package dev.stepback.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** One question to a policy, and what was found out on the way to the answer. Used once. */
final class Evaluation {
    private final Subject subject;
    private final Permission permission;
    private final Place place;
    private final Optional<String> channel;
    private final Directory directory;

    /** Why rules that might grant it could not be decided. Sorted, so that the order of the rules does not show. */
    private final SortedSet<String> doubts = new TreeSet<>();

    Evaluation(Subject subject, Permission permission, Place place, Optional<String> channel, Directory directory) {
        this.subject = subject;
        this.permission = permission;
        this.place = place;
        this.channel = channel;
        this.directory = directory;
    }

    Verdict of(Policy policy) {
        if (subject.standing() == Subject.Standing.DEACTIVATED) {
            return Verdict.denied("A deactivated Slack account may do nothing here.");
        }
        if (subject.standing() == Subject.Standing.UNKNOWN) {
            return Verdict.undecided("Slack could not tell me who you are, so I can let you do nothing right now."
                    + " Try again in a moment.");
        }
        Optional<Verdict> bound = bound(policy.channels());
        if (bound.isPresent()) {
            Verdict refused = bound.get();
            return refused.undecided() ? refused : refused.elsewhere(elsewhere(policy));
        }
        // All are looked at even after a doubt; a rule that grants ends it.
        for (Rule rule : policy.rules()) {
            if (grants(rule)) {
                return Verdict.ALLOWED;
            }
        }
        return denied(elsewhere(policy));
    }

    /** Whether there is a channel, bound or not, from which it would be granted without any doubt. */
    private boolean elsewhere(Policy policy) {
        return policy.rules().stream()
                .filter(rule -> rule.channels().isEmpty()
                        || rule.channels().stream().anyMatch(c -> reaches(c, policy.channels())))
                .anyMatch(rule -> meant(rule) == Answer.YES);
    }

    /** Whether a channel that a rule names is not bound to something else. */
    private boolean reaches(String named, List<ChannelBinding> bindings) {
        List<ChannelBinding> its = bindings.stream()
                .filter(b -> b.channel().equals(named) || directory.sameChannel(b.channel(), named) != Answer.NO)
                .toList();
        return its.isEmpty() || its.stream().anyMatch(place::within);
    }

    /** The refusal when the channel is bound to something else. */
    private Optional<Verdict> bound(List<ChannelBinding> bindings) {
        if (channel.isEmpty()) {
            return Optional.empty();
        }
        List<ChannelBinding> here = new ArrayList<>();
        List<ChannelBinding> perhaps = new ArrayList<>();
        for (ChannelBinding binding : bindings) {
            switch (directory.sameChannel(binding.channel(), channel.get())) {
                case YES -> here.add(binding);
                case UNKNOWN -> perhaps.add(binding);
                case NO -> {}
            }
        }
        if (here.stream().anyMatch(place::within)) {
            return Optional.empty();
        }
        // Not within what the channel is known to be bound to; or there may be a binding that would refuse it.
        if (perhaps.stream().anyMatch(b -> here.isEmpty() != place.within(b))) {
            return Optional.of(Verdict.undecided(
                    "Slack could not tell me which channel this is, and some reach certain namespaces only."
                            + " Try again in a moment."));
        }
        return here.isEmpty()
                ? Optional.empty()
                : Optional.of(Verdict.denied("This channel is for "
                        + String.join(
                                " and ",
                                here.stream()
                                        .map(ChannelBinding::reach)
                                        .sorted()
                                        .toList())
                        + " only, so " + place.text() + " cannot be reached from here."));
    }

    private boolean grants(Rule rule) {
        Answer meant = meant(rule);
        Answer here = meant == Answer.NO ? Answer.NO : here(rule.channels());
        if (here == Answer.NO) {
            return false;
        }
        if (meant.and(here) == Answer.YES) {
            return true;
        }
        note(rule, here);
        return false;
    }

    /** Whether a rule grants it, from whatever channel. */
    private Answer meant(Rule rule) {
        if (!rule.gives(permission) || !place.named(rule.scope())) {
            return Answer.NO;
        }
        Answer who = Who.anyNames(rule.who(), subject, directory);
        return who == Answer.NO ? Answer.NO : who.and(place.labelled(rule.scope()));
    }

    private Answer here(List<String> channels) {
        if (channels.isEmpty()) {
            return Answer.YES;
        }
        return channel.map(here -> channels.stream()
                        .map(c -> directory.sameChannel(c, here))
                        .reduce(Answer.NO, Answer::or))
                .orElse(Answer.NO);
    }

    private void note(Rule rule, Answer here) {
        if (Who.anyNames(rule.who(), subject, directory) == Answer.UNKNOWN) {
            rule.who().stream()
                    .filter(w -> w.names(subject, directory) == Answer.UNKNOWN)
                    .filter(Who.Group.class::isInstance)
                    .map(w -> "Slack could not tell me who is in " + ((Who.Group) w).handleOrId() + ".")
                    .forEach(doubts::add);
        }
        if (place.labelled(rule.scope()) == Answer.UNKNOWN) {
            doubts.add("Its labels could not be read.");
        }
        if (here == Answer.UNKNOWN) {
            doubts.add("Slack could not tell me which channel this is.");
        }
    }

    private Verdict denied(boolean elsewhere) {
        if (!doubts.isEmpty()) {
            // Names no target: whether somebody may even know of it is what cannot be told.
            return Verdict.undecided("I cannot tell right now whether you may do that. " + String.join(" ", doubts));
        }
        String what = permission.phrase(place.operation(), place.text());
        if (elsewhere) {
            return Verdict.denied("You may " + what
                            + (channel.isPresent()
                                    ? ", but not from this channel."
                                    : ", but only from certain channels."))
                    .elsewhere(true);
        }
        return Verdict.denied("You may not " + what + "." + standing());
    }

    private String standing() {
        return switch (subject.standing()) {
            case GUEST -> " A guest may only do what a rule allows by id or e-mail address.";
            case OTHER_WORKSPACE -> " Somebody of another workspace may only do what a rule allows by id.";
            case BOT -> " A bot may only do what a rule allows by id.";
            default -> "";
        };
    }
}
