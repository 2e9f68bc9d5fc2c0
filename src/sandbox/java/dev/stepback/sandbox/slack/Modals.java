package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the Slack client does when somebody submits or closes a modal. */
final class Modals {
    private final Workspace workspace;
    private final Views views;
    private final Payloads payloads;
    private final AppLink app;

    Modals(Workspace workspace, Views views, Payloads payloads, AppLink app) {
        this.workspace = workspace;
        this.views = views;
        this.payloads = payloads;
        this.app = app;
    }

    Control.Sent submit(User user, String viewId, JsonNode given) {
        ObjectNode view = views.need(user, viewId);
        ObjectNode values = Filled.in(view, given);
        synchronized (workspace) {
            views.remember(user.id(), viewId, values);
        }
        view = views.need(user, viewId);
        List<Deliveries.Outcome> outcomes =
                app.deliver(Delivery.interaction(payloads.viewSubmission(user, view), true));
        Control.Sent sent = AppLink.sent(outcomes, "");
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
        ObjectNode view = views.need(user, viewId);
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
        return AppLink.sent(app.deliver(Delivery.interaction(payload, false)), "");
    }
}
