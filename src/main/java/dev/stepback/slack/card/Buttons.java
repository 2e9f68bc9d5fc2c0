package dev.stepback.slack.card;

import static dev.stepback.slack.card.Kit.button;
import static dev.stepback.slack.card.Kit.confirmed;
import static dev.stepback.slack.card.Kit.styled;

import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.element.ButtonElement;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The buttons that a card has in each phase. */
final class Buttons {
    private Buttons() {}

    static Optional<LayoutBlock> of(Rollback rollback) {
        String ref = Ref.ToRollback.of(rollback).toString();
        Plan plan = rollback.statusOrInitial().plan();
        List<ButtonElement> buttons = new ArrayList<>();
        switch (rollback.statusOrInitial().phase()) {
            case PLANNING -> buttons.add(cancel(ref));
            case AWAITING_APPROVAL -> awaitingApproval(buttons, rollback, ref);
            case RUNNING -> {
                addDiff(buttons, plan, ref);
                if (rollback.stoppable()) {
                    buttons.add(stopHere(rollback, ref));
                } else if (rollback.statusOrInitial().cancellable()) {
                    buttons.add(cancel(ref)); // the last step cannot be cancelled in the middle
                }
                addForward(buttons, rollback, ref);
            }
            case VERIFYING -> addDiff(buttons, plan, ref);
            case SUCCEEDED -> {
                // One that found nothing to do left nothing to undo.
                if (rollback.statusOrInitial().patchedAt() != null) {
                    undo(rollback, ref).ifPresent(buttons::add);
                }
                addDiff(buttons, plan, ref);
            }
            case FAILED -> {
                buttons.add(button(Actions.RETRY, "Retry", ref));
                buttons.add(button(Actions.OTHER_REVISION, "Other revision", ref));
                if (Checks.stopped(rollback) && mayGoAlone(rollback)) {
                    buttons.add(button(Actions.OVERRIDE, "Break glass…", ref));
                }
                addDiff(buttons, plan, ref);
            }
            case CANCELLED -> {
                if (rollback.resumable()) {
                    buttons.add(button(Actions.RUN, "Resume", rollback.target() + " resume"));
                }
                if (betweenPods(rollback.statusOrInitial())) {
                    buttons.add(button(Actions.RETRY, "Retry", ref));
                }
                if (rollback.endedHalfway()) {
                    buttons.add(forward(
                            stands(rollback) ? "it stands still unless somebody goes on" : "the rollout goes on", ref));
                }
                buttons.add(button(Actions.OTHER_REVISION, "Other revision", ref));
            }
            case REJECTED -> buttons.add(button(Actions.OTHER_REVISION, "Other revision", ref));
            case EXPIRED, SUPERSEDED -> {
                buttons.add(button(Actions.PLAN_AGAIN, "Plan again", ref));
                buttons.add(button(Actions.OTHER_REVISION, "Other revision", ref));
            }
        }
        return buttons.isEmpty() ? Optional.empty() : Optional.of(Kit.actions(buttons));
    }

    /** While it is planned again, nothing can be approved and nothing else be chosen. */
    private static void awaitingApproval(List<ButtonElement> buttons, Rollback rollback, String ref) {
        Plan plan = rollback.statusOrInitial().plan();
        boolean countsDown = rollback.statusOrInitial().startsAt() != null;
        boolean settled = !rollback.choicePending();
        if (countsDown) {
            buttons.add(styled(button(Actions.CANCEL, "Stop", ref), "danger"));
        } else {
            if (settled && plan != null && !plan.blocked()) {
                buttons.add(approve(rollback, ref));
            }
            buttons.add(reject(rollback, ref));
        }
        addDiff(buttons, plan, ref);
        if (settled) {
            boolean stale = plan != null && plan.lastAppliedGoesStale();
            LastApplied.button(rollback.getSpec().wantedOptions().updateLastApplied(), stale, countsDown, "", ref)
                    .ifPresent(buttons::add);
        }
        if (!countsDown) {
            buttons.add(cancel(ref));
            if (settled && mayGoAlone(rollback)) {
                buttons.add(button(Actions.BREAK_GLASS, "Break glass…", ref));
            }
        }
    }

    /** It was stopped between two of its pods. */
    private static boolean betweenPods(RollbackStatus status) {
        return status.patchedAt() != null && status.replacesPods();
    }

    private static boolean stands(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        return status.standstill() != null || rollback.resumable() || betweenPods(status);
    }

    private static ButtonElement stopHere(Rollback rollback, String ref) {
        return confirmed(
                styled(button(Actions.STOP_HERE, "Stop here", ref), "danger"),
                "Stop here?",
                Speech.standing(rollback),
                "Stop here");
    }

    /** A rollback can be taken back before its end. */
    private static void addForward(List<ButtonElement> buttons, Rollback rollback, String ref) {
        if (rollback.statusOrInitial().patchedAt() != null
                && rollback.getSpec().cancellation() == null
                && rollback.getSpec().wanted() == Operation.UNDO) {
            buttons.add(forward("the rollout goes on", ref));
        }
    }

    /** @param meanwhile what becomes of it until somebody approves */
    private static ButtonElement forward(String meanwhile, String ref) {
        return confirmed(
                button(Actions.GO_FORWARD, "Go forward again", ref),
                "Go forward again?",
                "This asks to go back to the revision that is being left. A colleague has to approve it; until then "
                        + meanwhile + ".",
                "Go forward");
    }

    /** A restart and a resumption cannot be taken back. */
    private static Optional<ButtonElement> undo(Rollback rollback, String ref) {
        return switch (rollback.getSpec().wanted()) {
            case UNDO -> Optional.of(button(Actions.UNDO, "Undo this rollback", ref));
            case PAUSE -> Optional.of(button(Actions.RUN, "Resume", rollback.target() + " resume"));
            case RESUME, RESTART -> Optional.empty();
        };
    }

    private static ButtonElement approve(Rollback rollback, String ref) {
        var approvals = rollback.statusOrInitial().approvals();
        if (approvals != null && approvals.typeToConfirm()) {
            return styled(button(Actions.APPROVE, "Approve…", ref), "primary"); // a modal asks
        }
        return confirmed(
                styled(button(Actions.APPROVE, "Approve", ref), "primary"),
                "Approve this " + Speech.of(rollback).lowerCase() + "?",
                Words.plainQuestion(rollback),
                "Approve");
    }

    private static boolean mayGoAlone(Rollback rollback) {
        var approvals = rollback.statusOrInitial().approvals();
        return approvals != null
                && approvals.breakGlass()
                && ApprovalLines.Stand.of(rollback)
                        .decisions(Verdict.BrokeGlass)
                        .isEmpty();
    }

    private static ButtonElement reject(Rollback rollback, String ref) {
        String question = "Nothing of " + rollback.target() + " will be changed.";
        return confirmed(
                styled(button(Actions.REJECT, "Reject", ref), "danger"),
                "Reject this " + Speech.of(rollback).lowerCase() + "?",
                question,
                "Reject");
    }

    private static ButtonElement cancel(String ref) {
        return button(Actions.CANCEL, "Cancel", ref);
    }

    private static void addDiff(List<ButtonElement> buttons, @Nullable Plan plan, String ref) {
        if (plan != null && !plan.changes().isEmpty()) {
            buttons.add(button(Actions.FULL_DIFF, "Full diff", ref));
        }
    }
}
