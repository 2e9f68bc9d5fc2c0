package dev.stepback.rollback;

import dev.stepback.target.Plan;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.PlannedStep;
import org.jspecify.annotations.Nullable;

/** Reads Rollbacks. */
final class RollbackReader extends ForgivingReader<Rollback, RollbackSpec, RollbackStatus> {
    private static final long serialVersionUID = 1L;

    RollbackReader() {
        super(Rollback.class, Rollback::new, RollbackSpec.class, RollbackStatus.class);
    }

    @Override
    protected @Nullable String missing(RollbackSpec spec, @Nullable RollbackStatus status) {
        boolean whole = all(spec.target(), spec.reason(), spec.requestedBy(), spec.origin())
                && all(spec.target().kind(), spec.target().name())
                && all(
                        spec.requestedBy().id(),
                        spec.requestedBy().name(),
                        spec.origin().channel())
                && spec.decisions().stream().allMatch(RollbackReader::whole)
                && spec.choices().stream().allMatch(RollbackReader::whole);
        if (!whole) {
            return "something is missing in its spec";
        }
        return status == null || status.plan() == null || whole(status.plan())
                ? null
                : "something is missing in its plan";
    }

    private static boolean whole(RollbackSpec.Decision decision) {
        return all(decision.verdict(), decision.by(), decision.at(), decision.planHash())
                && all(decision.by().id(), decision.by().name());
    }

    private static boolean whole(RollbackSpec.Choice choice) {
        return all(choice.by(), choice.at(), choice.planHash())
                && all(choice.by().id(), choice.by().name());
    }

    private static boolean whole(Plan plan) {
        return all(plan.hash(), plan.targetUid(), plan.from(), plan.to())
                && all(plan.changes(), plan.findings(), plan.steps())
                && whole(plan.from())
                && whole(plan.to())
                && plan.steps().stream().allMatch(RollbackReader::whole);
    }

    private static boolean whole(PlannedRevision revision) {
        return all(revision.id(), revision.images(), revision.changeCause());
    }

    private static boolean whole(PlannedStep step) {
        return all(step.type(), step.description(), step.parameters());
    }
}
