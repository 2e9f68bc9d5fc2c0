package dev.stepback.rollback;

import dev.stepback.access.Acting;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.target.Operation;
import dev.stepback.target.TargetRef;
import java.util.Optional;

/**
 * Authorizes as another one does, except for what a subclass overrides. What {@link Authorizer} derives from other answers is
 * asked of the other one, too: it does not follow from what is overridden here.
 */
public abstract class ForwardingAuthorizer implements Authorizer {
    private final Authorizer authorizer;

    protected ForwardingAuthorizer(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    @Override
    public Acting acting(Person who) {
        return authorizer.acting(who);
    }

    @Override
    public Optional<String> hides(Actor who, TargetRef target) {
        return authorizer.hides(who, target);
    }

    @Override
    public Authorization mayView(Actor who, TargetRef target) {
        return authorizer.mayView(who, target);
    }

    @Override
    public Authorization mayRequest(Actor who, TargetRef target, Operation operation) {
        return authorizer.mayRequest(who, target, operation);
    }

    @Override
    public Authorization mayDecide(Actor who, Rollback rollback, Verdict verdict) {
        return authorizer.mayDecide(who, rollback, verdict);
    }

    @Override
    public Authorization mayChoose(Actor who, Rollback rollback) {
        return authorizer.mayChoose(who, rollback);
    }

    @Override
    public Authorization mayBreakGlass(Actor who, Rollback rollback) {
        return authorizer.mayBreakGlass(who, rollback);
    }

    @Override
    public Authorization mayCancel(Actor who, Rollback rollback) {
        return authorizer.mayCancel(who, rollback);
    }

    @Override
    public Authorization mayStop(Actor who, Rollback rollback) {
        return authorizer.mayStop(who, rollback);
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
