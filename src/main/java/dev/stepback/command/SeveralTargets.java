package dev.stepback.command;

import dev.stepback.target.TargetRef;
import dev.stepback.text.Bounded;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds out which targets somebody means who asks for several, and asks for them. */
final class SeveralTargets {
    /** Bounds what an answer repeats of a selector. */
    private static final int ECHO = 200;

    private final Workloads workloads;
    private final Visibility visibility;
    private final SeveralCommand several;
    private final TargetCommands alone;

    /** @param alone answers when they turn out to be one */
    SeveralTargets(Workloads workloads, Visibility visibility, SeveralCommand several, TargetCommands alone) {
        this.workloads = workloads;
        this.visibility = visibility;
        this.several = several;
        this.alone = alone;
    }

    Reply answer(Command.Several command, Invocation invocation) {
        return command.selector()
                .map(selector -> selected(command, selector, invocation))
                .orElseGet(() -> named(command, invocation));
    }

    /** Every word names exactly one target, or somebody has to say what is meant. */
    private Reply named(Command.Several command, Invocation invocation) {
        Set<TargetRef> targets = new LinkedHashSet<>();
        for (Wanted wanted : command.targets()) {
            Optional<Reply> refused = visibility.refused(wanted, command, invocation.by());
            if (refused.isPresent()) {
                return refused.get();
            }
            List<TargetRef> known = visibility.known(workloads.find(wanted), command, invocation.by());
            List<TargetRef> found = visibility.visible(known, invocation.by());
            if (found.isEmpty()) {
                return known.isEmpty()
                        ? unknown(command, wanted, invocation)
                        : visibility.notFromHere(known.get(0), command, invocation.by());
            }
            if (found.size() > 1) {
                return new Reply.Choose(
                        found.stream().limit(TargetCommands.MATCHES).toList(), command.without(wanted));
            }
            targets.add(found.get(0));
        }
        return open(command, targets, invocation);
    }

    private Reply unknown(Command.Several command, Wanted wanted, Invocation invocation) {
        Optional<String> meant = Keywords.near(wanted);
        if (meant.isPresent()) {
            Wanted other = command.targets().stream()
                    .filter(t -> !t.equals(wanted))
                    .findFirst()
                    .orElse(wanted);
            return new Reply.NotUnderstood(
                    "", Keywords.unknown(wanted, meant.get()), Keywords.instead(other, meant.get()));
        }
        return alone.notFound(wanted, command.without(wanted), invocation);
    }

    private Reply selected(Command.Several command, String selector, Invocation invocation) {
        Optional<Reply> refused = command.namespace().flatMap(n -> visibility.notServed(n, invocation.by()));
        if (refused.isPresent()) {
            return refused.get();
        }
        List<TargetRef> known =
                visibility.known(workloads.select(command.namespace(), selector), command, invocation.by());
        List<TargetRef> found = visibility.visible(known, invocation.by());
        if (found.isEmpty() && !known.isEmpty()) {
            return visibility.notFromHere(known.get(0), command, invocation.by());
        }
        return found.isEmpty()
                ? new Reply.Refused("Nothing with the labels " + Bounded.of(selector, ECHO) + " can be rolled back "
                        + command.namespace().map(n -> "in " + n).orElse("in the namespaces that I serve")
                        + ": no Deployment, StatefulSet or DaemonSet has them.")
                : open(command, new LinkedHashSet<>(found), invocation);
    }

    private Reply open(Command.Several command, Set<TargetRef> targets, Invocation invocation) {
        if (targets.size() > 1) {
            return several.open(command, List.copyOf(targets), invocation);
        }
        TargetRef only = targets.iterator().next();
        return alone.run(
                command.alone(new Wanted(Optional.of(only.namespace()), Optional.of(only.kind()), only.name())),
                only,
                invocation);
    }
}
