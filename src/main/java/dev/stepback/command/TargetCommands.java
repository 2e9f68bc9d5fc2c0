package dev.stepback.command;

import dev.stepback.rollback.Authorizer;
import dev.stepback.target.TargetRef;
import dev.stepback.text.Bounded;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Answers the commands about one target, once it is found out which one somebody means. */
final class TargetCommands {
    /** How many targets one can be chosen of. */
    static final int MATCHES = 20;

    private static final int SUGGESTIONS = 5;
    /** Bounds what an answer repeats of a target. */
    private static final int ECHO = 200;

    private final Workloads workloads;
    private final Authorizer authorizer;
    private final Visibility visibility;
    private final UndoCommands undo;
    private final ViewCommands view;

    TargetCommands(
            Workloads workloads, Authorizer authorizer, Visibility visibility, UndoCommands undo, ViewCommands view) {
        this.workloads = workloads;
        this.authorizer = authorizer;
        this.visibility = visibility;
        this.undo = undo;
        this.view = view;
    }

    Reply answer(Command.OnTarget command, Invocation invocation) {
        Wanted wanted = command.target();
        Optional<Reply> refused = visibility.refused(wanted, command, invocation.by());
        if (refused.isPresent()) {
            return refused.get();
        }
        Set<TargetRef> matches = new LinkedHashSet<>(workloads.find(wanted));
        if (command instanceof Command.Cancel) {
            // An open rollback can be cancelled although its target is gone.
            List<TargetRef> rolledBack = undo.openTargets(wanted);
            List<TargetRef> open = visibility.known(rolledBack, invocation.by());
            if (open.size() == 1) {
                return undo.cancel(open.get(0), invocation.by());
            }
            if (open.size() > 1) {
                return choose(open, command, invocation);
            }
            matches.addAll(rolledBack);
        }
        List<TargetRef> found = visibility.known(matches, command, invocation.by());
        if (found.isEmpty()) {
            return notFound(wanted, command, invocation);
        }
        return found.size() == 1 ? run(command, found.get(0), invocation) : choose(found, command, invocation);
    }

    /** @param target what the command means */
    Reply run(Command.OnTarget command, TargetRef target, Invocation invocation) {
        Optional<Reply> reply;
        if (command instanceof Command.Rollback rollback) {
            reply = undo.rollback(rollback, target, invocation);
        } else if (command instanceof Command.Cancel) {
            reply = Optional.of(undo.cancel(target, invocation.by()));
        } else if (command instanceof Command.History) {
            reply = view.history(target, invocation.by());
        } else if (command instanceof Command.Diff diff) {
            reply = view.diff(diff, target, invocation.by());
        } else {
            reply = view.status(target, invocation.by());
        }
        // The index may still know what has just been deleted.
        return reply.orElseGet(() -> notFound(command.target(), command, invocation));
    }

    private Reply choose(List<TargetRef> matches, Command.OnTarget command, Invocation invocation) {
        List<TargetRef> visible = visibility.visible(matches, invocation.by());
        if (visible.size() < 2) {
            // With none, whoever asks may know of them, and hears what is in the way.
            return run(command, visible.isEmpty() ? matches.get(0) : visible.get(0), invocation);
        }
        return new Reply.Choose(visible.stream().limit(MATCHES).toList(), command.remaining());
    }

    private Reply notFound(Wanted wanted, Command.OnTarget command, Invocation invocation) {
        return notFound(wanted, command.remaining(), invocation);
    }

    /** @param remaining what puts the target in front of it has to be the whole command again */
    Reply notFound(Wanted wanted, String remaining, Invocation invocation) {
        List<TargetRef> near = workloads.suggest(
                wanted, SUGGESTIONS, t -> authorizer.mayView(invocation.by(), t).allowed());
        return new Reply.NotFound(Bounded.of(wanted.toString(), ECHO), near, remaining);
    }
}
