package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.slack.RateLimits.Tier;

/** Who there is: {@code users.*}, {@code usergroups.*}, {@code team.info}, {@code auth.test}, {@code api.test}. */
final class PeopleMethods {
    private final Workspace workspace;

    PeopleMethods(Workspace workspace) {
        this.workspace = workspace;
    }

    void register(WebApi api) {
        api.method("api.test", "", Tier.UNLIMITED, call -> Json.ok());
        api.method("auth.test", "", Tier.UNLIMITED, call -> auth());
        api.method("team.info", "team:read", Tier.THREE, call -> team());
        api.method("users.info", "users:read", Tier.FOUR, this::info);
        api.method("users.list", "users:read", Tier.TWO, this::list);
        api.method("users.lookupByEmail", "users:read.email", Tier.THREE, this::byEmail);
        api.method("usergroups.list", "usergroups:read", Tier.TWO, this::groups);
        api.method("usergroups.users.list", "usergroups:read", Tier.TWO, this::groupMembers);
    }

    private static ObjectNode auth() {
        return Json.ok()
                .put("url", "https://" + Workspace.TEAM_DOMAIN + ".slack.com/")
                .put("team", Workspace.TEAM_NAME)
                .put("user", "stepback")
                .put("team_id", Workspace.TEAM)
                .put("user_id", Workspace.BOT_USER)
                .put("bot_id", Workspace.BOT)
                .put("is_enterprise_install", false);
    }

    private static ObjectNode team() {
        ObjectNode result = Json.ok();
        result.putObject("team")
                .put("id", Workspace.TEAM)
                .put("name", Workspace.TEAM_NAME)
                .put("domain", Workspace.TEAM_DOMAIN);
        return result;
    }

    private static boolean mayReadEmail(Call call) {
        return call.scopes().contains("users:read.email");
    }

    private ObjectNode info(Call call) {
        String id = call.required("user");
        User user = workspace
                .user(id)
                .filter(found -> found.id().equals(id))
                .orElseThrow(() -> new SlackError("user_not_found"));
        ObjectNode result = Json.ok();
        result.set("user", user.toJson(mayReadEmail(call)));
        return result;
    }

    private ObjectNode list(Call call) {
        return Paging.page(
                call,
                "members",
                workspace.users().stream()
                        .filter(user -> !user.foreign())
                        .map(user -> user.toJson(mayReadEmail(call)))
                        .toList());
    }

    private ObjectNode byEmail(Call call) {
        String email = call.required("email");
        User user = workspace.users().stream()
                .filter(found -> !found.bot()
                        && !found.foreign()
                        && !found.deactivated()
                        && found.email().equalsIgnoreCase(email))
                .findFirst()
                .orElseThrow(() -> new SlackError("users_not_found"));
        ObjectNode result = Json.ok();
        result.set("user", user.toJson(true));
        return result;
    }

    private ObjectNode groups(Call call) {
        ObjectNode result = Json.ok();
        ArrayNode groups = result.putArray("usergroups");
        long now = workspace.clock().instant().getEpochSecond();
        workspace.userGroups().stream()
                .filter(group -> !group.disabled() || call.flag("include_disabled"))
                .map(group -> group.toJson(call.flag("include_users"), call.flag("include_count"), now))
                .forEach(groups::add);
        return result;
    }

    private ObjectNode groupMembers(Call call) {
        String id = call.required("usergroup");
        UserGroup group = workspace.userGroups().stream()
                .filter(found -> found.id().equals(id))
                .filter(found -> !found.disabled() || call.flag("include_disabled"))
                .findFirst()
                .orElseThrow(() -> new SlackError("no_such_subteam"));
        ObjectNode result = Json.ok();
        group.members().forEach(result.putArray("users")::add);
        return result;
    }
}
