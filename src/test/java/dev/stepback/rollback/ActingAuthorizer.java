package dev.stepback.rollback;

import dev.stepback.access.Acting;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.target.TargetRef;
import java.util.Optional;

/** Authorizes as another one does, and acts for everybody as whoever a test says. */
record ActingAuthorizer(Authorizer authorizer, Acting acting) implements Authorizer {

    @Override
    public Acting acting(Person who) {
        return acting;
    }

    @Override
    public Authorization mayView(Actor who, TargetRef target) {
        return authorizer.mayView(who, target);
    }

    @Override
    public Authorization mayRequest(Actor who, TargetRef target) {
        return authorizer.mayRequest(who, target);
    }

    @Override
    public Authorization mayDecide(Actor who, Rollback rollback, Verdict verdict) {
        return authorizer.mayDecide(who, rollback, verdict);
    }

    @Override
    public Authorization mayCancel(Actor who, Rollback rollback) {
        return authorizer.mayCancel(who, rollback);
    }

    @Override
    public Authorization mayConfigure(Actor who, Optional<String> namespace) {
        return authorizer.mayConfigure(who, namespace);
    }

    @Override
    public boolean needsReason(TargetRef target) {
        return authorizer.needsReason(target);
    }

    @Override
    public Optional<String> toType(Rollback rollback, Verdict verdict) {
        return authorizer.toType(rollback, verdict);
    }

    @Override
    public Approvals approval(Rollback rollback) {
        return authorizer.approval(rollback);
    }
}
