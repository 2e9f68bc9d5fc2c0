package dev.stepback.command;

import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What somebody asks for. */
sealed interface Command {

    private static String joined(String... parts) {
        return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining(" "));
    }

    private static String time(Optional<Instant> toTime) {
        return toTime.map(at -> "to time " + at).orElse("");
    }

    private static String how(PlanOptions options) {
        return (options.fast() ? "fast" : "") + (options.byPartition() ? "by partition" : "");
    }

    private static String because(String reason) {
        return reason.isEmpty() ? "" : "because " + reason;
    }

    /** A command about one target. */
    sealed interface OnTarget extends Command {
        Wanted target();

        /** The command without its target; a target put before it is the whole again. */
        String remaining();
    }

    /**
     * @param to the revision; empty lets the plan choose
     * @param toTime goes to the revision that was the current one then; empty when {@code to} says something
     * @param reason may be empty; at most {@value CommandParser#MAX_REASON} characters
     */
    record Rollback(
            Wanted target,
            Operation operation,
            OptionalLong to,
            Optional<Instant> toTime,
            PlanOptions options,
            String reason)
            implements OnTarget {

        @Override
        public String remaining() {
            return joined(
                    operation == Operation.UNDO ? "" : operation.lowerCase(),
                    to.isPresent() ? "to " + to.getAsLong() : time(toTime),
                    how(options),
                    because(reason));
        }
    }

    /**
     * An undo of several targets by one request.
     *
     * @param targets those that were named; empty when a selector says which
     * @param selector a label selector as kubectl takes it; empty when they were named
     * @param namespace where the selector looks; empty for where it matches
     * @param inOrder whether each waits for the one before it
     * @param toTime each goes to the revision that was its current one then
     */
    record Several(
            List<Wanted> targets,
            Optional<String> selector,
            Optional<String> namespace,
            boolean inOrder,
            Optional<Instant> toTime,
            PlanOptions options,
            String reason)
            implements Command {

        public Several {
            targets = List.copyOf(targets);
        }

        /** The same for one of the targets alone. */
        Rollback alone(Wanted target) {
            return new Rollback(target, Operation.UNDO, OptionalLong.empty(), toTime, options, reason);
        }

        /** The command without one of its targets; that target put before it is the whole again. */
        String without(Wanted target) {
            String others = targets.stream()
                    .filter(t -> !t.equals(target))
                    .map(Wanted::toString)
                    .collect(Collectors.joining(" "));
            return joined(others, inOrder ? "in order" : "", time(toTime), how(options), because(reason));
        }

        /** The same for these, at least one; as one would type it. */
        String instead(List<TargetRef> others) {
            String names = others.stream().map(TargetRef::toString).collect(Collectors.joining(" "));
            String order = inOrder && others.size() > 1 ? "in order" : "";
            return joined(names, order, time(toTime), how(options), because(reason));
        }

        /** The same for what the selector finds in one namespace; as one would type it. */
        String in(String only, String labels) {
            return joined(
                    "-n " + only,
                    "-l " + labels,
                    inOrder ? "in order" : "",
                    time(toTime),
                    how(options),
                    because(reason));
        }
    }

    record History(Wanted target) implements OnTarget {
        @Override
        public String remaining() {
            return "history";
        }
    }

    /**
     * @param from empty for the current revision
     * @param to empty for the revision that a rollback would go to
     */
    record Diff(Wanted target, OptionalLong from, OptionalLong to) implements OnTarget {

        /** @param numbers none, one to go to, or two */
        static Diff of(Wanted target, List<Long> numbers) {
            return switch (numbers.size()) {
                case 0 -> new Diff(target, OptionalLong.empty(), OptionalLong.empty());
                case 1 -> new Diff(target, OptionalLong.empty(), OptionalLong.of(numbers.get(0)));
                default -> new Diff(target, OptionalLong.of(numbers.get(0)), OptionalLong.of(numbers.get(1)));
            };
        }

        @Override
        public String remaining() {
            return "diff" + (from.isPresent() ? " " + from.getAsLong() : "")
                    + (to.isPresent() ? " " + to.getAsLong() : "");
        }
    }

    record Status(Wanted target) implements OnTarget {
        @Override
        public String remaining() {
            return "status";
        }
    }

    record Cancel(Wanted target) implements OnTarget {
        @Override
        public String remaining() {
            return "cancel";
        }
    }

    /** @param namespace empty for all that are served */
    record ListRollbacks(Optional<String> namespace) implements Command {}

    /**
     * Who asked for what, and what came of it.
     *
     * @param target empty for all
     * @param namespace empty for all that are served; in {@code target} when there is one
     * @param since how far back; empty for as far as there is anything
     */
    record AuditList(Optional<Wanted> target, Optional<String> namespace, Optional<Duration> since)
            implements Command {}

    /**
     * Nothing may be rolled back until it is unlocked.
     *
     * @param namespace empty for everything
     * @param reason not blank
     */
    record Lock(Optional<String> namespace, String reason) implements Command {}

    /** @param namespace empty for the lock of everything */
    record Unlock(Optional<String> namespace) implements Command {}

    record Help() implements Command {}

    /**
     * The text makes no command.
     *
     * @param understood what was understood, in words; may be empty
     * @param problem what is wrong
     * @param instead a command that would work
     */
    record NotUnderstood(String understood, String problem, String instead) implements Command {}
}
