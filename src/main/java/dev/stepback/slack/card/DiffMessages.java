package dev.stepback.slack.card;

import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.view.View;
import com.slack.api.model.view.ViewClose;
import com.slack.api.model.view.ViewTitle;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.target.Change;
import dev.stepback.target.Plan;
import dev.stepback.target.TargetRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A diff as a message and as a modal. */
public final class DiffMessages {
    private static final int MESSAGE_FENCES = 4;
    private static final int MODAL_FENCES = 30;
    private static final int MODAL_BLOCKS = 100;
    private static final int CHANGE_LIMIT = 2000;

    private DiffMessages() {}

    public static Message message(TargetRef target, long from, long to, List<Change> changes) {
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(Kit.section("*" + title(from, to) + "* of " + Mrkdwn.code(target.toString(), 300)));
        blocks.addAll(fences(changes, MESSAGE_FENCES));
        return new Message(title(from, to) + " of " + Mrkdwn.line(target.toString(), 300), blocks);
    }

    public static View modal(TargetRef target, long from, long to, List<Change> changes) {
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(Kit.context(title(from, to) + " of " + Mrkdwn.code(target.toString(), 300)));
        blocks.addAll(fences(changes, MODAL_FENCES));
        return view(blocks);
    }

    private static View view(List<LayoutBlock> blocks) {
        return View.builder()
                .type("modal")
                .title(ViewTitle.builder().type("plain_text").text("Full diff").build())
                .close(ViewClose.builder().type("plain_text").text("Close").build())
                .blocks(blocks)
                .build();
    }

    /** The diffs of all plans of a group, as far as one modal holds them. */
    public static View modal(GroupView view) {
        List<LayoutBlock> blocks = new ArrayList<>();
        List<Rollback> planned = view.members().stream()
                .filter(r -> r.statusOrInitial().plan() != null)
                .toList();
        int each = Math.max(1, Math.min(MODAL_FENCES, MODAL_BLOCKS / Math.max(1, planned.size()) - 2));
        for (Rollback rollback : planned) {
            Plan plan = Objects.requireNonNull(rollback.statusOrInitial().plan());
            blocks.add(Kit.context(title(plan.from().number(), plan.to().number()) + " of "
                    + Mrkdwn.code(rollback.target().toString(), 300)));
            blocks.addAll(fences(plan.changes(), each));
        }
        return view(blocks);
    }

    /** Whether a modal shows all of it; otherwise a file has to. */
    public static boolean fitsModal(List<Change> changes) {
        return DiffText.fences(changes, MODAL_FENCES, CHANGE_LIMIT).left() == 0
                && changes.stream().allMatch(c -> DiffText.file(List.of(c)).length() < CHANGE_LIMIT / 2);
    }

    private static List<LayoutBlock> fences(List<Change> changes, int maxFences) {
        DiffText.Fences fences = DiffText.fences(changes, maxFences, CHANGE_LIMIT);
        List<LayoutBlock> blocks = new ArrayList<>();
        fences.texts().forEach(text -> blocks.add(Kit.section(text)));
        if (changes.isEmpty()) {
            blocks.add(Kit.section("No differences in the pod template."));
        }
        if (fences.left() > 0) {
            blocks.add(Kit.context(Words.more(fences.left(), "change").strip()));
        }
        return blocks;
    }

    private static String title(long from, long to) {
        return "Changes from revision " + from + " to revision " + to;
    }
}
