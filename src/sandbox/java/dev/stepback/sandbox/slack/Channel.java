package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A channel or, when its name is empty, a direct conversation. Guarded by the workspace. Whoever is not in a private
 * one does not learn that it exists.
 */
final class Channel {
    private final String id;
    private final String name;
    private final boolean hidden;
    private final boolean shared;
    private final Set<String> members;
    private boolean archived;

    Channel(String id, String name, Set<String> members) {
        this(id, name, false, false, members);
    }

    private Channel(String id, String name, boolean hidden, boolean shared, Set<String> members) {
        this.id = id;
        this.name = name;
        this.hidden = hidden;
        this.shared = shared;
        this.members = new LinkedHashSet<>(members);
    }

    static Channel hidden(String id, String name, Set<String> members) {
        return new Channel(id, name, true, false, members);
    }

    /** One that another workspace takes part in. */
    static Channel shared(String id, String name, Set<String> members) {
        return new Channel(id, name, false, true, members);
    }

    boolean shared() {
        return shared;
    }

    /** Whether it is a private channel. */
    boolean hidden() {
        return hidden;
    }

    /** Whether this user may know that it exists. */
    boolean knownTo(String user) {
        return members.contains(user) || (!hidden && !direct());
    }

    /** As a payload names it. */
    String nameInPayloads() {
        return direct() ? "directmessage" : hidden ? "privategroup" : name;
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
                .put("is_private", direct() || hidden)
                .put("is_archived", archived)
                .put("is_general", false)
                .put("is_shared", shared)
                .put("is_ext_shared", shared)
                .put("is_org_shared", false)
                .put("is_member", members.contains(asSeenBy))
                .put("num_members", members.size());
    }
}
