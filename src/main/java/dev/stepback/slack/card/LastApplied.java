package dev.stepback.slack.card;

import static dev.stepback.slack.card.Kit.confirmed;

import com.slack.api.model.block.element.ButtonElement;
import dev.stepback.rollback.RollbackSpec.Choice;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import java.util.List;
import java.util.Optional;

/** What cards say and offer about what {@code kubectl apply} remembers, which can be rolled back, too. */
final class LastApplied {
    private static final String AGAIN = "It is planned again. Who has approved it already has to approve it anew.";

    private LastApplied() {}

    /**
     * To choose the other way. A countdown does not wait for anybody who is asked whether they are sure, and can be stopped;
     * so there nobody is asked.
     *
     * @param updates whether it is going to be rolled back, too
     * @param stale whether it would go stale
     * @param whose such as {@code  of cart, db}, with a blank before it; empty where it goes without saying
     */
    static Optional<ButtonElement> button(
            boolean updates, boolean stale, boolean countsDown, String whose, String ref) {
        if (!updates && !stale) {
            return Optional.empty();
        }
        ButtonElement button = updates
                ? Kit.button(Actions.LAST_APPLIED_STAYS, "Leave last-applied", ref)
                : Kit.button(Actions.LAST_APPLIED_TOO, "Update last-applied", ref);
        if (countsDown) {
            return Optional.of(button);
        }
        return Optional.of(
                updates
                        ? confirmed(button, "Leave last-applied as it is?", AGAIN, "Leave it")
                        : confirmed(
                                button,
                                "Update last-applied, too?",
                                "kubectl apply will remember the restored revision" + whose
                                        + ", so that its next run merges right. " + AGAIN,
                                "Update it"));
    }

    /** Behind a warning, while the button is there; with a blank before it, or empty. */
    static String prevented(Finding finding, boolean offered) {
        return offered && finding.check().equals(Plan.LAST_APPLIED_STALE)
                ? " *Update last-applied* prevents that."
                : "";
    }

    /**
     * In place of the state, between the choice and the new plan.
     *
     * @param choices all of them; the last one made it be planned again
     * @param countsDown whether it starts without an approval
     */
    static String plannedAgain(List<Choice> choices, boolean countsDown) {
        String who = choices.isEmpty()
                ? "somebody chose another way"
                : Mrkdwn.mention(choices.get(choices.size() - 1).by()) + " chose "
                        + (choices.get(choices.size() - 1).updateLastApplied()
                                ? "*Update last-applied*"
                                : "*Leave last-applied*");
        return "🧭 *Planning again*: " + who + ". "
                + (countsDown
                        ? "It starts 10 s after the new plan is there. Press *Stop* if it must not run."
                        : "The new plan has to be approved; earlier approvals do not count.");
    }
}
