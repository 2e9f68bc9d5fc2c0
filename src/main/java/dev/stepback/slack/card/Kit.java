package dev.stepback.slack.card;

import com.slack.api.model.block.ActionsBlock;
import com.slack.api.model.block.ContextBlock;
import com.slack.api.model.block.HeaderBlock;
import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.SectionBlock;
import com.slack.api.model.block.composition.ConfirmationDialogObject;
import com.slack.api.model.block.composition.MarkdownTextObject;
import com.slack.api.model.block.composition.PlainTextObject;
import com.slack.api.model.block.composition.TextObject;
import com.slack.api.model.block.element.BlockElement;
import com.slack.api.model.block.element.ButtonElement;
import dev.stepback.text.Bounded;
import java.util.List;

/** The few blocks that messages are made of. */
final class Kit {
    static final int SECTION_LIMIT = 3000;
    static final int FIELD_LIMIT = 2000;
    static final int HEADER_LIMIT = 150;
    static final int BUTTON_LIMIT = 75;

    private Kit() {}

    static LayoutBlock header(String text) {
        return HeaderBlock.builder().text(plain(text, HEADER_LIMIT)).build();
    }

    static LayoutBlock section(String mrkdwn) {
        return SectionBlock.builder().text(mrkdwn(mrkdwn)).build();
    }

    static LayoutBlock fields(String left, String right) {
        List<TextObject> fields = List.of(mrkdwn(left), mrkdwn(right));
        return SectionBlock.builder().fields(fields).build();
    }

    static LayoutBlock context(String mrkdwn) {
        return ContextBlock.builder().elements(List.of(mrkdwn(mrkdwn))).build();
    }

    static LayoutBlock actions(List<? extends BlockElement> buttons) {
        return ActionsBlock.builder().elements(List.copyOf(buttons)).build();
    }

    static ButtonElement button(String actionId, String text, String value) {
        return ButtonElement.builder()
                .actionId(actionId)
                .text(plain(text, BUTTON_LIMIT))
                .value(value)
                .build();
    }

    static ButtonElement styled(ButtonElement button, String style) {
        button.setStyle(style);
        return button;
    }

    /** Lets Slack ask before the click is sent. */
    static ButtonElement confirmed(ButtonElement button, String title, String question, String yes) {
        button.setConfirm(ConfirmationDialogObject.builder()
                .title(plain(title, 100))
                .text(plain(question, 300))
                .confirm(plain(yes, 30))
                .deny(plain("Back", 30))
                .build());
        return button;
    }

    // Verbatim: Slack shall not look for channel names and mentions in the text by itself.
    private static MarkdownTextObject mrkdwn(String text) {
        return MarkdownTextObject.builder().text(text).verbatim(true).build();
    }

    // Nothing in it means anything to Slack, not even the names of emoji.
    static PlainTextObject plain(String text, int limit) {
        return PlainTextObject.builder()
                .text(Bounded.of(Mrkdwn.oneLine(Mrkdwn.visible(text)), limit))
                .emoji(false)
                .build();
    }
}
