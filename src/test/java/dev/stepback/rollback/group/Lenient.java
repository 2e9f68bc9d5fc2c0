package dev.stepback.rollback.group;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.target.Operation;
import dev.stepback.target.TargetRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Lets everybody do everything; one approval is enough. */
class Lenient implements Authorizer {
    @Override
    public Authorization mayView(Actor who, TargetRef target) {
        return Authorization.ALLOWED;
    }

    @Override
    public Authorization mayRequest(Actor who, TargetRef target, Operation operation) {
        return Authorization.ALLOWED;
    }

    @Override
    public Authorization mayDecide(Actor who, Rollback rollback, Verdict verdict) {
        return Authorization.ALLOWED;
    }

    @Override
    public Authorization mayCancel(Actor who, Rollback rollback) {
        return Authorization.ALLOWED;
    }

    @Override
    public Authorization mayConfigure(Actor who, Optional<String> namespace) {
        return Authorization.ALLOWED;
    }

    @Override
    public boolean needsReason(TargetRef target) {
        return false;
    }

    @Override
    public Optional<String> toType(Rollback rollback, Verdict verdict) {
        return Optional.empty();
    }

    @Override
    public Approvals approval(Rollback rollback) {
        List<Decision> counted = rollback.getSpec().decisions();
        return new Approvals(
                1,
                counted,
                !counted.isEmpty(),
                false,
                counted.isEmpty() ? "One approval is needed." : "",
                "",
                false,
                Duration.ofMinutes(15));
    }
}
