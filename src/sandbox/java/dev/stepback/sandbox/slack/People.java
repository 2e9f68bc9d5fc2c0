package dev.stepback.sandbox.slack;

import java.util.Optional;

/**
 * Changes who people are, as the workspace's administrators do. Users and groups are named by id, name or handle; an unknown
 * one throws {@link IllegalArgumentException}.
 */
public final class People {
    private final Workspace workspace;

    People(Workspace workspace) {
        this.workspace = workspace;
    }

    /** Closes somebody's account, or opens it again. */
    public void deactivate(String user, boolean deactivated) {
        synchronized (workspace) {
            workspace.add(user(user).deactivated(deactivated));
        }
    }

    /** Makes somebody a guest, or a full member. */
    public void become(String user, User.Role role) {
        synchronized (workspace) {
            workspace.add(user(user).with(role));
        }
    }

    /** Adds somebody to a user group. */
    public void join(String group, String user) {
        synchronized (workspace) {
            group(group).members().add(user(user).id());
        }
    }

    /** Takes somebody out of a user group. */
    public void leave(String group, String user) {
        synchronized (workspace) {
            group(group).members().remove(user(user).id());
        }
    }

    /** Disables a user group, or enables it again. */
    public void disable(String group, boolean disabled) {
        synchronized (workspace) {
            group(group).disable(disabled);
        }
    }

    private User user(String idOrName) {
        return workspace.user(idOrName).orElseThrow(() -> new IllegalArgumentException("no such user: " + idOrName));
    }

    private UserGroup group(String idOrHandle) {
        String name = idOrHandle.startsWith("@") ? idOrHandle.substring(1) : idOrHandle;
        Optional<UserGroup> found = workspace.userGroups().stream()
                .filter(group -> group.id().equals(name) || group.handle().equals(name))
                .findFirst();
        return found.orElseThrow(() -> new IllegalArgumentException("no such user group: " + idOrHandle));
    }
}
