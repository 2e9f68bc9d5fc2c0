package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.slack.RateLimits.Tier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The modals that each user has open, and {@code views.*}. Guarded by the workspace's monitor. */
final class Views {
    private static final int MAX_DEPTH = 3;

    private final Workspace workspace;
    private final Triggers triggers;
    private final Map<String, List<ObjectNode>> stacks = new HashMap<>();
    private int count;

    Views(Workspace workspace, Triggers triggers) {
        this.workspace = workspace;
        this.triggers = triggers;
    }

    void register(WebApi api) {
        api.method("views.open", "", Tier.FOUR, this::open);
        api.method("views.push", "", Tier.FOUR, this::push);
        api.method("views.update", "", Tier.FOUR, this::update);
    }

    /** Those of a user, the one in front last; copies. */
    List<ObjectNode> open(String user) {
        synchronized (workspace) {
            return stack(user).stream().map(ObjectNode::deepCopy).toList();
        }
    }

    Optional<ObjectNode> find(String user, String viewId) {
        return open(user).stream()
                .filter(view -> Json.text(view, "id").equals(viewId))
                .findFirst();
    }

    /** @throws IllegalArgumentException when the user has no such view open */
    ObjectNode need(User user, String viewId) {
        return find(user.id(), viewId)
                .orElseThrow(() -> new IllegalArgumentException("the user has no view " + viewId + " open"));
    }

    private List<ObjectNode> stack(String user) {
        return stacks.computeIfAbsent(user, any -> new ArrayList<>());
    }

    private ObjectNode open(Call call) {
        JsonNode view = checked(call);
        Triggers.Trigger trigger = triggers.exchange(call.required("trigger_id"));
        List<ObjectNode> stack = stack(trigger.user());
        stack.clear();
        return result(add(trigger.user(), view));
    }

    private ObjectNode push(Call call) {
        JsonNode view = checked(call);
        Triggers.Trigger trigger = triggers.exchange(call.required("trigger_id"));
        if (trigger.view() == null) {
            throw SlackError.explained("invalid_arguments", List.of("trigger_id does not come from a modal"));
        }
        return result(push(trigger.user(), view));
    }

    /** @throws SlackError {@code push_limit_reached} when three are open already */
    ObjectNode push(String user, JsonNode view) {
        if (stack(user).size() >= MAX_DEPTH) {
            throw new SlackError("push_limit_reached");
        }
        return add(user, view);
    }

    private ObjectNode update(Call call) {
        JsonNode view = checked(call);
        String id = call.string("view_id").orElse("");
        String externalId = call.string("external_id").orElse("");
        if (id.isEmpty() && externalId.isEmpty()) {
            throw SlackError.explained("invalid_arguments", List.of("view_id or external_id is required"));
        }
        for (Map.Entry<String, List<ObjectNode>> entry : stacks.entrySet()) {
            for (ObjectNode old : entry.getValue()) {
                if (Json.text(old, "id").equals(id)
                        || (!externalId.isEmpty()
                                && Json.text(old, "external_id").equals(externalId))) {
                    String hash = call.string("hash").orElse("");
                    if (!hash.isEmpty() && !hash.equals(Json.text(old, "hash"))) {
                        throw new SlackError("hash_conflict");
                    }
                    return result(replace(entry.getKey(), old, view));
                }
            }
        }
        throw new SlackError("not_found");
    }

    private static JsonNode checked(Call call) {
        JsonNode view = call.json("view", "invalid_arguments")
                .orElseThrow(() -> SlackError.explained("invalid_arguments", List.of("missing required field: view")));
        check(view);
        return view;
    }

    /** @throws SlackError {@code invalid_arguments} with what is wrong */
    static void check(JsonNode view) {
        List<String> problems = BlockKit.modal(view);
        if (!problems.isEmpty()) {
            throw SlackError.explained("invalid_arguments", problems);
        }
    }

    private ObjectNode add(String user, JsonNode view) {
        List<ObjectNode> stack = stack(user);
        count++;
        ObjectNode added = complete(view, "V0" + "%08d".formatted(count));
        added.put("root_view_id", stack.isEmpty() ? Json.text(added, "id") : Json.text(stack.get(0), "id"));
        if (stack.isEmpty()) {
            added.putNull("previous_view_id");
        } else {
            added.put("previous_view_id", Json.text(stack.get(stack.size() - 1), "id"));
        }
        stack.add(added);
        workspace.happened("view_opened", "", Json.text(added, "id"), user);
        return added;
    }

    /** Puts a new content into an open modal. */
    ObjectNode replace(String user, ObjectNode old, JsonNode view) {
        ObjectNode updated = complete(view, Json.text(old, "id"));
        updated.set("root_view_id", old.path("root_view_id"));
        updated.set("previous_view_id", old.path("previous_view_id"));
        stack(user).replaceAll(open -> Json.text(open, "id").equals(Json.text(old, "id")) ? updated : open);
        workspace.happened("view_changed", "", Json.text(updated, "id"), user);
        return updated;
    }

    private static ObjectNode complete(JsonNode view, String id) {
        ObjectNode full = Json.object()
                .put("id", id)
                .put("team_id", Workspace.TEAM)
                .put("app_id", Workspace.APP)
                .put("app_installed_team_id", Workspace.TEAM)
                .put("bot_id", Workspace.BOT)
                .put("hash", UUID.randomUUID().toString())
                .put("private_metadata", "")
                .put("callback_id", "")
                .put("external_id", "")
                .put("clear_on_close", false)
                .put("notify_on_close", false);
        full.putNull("close");
        full.putNull("submit");
        full.setAll((ObjectNode) view.deepCopy());
        BlockKit.fillInIds((ArrayNode) full.path("blocks"));
        full.putObject("state").set("values", FormState.of(full.path("blocks")));
        return full;
    }

    /** Remembers what was typed into a modal. */
    void remember(String user, String viewId, ObjectNode values) {
        for (ObjectNode view : stack(user)) {
            if (Json.text(view, "id").equals(viewId)) {
                view.putObject("state").set("values", values);
            }
        }
    }

    void close(String user, String viewId) {
        if (stack(user).removeIf(view -> Json.text(view, "id").equals(viewId))) {
            workspace.happened("view_closed", "", viewId, user);
        }
    }

    void clear(String user) {
        for (ObjectNode view : List.copyOf(stack(user))) {
            close(user, Json.text(view, "id"));
        }
    }

    private static ObjectNode result(ObjectNode view) {
        ObjectNode result = Json.ok();
        result.set("view", view.deepCopy());
        return result;
    }
}
