package dev.stepback.slack.card;

import com.slack.api.model.block.InputBlock;
import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.element.PlainTextInputElement;
import com.slack.api.model.view.View;
import com.slack.api.model.view.ViewClose;
import com.slack.api.model.view.ViewSubmit;
import com.slack.api.model.view.ViewTitle;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.group.GroupView;
import java.util.ArrayList;
import java.util.List;

/** The modals in which somebody confirms by typing, and the one that says why that came to nothing. */
public final class Confirmations {
    /** Callback ids: what the modal decides. */
    public static final String APPROVE = "confirm_approve";

    public static final String BREAK_GLASS = "confirm_break_glass";

    /** Ids of the inputs, of block and element alike. */
    public static final String TYPED = "typed";

    public static final String REASON = "reason";

    private static final int MAX_TYPED = 500;
    private static final int MAX_REASON = 500;

    private Confirmations() {}

    /**
     * Asks who approves to type the target's name.
     *
     * @param reference comes back with what is typed
     */
    public static View approve(Rollback rollback, String expected, String reference) {
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(Kit.section(Words.question(rollback)));
        blocks.add(Kit.context(plan(rollback)));
        blocks.add(typed(expected));
        return modal(APPROVE, "Approve this " + Speech.of(rollback).lowerCase(), "Approve", blocks, reference);
    }

    /** Asks who goes alone for the target's name and a reason. */
    public static View breakGlass(Rollback rollback, String expected, String reference) {
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(Kit.section("🚨 " + Words.question(rollback)
                + "\nNobody else will have approved it, and everybody is told so."
                + Checks.notStopping(List.of(rollback))));
        blocks.add(Kit.context(plan(rollback)));
        blocks.add(typed(expected));
        blocks.add(reason());
        return modal(BREAK_GLASS, "Break glass", Speech.of(rollback).now(), blocks, reference);
    }

    /** Asks who approves a group to type where it is. */
    public static View approve(GroupView view, String expected, String reference) {
        return modal(APPROVE, "Approve all of it", "Approve", group(view, expected), reference);
    }

    /** Asks who goes alone with a group for where it is and a reason. */
    public static View breakGlass(GroupView view, String expected, String reference) {
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(Kit.section("🚨 Nobody else will have approved it, and everybody is told so."
                + Checks.notStopping(view.members())));
        blocks.addAll(group(view, expected));
        blocks.add(reason());
        return modal(BREAK_GLASS, "Break glass", "Roll back now", blocks, reference);
    }

    private static List<LayoutBlock> group(GroupView view, String expected) {
        String hash = view.group().statusOrInitial().hash();
        return List.of(
                Kit.section(Mrkdwn.text(GroupButtons.question(view), 1000)),
                Kit.context(hash == null ? "no plans" : "plans " + Mrkdwn.code(Ref.shortHash(hash), 20)),
                typed(expected));
    }

    /** @param mrkdwn what came of it, already escaped */
    public static View outcome(String mrkdwn) {
        return modal("", "Nothing was decided", "", List.of(Kit.section(mrkdwn)), "");
    }

    private static LayoutBlock reason() {
        return InputBlock.builder()
                .blockId(REASON)
                .label(Kit.plain("Why can it not wait?", 100))
                .element(PlainTextInputElement.builder()
                        .actionId(REASON)
                        .multiline(true)
                        .minLength(1)
                        .maxLength(MAX_REASON)
                        .build())
                .build();
    }

    private static LayoutBlock typed(String expected) {
        return InputBlock.builder()
                .blockId(TYPED)
                .label(Kit.plain("Type " + expected, 2000))
                .element(PlainTextInputElement.builder()
                        .actionId(TYPED)
                        .maxLength(MAX_TYPED)
                        .build())
                .build();
    }

    private static String plan(Rollback rollback) {
        var plan = rollback.statusOrInitial().plan();
        return plan == null ? "no plan" : "plan " + Mrkdwn.code(Ref.shortHash(plan.hash()), 20);
    }

    private static View modal(
            String callbackId, String title, String submit, List<LayoutBlock> blocks, String reference) {
        return View.builder()
                .type("modal")
                .callbackId(callbackId)
                .privateMetadata(reference)
                .title(ViewTitle.builder().type("plain_text").text(title).build())
                .submit(
                        submit.isEmpty()
                                ? null
                                : ViewSubmit.builder()
                                        .type("plain_text")
                                        .text(submit)
                                        .build())
                .close(ViewClose.builder().type("plain_text").text("Close").build())
                .blocks(blocks)
                .build();
    }
}
