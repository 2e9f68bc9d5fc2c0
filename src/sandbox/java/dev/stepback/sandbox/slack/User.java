package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Somebody in the workspace.
 *
 * @param name the handle, which the control API takes as well as the id
 * @param restricted a guest, who sees only the channels that they were invited to
 */
public record User(String id, String name, String realName, String email, boolean restricted, boolean bot) {

    /** As {@code users.info} tells it; the address only to those who may read addresses. */
    ObjectNode toJson(String team, boolean withEmail) {
        ObjectNode user = Json.object()
                .put("id", id)
                .put("team_id", team)
                .put("name", name)
                .put("deleted", false)
                .put("real_name", realName)
                .put("tz", "Etc/UTC")
                .put("is_admin", false)
                .put("is_owner", false)
                .put("is_restricted", restricted)
                .put("is_ultra_restricted", false)
                .put("is_bot", bot)
                .put("is_app_user", false);
        ObjectNode profile = user.putObject("profile")
                .put("real_name", realName)
                .put("display_name", name)
                .put("team", team);
        if (withEmail && !bot) {
            profile.put("email", email);
        }
        return user;
    }
}
