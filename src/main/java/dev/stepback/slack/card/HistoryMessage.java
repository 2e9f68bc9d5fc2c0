package dev.stepback.slack.card;

import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.element.ButtonElement;
import dev.stepback.command.Reply;
import dev.stepback.target.BadRevision;
import dev.stepback.target.History;
import dev.stepback.target.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The revisions of a target, newest first, each with its buttons. */
final class HistoryMessage {
    // Two blocks a revision, with room for the head and the note below.
    private static final int MAX_ROWS = 20;

    private HistoryMessage() {}

    public static Message of(Reply.ShowHistory reply, Instant now, String command) {
        History history = reply.history();
        String target = history.target().toString();
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(Kit.header("History of " + history.target().name() + " in "
                + history.target().namespace()));
        int row = 0;
        for (Revision revision : history.revisions()) {
            if (row == MAX_ROWS) {
                break;
            }
            blocks.add(Kit.section(row(revision, reply, now)));
            List<ButtonElement> buttons = buttons(revision, history, row);
            if (!buttons.isEmpty()) {
                blocks.add(Kit.actions(buttons));
            }
            row++;
        }
        int older = history.revisions().size() - row;
        String note = history.revisions().isEmpty()
                ? "no rollout history found"
                        + (history.limit() == 0 ? ": `revisionHistoryLimit` is 0, so no earlier revision is kept" : "")
                : older > 0
                        ? older + " older ones are not shown; " + Mrkdwn.code(command + " " + target + " to N", 400)
                                + " goes back to any of them"
                        : Mrkdwn.code(target, 300) + " keeps " + history.limit() + " old revisions";
        blocks.add(Kit.context(note));
        String text = "History of " + Mrkdwn.line(target, 300) + ": "
                + history.revisions().size() + " revision"
                + (history.revisions().size() == 1 ? "" : "s");
        return new Message(text, blocks);
    }

    private static String row(Revision revision, Reply.ShowHistory reply, Instant now) {
        StringBuilder out = new StringBuilder("*Revision " + revision.number() + "*");
        if (!revision.earlierNumbers().isEmpty()) {
            out.append(" (earlier ")
                    .append(revision.earlierNumbers().stream()
                            .limit(10)
                            .map(String::valueOf)
                            .collect(Collectors.joining(", ")))
                    .append(")");
        }
        out.append(marks(revision, reply)).append('\n');
        out.append(Words.images(revision.images(), java.util.Map.of())).append('\n');
        out.append(Words.changeCause(revision.changeCause()))
                .append("\nmade ")
                .append(Mrkdwn.duration(Duration.between(revision.createdAt(), now)))
                .append(" ago  ·  ")
                .append(revision.replicas())
                .append(revision.replicas() == 1 ? " replica now" : " replicas now");
        return out.toString();
    }

    private static String marks(Revision revision, Reply.ShowHistory reply) {
        String marks = "";
        if (isCurrent(revision, reply.history())) {
            marks += "  ·  🟢 *current*";
        }
        BadRevision bad = reply.knownBad().get(revision.id());
        if (bad != null) {
            marks += "  ·  🔴 *known bad*: " + Words.why(bad);
        }
        OptionalLong proposed = reply.proposed();
        if (proposed.isPresent() && proposed.getAsLong() == revision.number()) {
            marks += revision.wasAvailable() ? "  ·  ⏪ *last known good*" : "  ·  ⏪ *proposed*";
            marks += reply.history().neverSeenAvailable(revision)
                    ? ", though nothing shows that it was ever available"
                    : "";
        }
        return marks;
    }

    private static List<ButtonElement> buttons(Revision revision, History history, int row) {
        if (isCurrent(revision, history)) {
            return List.of();
        }
        String ref = new Ref.ToRevision(history.target(), revision.number(), revision.id()).toString();
        return List.of(
                Kit.button(Actions.ROLL_BACK_TO + ":" + row, "Roll back to this", ref),
                Kit.button(Actions.DIFF + ":" + row, "Diff", ref));
    }

    private static boolean isCurrent(Revision revision, History history) {
        return history.current().isPresent() && history.current().getAsLong() == revision.number();
    }
}
