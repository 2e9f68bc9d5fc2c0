package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Set;

/** A channel or, when its name is empty, a direct conversation. Guarded by the workspace. */
final class Channel {
    private final String id;
    private final String name;
    private final Set<String> members;
    private boolean archived;

    Channel(String id, String name, Set<String> members) {
        this.id = id;
        this.name = name;
        this.members = new LinkedHashSet<>(members);
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    /** Ids of the users in it; live. */
    Set<String> members() {
        return members;
    }

    boolean direct() {
        return name.isEmpty();
    }

    boolean archived() {
        return archived;
    }

    void archive(boolean archived) {
        this.archived = archived;
    }

    ObjectNode toJson(String asSeenBy) {
        ObjectNode json = Json.object().put("id", id);
        if (!direct()) {
            json.put("name", name).put("name_normalized", name);
        }
        return json.put("is_channel", !direct())
                .put("is_group", false)
                .put("is_im", direct())
                .put("is_mpim", false)
                .put("is_private", direct())
                .put("is_archived", archived)
                .put("is_general", false)
                .put("is_member", members.contains(asSeenBy))
                .put("num_members", members.size());
    }
}
