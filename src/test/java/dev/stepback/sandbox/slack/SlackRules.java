package dev.stepback.sandbox.slack;

import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.view.View;
import com.slack.api.util.json.GsonFactory;
import java.util.List;

/** The sandbox's Block Kit rules, for tests of what is drawn. */
public final class SlackRules {
    private SlackRules() {}

    public static List<String> violations(List<LayoutBlock> blocks) {
        return BlockKit.message(
                Json.parse("{\"b\":" + json(blocks) + "}").orElseThrow().path("b"));
    }

    public static List<String> violations(View view) {
        return BlockKit.modal(Json.parse(json(view)).orElseThrow());
    }

    public static String json(Object value) {
        return GsonFactory.createSnakeCase().toJson(value);
    }
}
