package dev.stepback.rollback;

import dev.stepback.access.Acting;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.target.Operation;
import dev.stepback.target.TargetRef;
import java.util.Optional;

/**
 * The one place that decides whether somebody may do something. Asked whenever a request or a click is delivered, and again
 * before anything is changed.
 *
 * <p>Methods throw {@link io.fabric8.kubernetes.client.KubernetesClientException} when the cluster has to be asked and does
 * not answer.
 */
public interface Authorizer {

    /** As whom the cluster is read and written on somebody's behalf. */
    default Acting acting(Person who) {
        return new Acting.Bot();
    }

    /**
     * Whether somebody must not even learn of the target's namespace: it is as if there were none. Why not, naming it, for
     * who named it first; empty when it is no secret.
     */
    default Optional<String> hides(Actor who, TargetRef target) {
        return Optional.empty();
    }

    Authorization mayView(Actor who, TargetRef target);

    /** @param operation what is asked for; it makes no difference to who may, but the refusal names it */
    Authorization mayRequest(Actor who, TargetRef target, Operation operation);

    /** Also whether the rollback is open to such a decision, as far as the policy has a say in that. */
    Authorization mayDecide(Actor who, Rollback rollback, Verdict verdict);

    /** Whether somebody may go alone, without an approval. */
    default Authorization mayBreakGlass(Actor who, Rollback rollback) {
        return mayDecide(who, rollback, Verdict.BrokeGlass);
    }

    /** Whether somebody may choose how it is done: whoever may ask for it, or approve it. */
    default Authorization mayChoose(Actor who, Rollback rollback) {
        Authorization asking =
                mayRequest(who, rollback.target(), rollback.getSpec().wanted());
        return asking.allowed() || !mayDecide(who, rollback, Verdict.Approved).allowed()
                ? asking
                : Authorization.ALLOWED;
    }

    Authorization mayCancel(Actor who, Rollback rollback);

    /** Whether somebody may pause the target in the middle of the rollout, at once and without anybody's approval. */
    default Authorization mayStop(Actor who, Rollback rollback) {
        return mayDecide(who, rollback, Verdict.Approved);
    }

    /**
     * Whether somebody may lock and unlock.
     *
     * @param namespace empty for all of the cluster
     */
    Authorization mayConfigure(Actor who, Optional<String> namespace);

    /** Whether nobody may ask for a rollback of this target without saying why. */
    boolean needsReason(TargetRef target);

    /** What has to be typed for this decision; empty when a click is enough. */
    Optional<String> toType(Rollback rollback, Verdict verdict);

    /** How the approvals of a Rollback stand now; each approver is authorized again. */
    Approvals approval(Rollback rollback);

    /**
     * An answer.
     *
     * @param why when denied, sentences for the person who asked; otherwise empty
     */
    record Authorization(boolean allowed, String why) {
        public static final Authorization ALLOWED = new Authorization(true, "");

        public static Authorization denied(String why) {
            return new Authorization(false, why);
        }
    }
}
