package dev.stepback.rollback;

import dev.stepback.target.TargetRef;

/** The one place that decides whether somebody may do something. Asked whenever a request or a click is delivered. */
public interface Authorizer {

    Authorization mayView(Actor who, TargetRef target);

    Authorization mayRequest(Actor who, TargetRef target);

    Authorization mayDecide(Actor who, Rollback rollback, RollbackSpec.Decision.Verdict verdict);

    Authorization mayCancel(Actor who, Rollback rollback);

    /**
     * An answer.
     *
     * @param why when denied, a sentence for the person who asked; otherwise empty
     */
    record Authorization(boolean allowed, String why) {
        public static final Authorization ALLOWED = new Authorization(true, "");

        public static Authorization denied(String why) {
            return new Authorization(false, why);
        }
    }
}
