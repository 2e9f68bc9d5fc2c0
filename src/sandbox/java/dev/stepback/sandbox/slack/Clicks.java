package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the Slack client does when somebody clicks a button or chooses from a menu. */
final class Clicks {
    private final Workspace workspace;
    private final Views views;
    private final Payloads payloads;
    private final AppLink app;

    Clicks(Workspace workspace, Views views, Payloads payloads, AppLink app) {
        this.workspace = workspace;
        this.views = views;
        this.payloads = payloads;
        this.app = app;
    }

    /** What is clicked; see {@link Control}. */
    record Click(
            String actionId,
            @Nullable String blockId,
            @Nullable String value,
            boolean force) {}

    private record Found(JsonNode block, JsonNode element) {}

    Control.Sent inMessage(User user, Channel channel, String ts, Click click) {
        if (!channel.members().contains(user.id())) {
            throw new IllegalArgumentException(user.name() + " is not in #" + channel.name());
        }
        if (user.deactivated() && !click.force()) {
            throw new IllegalArgumentException(user.name() + " is deactivated and cannot sign in");
        }
        ObjectNode payload;
        String threadTs;
        synchronized (workspace) {
            Message message = workspace
                    .message(channel.id(), ts)
                    .filter(found -> found.visibleTo(user.id()))
                    .orElseThrow(() -> new IllegalArgumentException("no message " + ts + " that the user can see"));
            ObjectNode action = action(message.body().path("blocks"), click);
            threadTs = message.threadTs();
            payload = payloads.messageAction(user, channel, message, action);
        }
        List<Deliveries.Outcome> outcomes = app.deliver(Delivery.interaction(payload, false));
        AppLink.failure(outcomes)
                .ifPresent(error -> workspace.tell(
                        user.id(), channel.id(), "The app did not respond to the click (" + error + ").", threadTs));
        return AppLink.sent(outcomes, "");
    }

    Control.Sent inView(User user, String viewId, Click click) {
        ObjectNode view = views.need(user, viewId);
        ObjectNode action = action(view.path("blocks"), click);
        return AppLink.sent(app.deliver(Delivery.interaction(payloads.viewAction(user, view, action), false)), "");
    }

    private static ObjectNode action(JsonNode blocks, Click click) {
        Optional<Found> found = find(blocks, click);
        if (found.isEmpty() && !click.force()) {
            throw new IllegalArgumentException("there is nothing to click with the action_id " + click.actionId());
        }
        JsonNode element = found.map(Found::element)
                .orElseGet(() -> Json.object().put("type", "button").put("action_id", click.actionId()));
        String blockId = found.map(where -> Json.text(where.block(), "block_id"))
                .orElse(click.blockId() == null ? "forged" : click.blockId());
        ObjectNode action = Json.object()
                .put("type", Json.text(element, "type"))
                .put("action_id", click.actionId())
                .put("block_id", blockId);
        if (!Json.text(element, "type").equals("button")) {
            action.setAll(FormState.chosen(element, TextNode.valueOf(String.valueOf(click.value())), click.force()));
            return action;
        }
        for (String field : List.of("text", "value", "style", "url", "confirm")) {
            if (element.has(field)) {
                action.set(field, element.path(field));
            }
        }
        if (click.force() && click.value() != null) {
            action.put("value", click.value());
        }
        return action;
    }

    private static Optional<Found> find(JsonNode blocks, Click click) {
        List<Found> candidates = new ArrayList<>();
        for (JsonNode block : blocks) {
            for (JsonNode element : FormState.elements(block)) {
                if (Json.text(element, "action_id").equals(click.actionId())
                        && (click.blockId() == null || click.blockId().equals(Json.text(block, "block_id")))) {
                    candidates.add(new Found(block, element));
                }
            }
        }
        return candidates.stream()
                .filter(found -> click.value() == null
                        || click.force()
                        || !Json.text(found.element(), "type").equals("button")
                        || click.value().equals(Json.text(found.element(), "value")))
                .findFirst();
    }
}
