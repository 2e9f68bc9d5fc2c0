package dev.stepback.command;

import dev.stepback.audit.AuditEvent.Wish;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.NewRollback;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PointInTime;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import java.util.List;
import java.util.Optional;

/** The commands that write intent: a new rollback, a cancellation. */
final class UndoCommands {
    /** Open rollbacks come first, and there are never many. */
    private static final int OPEN = 200;

    private final Rollbacks rollbacks;
    private final List<TargetType> types;
    private final Authorizer authorizer;
    private final Denials denials;
    private final String slashCommand;

    UndoCommands(
            Rollbacks rollbacks, List<TargetType> types, Authorizer authorizer, Denials denials, String slashCommand) {
        this.rollbacks = rollbacks;
        this.types = List.copyOf(types);
        this.authorizer = authorizer;
        this.denials = denials;
        this.slashCommand = slashCommand;
    }

    /** Empty when there is no such target. */
    Optional<Reply> rollback(Command.Rollback command, TargetRef target, Invocation invocation) {
        Authorizer.Authorization may = authorizer.mayRequest(invocation.by(), target, command.operation());
        if (!may.allowed()) {
            return Optional.of(denials.refused(invocation.by(), Wish.REQUEST, target, may.why()));
        }
        // With one open, creating it finds out whether this is a second delivery of the same request.
        if (rollbacks.open(target).isEmpty()) {
            Optional<PlanResult.Refused> refusal = authorizer
                    .acting(invocation.by().person())
                    .on(ViewCommands.type(types, target))
                    .refusal(target, request(command, target));
            if (refusal.isPresent()) {
                return refused(target, refusal.get());
            }
        }
        return Optional.of(create(command, target, invocation));
    }

    private PlanRequest request(Command.Rollback command, TargetRef target) {
        return command.operation() == Operation.UNDO
                ? new PlanRequest(
                        command.operation(),
                        command.to(),
                        command.toTime().map(at -> new PointInTime(at, rollbacks.pastUndos(target))),
                        rollbacks.knownBad(target),
                        command.options())
                : PlanRequest.to(command.operation());
    }

    private static Optional<Reply> refused(TargetRef target, PlanResult.Refused refusal) {
        return refusal.reason() == PlanResult.Reason.TARGET_NOT_FOUND
                ? Optional.empty()
                : Optional.of(Reply.of(refusal, target));
    }

    private Reply create(Command.Rollback command, TargetRef target, Invocation invocation) {
        Rollbacks.Created created = rollbacks.create(new NewRollback(
                invocation.deliveryKey(),
                target,
                command.operation(),
                command.to(),
                command.toTime(),
                command.options(),
                command.reason(),
                invocation.by(),
                new RollbackSpec.Origin(invocation.channel(), invocation.thread()),
                null));
        String done = switch (command.operation()) {
            case UNDO -> "rolled back";
            case RESTART -> "restarted";
            case PAUSE -> "paused";
            case RESUME -> "resumed";
        };
        String again = (target + " " + command.remaining()).strip();
        return Reply.of(
                created,
                "Say why " + target + " shall be " + done + "; type `" + slashCommand + " " + again + " because …`.");
    }

    /** Targets with an open rollback that match. */
    List<TargetRef> openTargets(Wanted wanted) {
        return rollbacks.list(OPEN).stream()
                .filter(r -> !r.statusOrInitial().phase().terminal())
                .map(Rollback::target)
                .filter(wanted::matches)
                .distinct()
                .sorted()
                .toList();
    }

    Reply cancel(TargetRef target, Actor who) {
        Authorizer.Authorization may = authorizer.mayView(who, target);
        if (!may.allowed()) {
            return denials.refused(who, Wish.CANCEL, target, may.why());
        }
        Optional<Rollback> open = rollbacks.open(target);
        if (open.isEmpty()) {
            String last = rollbacks
                    .latest(target)
                    .map(r -> " The last one is " + r.statusOrInitial().phase().apiName() + ".")
                    .orElse("");
            return new Reply.Refused("No rollback of " + target + " is open, so there is nothing to cancel." + last);
        }
        if (open.get().getSpec().group() != null) {
            return new Reply.PartOfSeveral(open.get());
        }
        Rollbacks.Decided decided =
                rollbacks.cancel(target.namespace(), open.get().getMetadata().getName(), who);
        if (decided instanceof Rollbacks.Decided.Recorded recorded) {
            return new Reply.CancelRequested(recorded.rollback());
        }
        if (decided instanceof Rollbacks.Decided.AlreadyRecorded recorded) {
            return new Reply.CancelRequested(recorded.rollback());
        }
        if (decided instanceof Rollbacks.Decided.TooLate late) {
            return new Reply.Refused(late.why());
        }
        if (decided instanceof Rollbacks.Decided.Denied denied) {
            return new Reply.Refused(denied.why());
        }
        return new Reply.Refused("The rollback of " + target + " has just been deleted.");
    }
}
