package dev.stepback.slack.card;

import static dev.stepback.slack.card.Kit.button;
import static dev.stepback.slack.card.Kit.confirmed;
import static dev.stepback.slack.card.Kit.styled;

import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.element.ButtonElement;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus.ApprovalStatus;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.RollbackGroupStatus;
import dev.stepback.slack.card.ApprovalLines.Stand;
import dev.stepback.target.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The buttons that a group's card has in each phase. */
public final class GroupButtons {
    private GroupButtons() {}

    static Optional<LayoutBlock> of(GroupView view) {
        String ref = Ref.ToGroup.of(view.group()).toString();
        RollbackGroupStatus status = view.group().statusOrInitial();
        List<ButtonElement> buttons = new ArrayList<>();
        switch (status.phase()) {
            case PLANNING -> buttons.add(button(Actions.CANCEL, "Cancel", ref));
            case AWAITING_APPROVAL -> awaitingApproval(buttons, view, ref);
            case RUNNING, VERIFYING -> {
                addDiff(buttons, view, ref);
                GroupStops.buttons(view, ref).forEach(buttons::add);
            }
            case SUCCEEDED, FAILED, CANCELLED, REJECTED, EXPIRED, SUPERSEDED -> ended(buttons, view, ref);
        }
        return buttons.isEmpty() ? Optional.empty() : Optional.of(Kit.actions(buttons));
    }

    private static void awaitingApproval(List<ButtonElement> buttons, GroupView view, String ref) {
        RollbackGroupStatus status = view.group().statusOrInitial();
        if (status.ending() != null) {
            return;
        }
        boolean countsDown = status.startsAt() != null;
        // While it is planned again, nothing can be approved and nothing else be chosen.
        boolean settled = !view.plannedAgain();
        ApprovalStatus approvals = status.approvals();
        if (countsDown) {
            buttons.add(styled(button(Actions.CANCEL, "Stop", ref), "danger"));
        } else {
            if (settled) {
                buttons.add(approve(view, approvals, ref));
            }
            buttons.add(confirmed(
                    styled(button(Actions.REJECT, "Reject", ref), "danger"),
                    "Reject all of it?",
                    "Nothing of " + GroupCard.names(view) + " will be changed.",
                    "Reject"));
        }
        addDiff(buttons, view, ref);
        if (settled) {
            lastApplied(view, countsDown, ref).ifPresent(buttons::add);
        }
        if (!countsDown) {
            buttons.add(button(Actions.CANCEL, "Cancel", ref));
            if (settled && mayGoAlone(view, approvals)) {
                buttons.add(button(Actions.BREAK_GLASS, "Break glass…", ref));
            }
        }
    }

    private static ButtonElement approve(GroupView view, @Nullable ApprovalStatus approvals, String ref) {
        return approvals != null && approvals.typeToConfirm()
                ? styled(button(Actions.APPROVE, "Approve…", ref), "primary")
                : confirmed(
                        styled(button(Actions.APPROVE, view.size() == 1 ? "Approve" : "Approve all", ref), "primary"),
                        "Approve all of it?",
                        question(view),
                        "Approve");
    }

    private static boolean mayGoAlone(GroupView view, @Nullable ApprovalStatus approvals) {
        return approvals != null
                && approvals.breakGlass()
                && Stand.of(view.group()).decisions(Verdict.BrokeGlass).isEmpty();
    }

    private static Optional<ButtonElement> lastApplied(GroupView view, boolean countsDown, String ref) {
        List<Rollback> stale = view.members().stream()
                .filter(r -> {
                    Plan plan = r.statusOrInitial().plan();
                    return plan != null && plan.lastAppliedGoesStale();
                })
                .toList();
        boolean updates = view.group().getSpec().updatesLastApplied();
        return LastApplied.button(updates, !stale.isEmpty(), countsDown, " of " + GroupCard.names(stale), ref);
    }

    private static void ended(List<ButtonElement> buttons, GroupView view, String ref) {
        buttons.addAll(GroupStops.resumptions(view));
        GroupStops.undo(view, ref).ifPresent(buttons::add);
        boolean left = view.members().size() < view.size()
                || view.members().stream()
                        .anyMatch(r -> r.statusOrInitial().phase() != Phase.SUCCEEDED && !GroupStops.resumable(r));
        if (left && view.group().statusOrInitial().phase() != Phase.SUCCEEDED) {
            buttons.add(button(Actions.PLAN_AGAIN, refused(view) ? "Plan the others" : "Plan again", ref));
        }
        addDiff(buttons, view, ref);
    }

    /** Whether it was not even asked whether it may begin, because some cannot be done. */
    public static boolean refused(GroupView view) {
        RollbackGroupStatus status = view.group().statusOrInitial();
        return status.phase() == Phase.FAILED && status.plannedAt() == null;
    }

    /** What an approval answers, in plain text. */
    static String question(GroupView view) {
        int left = ApprovalLines.left(Stand.of(view.group()));
        String what = view.size() == 1 ? "Roll back " : "Roll back all " + view.size() + ": ";
        return what + GroupCard.names(view) + "? "
                + (left == 0
                        ? view.size() == 1
                                ? "It starts at once."
                                : view.group().getSpec().inOrder() ? "The first starts at once." : "They start at once."
                        : "It starts when " + left + " more " + (left == 1 ? "has" : "have") + " approved.");
    }

    private static void addDiff(List<ButtonElement> buttons, GroupView view, String ref) {
        boolean any = view.members().stream()
                .map(r -> Optional.ofNullable(r.statusOrInitial().plan()))
                .flatMap(Optional::stream)
                .anyMatch(plan -> !plan.changes().isEmpty());
        if (any) {
            buttons.add(button(Actions.FULL_DIFF, "Full diff", ref));
        }
    }
}
