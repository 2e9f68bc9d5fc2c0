package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Set;

/** A user group. Guarded by the workspace. */
final class UserGroup {
    private final String id;
    private final String handle;
    private final String name;
    private final Set<String> members;
    private boolean disabled;

    UserGroup(String id, String handle, String name, Set<String> members) {
        this.id = id;
        this.handle = handle;
        this.name = name;
        this.members = new LinkedHashSet<>(members);
    }

    String id() {
        return id;
    }

    String handle() {
        return handle;
    }

    /** Ids of the users in it; live. */
    Set<String> members() {
        return members;
    }

    boolean disabled() {
        return disabled;
    }

    void disable(boolean on) {
        disabled = on;
    }

    /** @param disabledAt epoch seconds that stand in when it is disabled */
    ObjectNode toJson(boolean withUsers, boolean withCount, long disabledAt) {
        ObjectNode group = Json.object()
                .put("id", id)
                .put("team_id", Workspace.TEAM)
                .put("is_usergroup", true)
                .put("is_subteam", true)
                .put("name", name)
                .put("description", "")
                .put("handle", handle)
                .put("is_external", false)
                .put("date_create", 1446598059)
                .put("date_update", 1446670362)
                .put("date_delete", disabled ? disabledAt : 0)
                .putNull("auto_type")
                .put("created_by", Workspace.SLACKBOT)
                .put("updated_by", Workspace.SLACKBOT)
                .putNull("deleted_by");
        if (withUsers) {
            members.forEach(group.putArray("users")::add);
        }
        if (withCount) {
            group.put("user_count", members.size());
        }
        return group;
    }
}
