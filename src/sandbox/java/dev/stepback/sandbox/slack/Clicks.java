package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the Slack client does when somebody types or clicks: asks the app, and shows what comes of it. */
final class Clicks {
    private static final Pattern MENTION = Pattern.compile("(?i)@stepback\\b|<@" + Workspace.BOT_USER + "(\\|[^>]*)?>");

    private final Workspace workspace;
    private final Views views;
    private final Payloads payloads;
    private final ResponseUrls responses;
    private final Deliveries deliveries;
    private final Set<String> commands;

    /** @param commands the slash commands that the app has registered */
    Clicks(
            Workspace workspace,
            Views views,
            Payloads payloads,
            ResponseUrls responses,
            Deliveries deliveries,
            Set<String> commands) {
        this.workspace = workspace;
        this.views = views;
        this.payloads = payloads;
        this.responses = responses;
        this.deliveries = deliveries;
        this.commands = commands;
    }

    /** What is clicked; see {@link Control}. */
    record Click(
            String actionId,
            @Nullable String blockId,
            @Nullable String value,
            boolean force) {}

    private record Found(JsonNode block, JsonNode element) {}

    Control.Sent type(User user, Channel channel, String text, @Nullable String threadTs) {
        if (!channel.members().contains(user.id())) {
            throw new IllegalArgumentException(user.name() + " is not in #" + channel.name());
        }
        if (text.startsWith("/")) {
            return slashCommand(user, channel, text, threadTs);
        }
        Message message = say(user, channel, text, threadTs);
        if (!MENTION.matcher(text).find()) {
            return new Control.Sent(true, "", message.ts());
        }
        if (!channel.members().contains(Workspace.BOT_USER)) {
            workspace.tell(
                    user.id(), channel.id(), "You mentioned @Stepback, but they’re not in this channel.", threadTs);
            return new Control.Sent(true, "", message.ts());
        }
        return sent(deliver(Delivery.event(payloads.appMention(user, message))), message.ts());
    }

    private Message say(User user, Channel channel, String text, @Nullable String threadTs) {
        synchronized (workspace) {
            if (threadTs != null && workspace.message(channel.id(), threadTs).isEmpty()) {
                throw new IllegalArgumentException("no such thread: " + threadTs);
            }
            String ts = workspace.nextTs();
            ObjectNode body = Json.object()
                    .put("type", "message")
                    .put("user", user.id())
                    .put("team", Workspace.TEAM)
                    .put("text", markup(text))
                    .put("ts", ts);
            if (threadTs != null) {
                body.put("thread_ts", threadTs);
            }
            Message message = new Message(channel.id(), ts, threadTs, null, user.id(), body);
            workspace.put(message);
            return message;
        }
    }

    /** As the client encodes what is typed: nothing of it is markup but the mention. */
    private static String markup(String typed) {
        String mention = "<@" + Workspace.BOT_USER + ">";
        String[] parts = MENTION.split(typed, -1);
        for (int i = 0; i < parts.length; i++) {
            parts[i] = parts[i].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        }
        return String.join(mention, parts);
    }

    private Control.Sent slashCommand(User user, Channel channel, String typed, @Nullable String threadTs) {
        if (threadTs != null) {
            throw new IllegalArgumentException("slash commands do not work in threads");
        }
        String command = typed.split("\\s", 2)[0];
        if (!commands.contains(command)) {
            workspace.tell(user.id(), channel.id(), command + " is not a valid command.", null);
            return new Control.Sent(false, "unknown_command", "");
        }
        String text = typed.substring(command.length()).strip();
        List<Deliveries.Outcome> outcomes = deliver(Delivery.command(payloads.command(user, channel, command, text)));
        ResponseUrls.Origin origin = new ResponseUrls.Origin(channel.id(), user.id(), null);
        for (Deliveries.Outcome outcome : outcomes) {
            respond(origin, outcome);
        }
        failure(outcomes)
                .ifPresent(error -> workspace.tell(
                        user.id(),
                        channel.id(),
                        error.equals("operation_timeout")
                                ? command + " failed because the app did not respond (operation_timeout)."
                                : command + " failed with the error \"" + error + "\".",
                        null));
        return sent(outcomes, "");
    }

    private void respond(ResponseUrls.Origin origin, Deliveries.Outcome outcome) {
        JsonNode response = outcome.response();
        if (response.isTextual()) {
            response = Json.object().put("text", response.asText());
        }
        if (response instanceof ObjectNode body && (body.has("text") || body.has("blocks"))) {
            try {
                responses.answer(origin, body);
            } catch (SlackError e) {
                workspace.tell(
                        origin.user(),
                        origin.channel(),
                        "The command failed with the error \"" + e.getMessage() + "\".",
                        null);
            }
        }
    }

    Control.Sent inMessage(User user, Channel channel, String ts, Click click) {
        ObjectNode payload;
        synchronized (workspace) {
            Message message = workspace
                    .message(channel.id(), ts)
                    .filter(found -> found.visibleTo(user.id()))
                    .orElseThrow(() -> new IllegalArgumentException("no message " + ts + " that the user can see"));
            ObjectNode action = action(message.body().path("blocks"), click);
            payload = payloads.messageAction(user, channel, message, action);
        }
        List<Deliveries.Outcome> outcomes = deliver(Delivery.interaction(payload, false));
        failure(outcomes)
                .ifPresent(error -> workspace.tell(
                        user.id(), channel.id(), "The app did not respond to the click (" + error + ").", null));
        return sent(outcomes, "");
    }

    Control.Sent inView(User user, String viewId, Click click) {
        ObjectNode view = view(user, viewId);
        ObjectNode action = action(view.path("blocks"), click);
        return sent(deliver(Delivery.interaction(payloads.viewAction(user, view, action), false)), "");
    }

    private ObjectNode view(User user, String viewId) {
        return views.find(user.id(), viewId)
                .orElseThrow(() -> new IllegalArgumentException("the user has no view " + viewId + " open"));
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

    Control.Sent submit(User user, String viewId, JsonNode given) {
        ObjectNode view = view(user, viewId);
        ObjectNode values = Filled.in(view, given);
        synchronized (workspace) {
            views.remember(user.id(), viewId, values);
        }
        view = view(user, viewId);
        List<Deliveries.Outcome> outcomes = deliver(Delivery.interaction(payloads.viewSubmission(user, view), true));
        Control.Sent sent = sent(outcomes, "");
        for (Deliveries.Outcome outcome : outcomes) {
            if (outcome.acknowledged()) {
                Control.Sent after = afterSubmission(user, viewId, outcome.response());
                sent = sent.error().isEmpty() ? after : sent;
            }
        }
        return sent;
    }

    /** Does what the app answered to a submission. */
    private Control.Sent afterSubmission(User user, String viewId, JsonNode response) {
        synchronized (workspace) {
            Optional<ObjectNode> open = views.find(user.id(), viewId);
            if (open.isEmpty()) {
                return new Control.Sent(true, "", "");
            }
            try {
                switch (Json.text(response, "response_action")) {
                    case "errors" -> {
                        return refused(response.path("errors"));
                    }
                    case "clear" -> views.clear(user.id());
                    case "update" -> {
                        Views.check(response.path("view"));
                        views.replace(user.id(), open.get(), response.path("view"));
                    }
                    case "push" -> {
                        Views.check(response.path("view"));
                        views.push(user.id(), response.path("view"));
                    }
                    default -> views.close(user.id(), viewId);
                }
            } catch (SlackError e) {
                return new Control.Sent(true, e.body().toString(), "");
            }
            return new Control.Sent(true, "", "");
        }
    }

    private static Control.Sent refused(JsonNode errors) {
        Map<String, String> byBlock = new LinkedHashMap<>();
        errors.fields()
                .forEachRemaining(
                        error -> byBlock.put(error.getKey(), error.getValue().asText()));
        return new Control.Sent(true, "errors", "", byBlock);
    }

    Control.Sent close(User user, String viewId) {
        ObjectNode view = view(user, viewId);
        synchronized (workspace) {
            if (view.path("clear_on_close").asBoolean()) {
                views.clear(user.id());
            } else {
                views.close(user.id(), viewId);
            }
        }
        if (!view.path("notify_on_close").asBoolean()) {
            return new Control.Sent(true, "", "");
        }
        ObjectNode payload =
                payloads.viewClosed(user, view, view.path("clear_on_close").asBoolean());
        return sent(deliver(Delivery.interaction(payload, false)), "");
    }

    Control.Sent redeliver() {
        try {
            return sent(List.of(deliveries.redeliver()), "");
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private List<Deliveries.Outcome> deliver(Delivery delivery) {
        try {
            return deliveries.deliver(delivery);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while the app was asked", e);
    }

    private static Optional<String> failure(List<Deliveries.Outcome> outcomes) {
        return outcomes.stream()
                .filter(outcome -> !outcome.acknowledged())
                .map(outcome -> String.valueOf(outcome.error()))
                .findFirst();
    }

    private static Control.Sent sent(List<Deliveries.Outcome> outcomes, String ts) {
        Optional<String> failure = failure(outcomes);
        return new Control.Sent(failure.isEmpty(), failure.orElse(""), ts);
    }
}
