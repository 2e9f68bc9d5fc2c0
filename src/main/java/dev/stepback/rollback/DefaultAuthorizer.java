package dev.stepback.rollback;

import dev.stepback.config.StepbackConfig;
import dev.stepback.target.TargetRef;

/**
 * The policy while the bot has one identity: everybody who can reach the bot may look, ask, reject and cancel in the
 * namespaces that are served, and everybody but the requester may approve.
 */
public final class DefaultAuthorizer implements Authorizer {
    private final StepbackConfig config;

    public DefaultAuthorizer(StepbackConfig config) {
        this.config = config;
    }

    @Override
    public Authorization mayView(Actor who, TargetRef target) {
        return served(target);
    }

    @Override
    public Authorization mayRequest(Actor who, TargetRef target) {
        return served(target);
    }

    @Override
    public Authorization mayDecide(Actor who, Rollback rollback, RollbackSpec.Decision.Verdict verdict) {
        boolean own = who.id().equals(rollback.getSpec().requestedBy().id());
        if (verdict == RollbackSpec.Decision.Verdict.Approved
                && own
                && !config.policy().approvalByDefault().requesterMayApprove()) {
            return Authorization.denied("You asked for this rollback, so somebody else has to approve it.");
        }
        return served(rollback.target());
    }

    @Override
    public Authorization mayCancel(Actor who, Rollback rollback) {
        return served(rollback.target());
    }

    private Authorization served(TargetRef target) {
        var namespaces = config.kubernetes().namespaces();
        return namespaces.isEmpty() || namespaces.contains(target.namespace())
                ? Authorization.ALLOWED
                : Authorization.denied("I do not serve the namespace " + target.namespace() + ".");
    }
}
