package dev.stepback.slack.card;

import static dev.stepback.slack.card.Kit.button;
import static dev.stepback.slack.card.Kit.confirmed;
import static dev.stepback.slack.card.Kit.styled;

import com.slack.api.model.block.element.ButtonElement;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.RollbackGroupSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The buttons that end several rollbacks in the middle, and those that go on from there. */
public final class GroupStops {
    private GroupStops() {}

    static List<ButtonElement> buttons(GroupView view, String ref) {
        List<ButtonElement> buttons = new ArrayList<>();
        RollbackGroupSpec spec = view.group().getSpec();
        boolean left = view.members().stream().anyMatch(r -> phase(r) == Phase.AWAITING_APPROVAL);
        if (left && view.group().statusOrInitial().ending() == null && spec.cancellation() == null) {
            buttons.add(confirmed(
                    button(Actions.CANCEL, "Begin no more", ref),
                    "Begin no more?",
                    "What has not begun is not begun; what runs is seen through.",
                    "Begin no more"));
        }
        if (spec.stop() != null) {
            return buttons;
        }
        List<Rollback> running =
                view.members().stream().filter(GroupStops::runs).toList();
        List<Rollback> stopped = running.stream()
                .filter(r -> changed(r) ? r.stoppable() : r.canStandStill())
                .toList();
        if (!stopped.isEmpty()) {
            buttons.add(confirmed(
                    styled(button(Actions.STOP_HERE, "Stop here", ref), "danger"),
                    "Stop here?",
                    question(left, running, stopped),
                    "Stop here"));
        }
        if (running.stream().anyMatch(GroupStops::changed)) {
            List<Rollback> back = view.members().stream()
                    .filter(r -> runs(r) && changed(r) || undoable(r))
                    .toList();
            buttons.add(confirmed(
                    button(Actions.GO_FORWARD, "Go forward again", ref),
                    "Go forward again?",
                    "This asks to go back to what is being left, for " + GroupCard.names(back, 3) + ". A colleague has"
                            + " to approve it; until then the rollouts go on."
                            + (left ? " What has not begun is not begun." : ""),
                    "Go forward"));
        }
        return buttons;
    }

    private static String question(boolean left, List<Rollback> running, List<Rollback> stopped) {
        List<Rollback> others =
                running.stream().filter(r -> !stopped.contains(r)).toList();
        return GroupCard.names(stopped, 3) + (stopped.size() == 1 ? " stands" : " stand")
                + " still at once; pods of both revisions serve until somebody goes on."
                + (left ? " What has not begun is not begun." : "")
                + (others.isEmpty() ? "" : " Cannot be stopped, so seen through: " + GroupCard.names(others, 3) + ".");
    }

    /** Those that stand still, each by itself: whether it shall go on is another question for each. */
    static List<ButtonElement> resumptions(GroupView view) {
        List<Rollback> paused =
                view.members().stream().filter(GroupStops::resumable).toList();
        return IntStream.range(0, paused.size())
                .mapToObj(i -> button(
                        Actions.RUN + ":" + i,
                        "Resume " + paused.get(i).target().name(),
                        paused.get(i).target() + " resume"))
                .toList();
    }

    static Optional<ButtonElement> undo(GroupView view, String ref) {
        boolean any = view.members().stream().anyMatch(GroupStops::undoable);
        boolean all = view.members().stream().filter(GroupStops::changed).allMatch(GroupStops::undoable);
        return any ? Optional.of(button(Actions.UNDO, all ? "Undo all" : "Undo what is done", ref)) : Optional.empty();
    }

    /** Whether it stands still and waits for somebody to resume it, or to take it back. */
    public static boolean resumable(Rollback member) {
        return phase(member) == Phase.CANCELLED && member.resumable();
    }

    /** Whether it was done, failed in the middle or left off there, so that the way it was can be asked for again. */
    public static boolean undoable(Rollback member) {
        return changed(member) && (phase(member) == Phase.SUCCEEDED || phase(member) == Phase.FAILED)
                || member.endedHalfway();
    }

    private static boolean runs(Rollback member) {
        return phase(member) == Phase.RUNNING && member.getSpec().cancellation() == null;
    }

    private static boolean changed(Rollback member) {
        return member.statusOrInitial().patchedAt() != null;
    }

    private static Phase phase(Rollback member) {
        return member.statusOrInitial().phase();
    }
}
