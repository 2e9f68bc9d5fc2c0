package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.slack.RateLimits.Tier;
import java.util.Set;

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
        result.set("user", user.toJson(Workspace.TEAM, mayReadEmail(call)));
        return result;
    }

    private ObjectNode list(Call call) {
        return Paging.page(
                call,
                "members",
                workspace.users().stream()
                        .map(user -> user.toJson(Workspace.TEAM, mayReadEmail(call)))
                        .toList());
    }

    private ObjectNode byEmail(Call call) {
        String email = call.required("email");
        User user = workspace.users().stream()
                .filter(found -> !found.bot() && found.email().equalsIgnoreCase(email))
                .findFirst()
                .orElseThrow(() -> new SlackError("users_not_found"));
        ObjectNode result = Json.ok();
        result.set("user", user.toJson(Workspace.TEAM, true));
        return result;
    }

    private ObjectNode groups(Call call) {
        ObjectNode result = Json.ok();
        ArrayNode groups = result.putArray("usergroups");
        workspace.userGroups().forEach((id, members) -> {
            ObjectNode group = groups.addObject()
                    .put("id", id)
                    .put("team_id", Workspace.TEAM)
                    .put("is_usergroup", true)
                    .put("name", "On call")
                    .put("handle", "oncall")
                    .put("user_count", members.size());
            if (call.flag("include_users")) {
                members.forEach(group.putArray("users")::add);
            }
        });
        return result;
    }

    private ObjectNode groupMembers(Call call) {
        Set<String> members = workspace.userGroups().get(call.required("usergroup"));
        if (members == null) {
            throw new SlackError("no_such_subteam");
        }
        ObjectNode result = Json.ok();
        members.forEach(result.putArray("users")::add);
        return result;
    }
}
