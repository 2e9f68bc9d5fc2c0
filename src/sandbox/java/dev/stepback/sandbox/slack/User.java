package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneId;

/**
 * Somebody in the workspace, or of another one in a shared channel.
 *
 * @param name the handle, which the control API takes as well as the id
 * @param team the workspace that they belong to
 * @param deactivated may not sign in any more
 * @param zone where their clock is set
 */
public record User(
        String id,
        String name,
        String realName,
        String email,
        Role role,
        String team,
        boolean deactivated,
        String zone) {

    /** What somebody is in their own workspace. */
    public enum Role {
        MEMBER,
        /** Invited to some channels; {@code is_restricted}. */
        MULTI_CHANNEL_GUEST,
        /** Invited to one; {@code is_restricted} and {@code is_ultra_restricted}. */
        SINGLE_CHANNEL_GUEST,
        BOT
    }

    User(String id, String name, String realName, String email, Role role) {
        this(id, name, realName, email, role, Workspace.TEAM, false, "Etc/UTC");
    }

    User with(Role changed) {
        return new User(id, name, realName, email, changed, team, deactivated, zone);
    }

    User deactivated(boolean changed) {
        return new User(id, name, realName, email, role, team, changed, zone);
    }

    User in(String changed) {
        return new User(id, name, realName, email, role, team, deactivated, changed);
    }

    boolean bot() {
        return role == Role.BOT;
    }

    /** Of another workspace. */
    boolean foreign() {
        return !team.equals(Workspace.TEAM);
    }

    /** For the page: who that is, in a word or two. */
    String standing() {
        if (deactivated) {
            return "deactivated";
        }
        return switch (role) {
            case BOT -> "bot";
            case SINGLE_CHANNEL_GUEST -> "guest";
            case MULTI_CHANNEL_GUEST -> "multi-channel guest";
            case MEMBER -> foreign() ? "other workspace" : "member";
        };
    }

    /** As {@code users.info} tells it; the address only to those who may read addresses, and never of another workspace. */
    ObjectNode toJson(boolean withEmail) {
        ObjectNode user = Json.object()
                .put("id", id)
                .put("team_id", team)
                .put("name", name)
                .put("deleted", deactivated)
                .put("real_name", realName);
        boolean guest = role == Role.SINGLE_CHANNEL_GUEST || role == Role.MULTI_CHANNEL_GUEST;
        if (!deactivated) {
            // Slack leaves these out of an account that is closed.
            user.put("tz", zone)
                    .put(
                            "tz_offset",
                            ZoneId.of(zone).getRules().getOffset(Instant.now()).getTotalSeconds())
                    .put("is_admin", false)
                    .put("is_owner", false)
                    .put("is_primary_owner", false)
                    .put("is_restricted", guest)
                    .put("is_ultra_restricted", role == Role.SINGLE_CHANNEL_GUEST);
        }
        user.put("is_bot", bot()).put("is_app_user", false);
        if (foreign()) {
            user.put("is_stranger", false);
        }
        ObjectNode profile = user.putObject("profile")
                .put("real_name", realName)
                .put("display_name", name)
                .put("team", team);
        if (withEmail && !bot() && !foreign()) {
            profile.put("email", email);
            user.put("is_email_confirmed", true);
        }
        return user;
    }
}
