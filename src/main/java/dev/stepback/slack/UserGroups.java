package dev.stepback.slack;

import com.slack.api.model.Usergroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The workspace's user groups at one moment. Disabled ones and those of other organizations, which could bear any handle, are
 * not among them; a handle that two have is nobody's.
 */
final class UserGroups {
    private final Map<String, Group> byId = new HashMap<>();
    private final Map<String, Optional<Group>> byHandle = new HashMap<>();

    /** @param members empty when the list did not say */
    record Group(String id, Optional<Set<String>> members) {}

    UserGroups(List<Usergroup> listed, OwnTeam own) {
        for (Usergroup group : listed) {
            boolean disabled = group.getDateDelete() != null && group.getDateDelete() != 0;
            boolean foreign = group.isExternal() || (group.getTeamId() != null && !own.isOwn(group.getTeamId()));
            if (disabled || foreign || group.getId() == null) {
                continue;
            }
            Group kept = new Group(group.getId(), members(group));
            byId.put(group.getId(), kept);
            if (group.getHandle() != null) {
                byHandle.merge(group.getHandle(), Optional.of(kept), (one, another) -> Optional.empty());
            }
        }
    }

    /** @throws SlackFailure when Slack does not say, be it because the plan has no user groups */
    static UserGroups ask(SlackApi api, OwnTeam own) {
        var listed = api.call(
                        "usergroups.list",
                        m -> m.usergroupsList(
                                r -> r.includeUsers(true).includeCount(true).includeDisabled(false)))
                .getUsergroups();
        return new UserGroups(listed == null ? List.of() : listed, own);
    }

    private static Optional<Set<String>> members(Usergroup group) {
        List<String> users = group.getUsers();
        boolean hidden = users == null || (users.isEmpty() && group.getUserCount() != null && group.getUserCount() > 0);
        return hidden ? Optional.empty() : Optional.of(Set.copyOf(users));
    }

    /** @param handleOrId a handle with its {@code @}, or an id */
    Optional<Group> find(String handleOrId) {
        return handleOrId.startsWith("@")
                ? byHandle.getOrDefault(handleOrId.substring(1), Optional.empty())
                : Optional.ofNullable(byId.get(handleOrId));
    }
}
