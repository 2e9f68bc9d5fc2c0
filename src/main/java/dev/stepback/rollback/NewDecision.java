package dev.stepback.rollback;

import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import java.util.Optional;

/**
 * A decision as it came from Slack.
 *
 * @param planHash the hash of the plan that is decided on; may be abbreviated as on a button, to at least 12 digits
 * @param typed what was typed to confirm; empty when nothing was asked for
 * @param reason the words of who decides; may be empty
 */
public record NewDecision(Verdict verdict, Actor by, String planHash, Optional<String> typed, String reason) {

    /** A decision by a mere click. */
    public static NewDecision click(Verdict verdict, Actor by, String planHash) {
        return new NewDecision(verdict, by, planHash, Optional.empty(), "");
    }
}
