package dev.stepback.rollback;

import dev.stepback.audit.AuditEvent;
import dev.stepback.audit.By;
import dev.stepback.audit.On;
import dev.stepback.text.Conjunction;
import java.util.List;
import java.util.stream.Collectors;

/** People and Rollbacks as the audit record names them. */
public final class Audited {
    private Audited() {}

    public static By by(Actor actor) {
        Person person = actor.person();
        return new By(person.id(), person.name(), person.team(), actor.channel());
    }

    static By requester(Rollback rollback) {
        RollbackSpec spec = rollback.getSpec();
        Person person = spec.requestedBy();
        return new By(person.id(), person.name(), person.team(), spec.origin().channel());
    }

    public static On on(Rollback rollback) {
        return new On(
                rollback.target(),
                rollback.getMetadata().getName(),
                rollback.getSpec().wanted().apiName(),
                rollback.getSpec().group());
    }

    static String planHash(Rollback rollback) {
        var plan = rollback.statusOrInitial().plan();
        return plan == null ? "" : plan.hash();
    }

    /** @param planHash of the plan that is not wanted so */
    public static AuditEvent.Choice choice(By by, On on, NewChoice choice, String planHash) {
        return new AuditEvent.Choice(
                by, on, planHash, choice.updateLastApplied() ? "UpdateLastApplied" : "KeepLastApplied");
    }

    /** By whose word a rollback that has begun was let go. */
    public static String letGo(Rollback rollback) {
        List<RollbackSpec.Decision> granting = Approval.granting(rollback);
        if (granting.isEmpty()) {
            RollbackStatus.ApprovalStatus approvals = rollback.statusOrInitial().approvals();
            return approvals != null && approvals.required() > 0
                    ? "by approvals that count no more"
                    : "the policy needs no approval";
        }
        String names = Conjunction.of(granting.stream().map(d -> d.by().name()).toList());
        boolean alone = granting.stream().anyMatch(d -> d.verdict() == RollbackSpec.Decision.Verdict.BrokeGlass);
        return (alone ? names + " broke the glass" : "approved by " + names) + overridden(rollback);
    }

    /** What breaking the glass went past. */
    private static String overridden(Rollback rollback) {
        return rollback.statusOrInitial().steps().stream()
                .filter(step -> step.state() == RollbackStatus.StepStatus.State.Overridden)
                .map(step -> "; overridden: " + step.message())
                .collect(Collectors.joining());
    }
}
