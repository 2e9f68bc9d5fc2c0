package dev.stepback.rollback;

import dev.stepback.policy.Answer;
import dev.stepback.policy.Directory;
import dev.stepback.policy.Subject;
import dev.stepback.policy.Subject.Standing;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A workspace: everybody is a member unless something else is said, and groups are what tests make of them. */
public final class People implements Directory {
    private final Map<String, Standing> standings = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> groups = new ConcurrentHashMap<>();
    private final Map<String, String> addresses = new ConcurrentHashMap<>();
    private volatile boolean reachable = true;

    public People is(String id, Standing standing) {
        standings.put(id, standing);
        return this;
    }

    public People address(String id, String email) {
        addresses.put(id, email);
        return this;
    }

    public People group(String handle, String... ids) {
        groups.put(handle, Set.of(ids));
        return this;
    }

    /** Whether Slack answers. */
    public void reachable(boolean answers) {
        reachable = answers;
    }

    @Override
    public Subject subject(String userId, @Nullable String team) {
        Standing standing = reachable ? standings.getOrDefault(userId, Standing.MEMBER) : Standing.UNKNOWN;
        return new Subject(userId, userId, standing, Optional.ofNullable(addresses.get(userId)));
    }

    @Override
    public Answer inGroup(String group, String userId) {
        return reachable ? Answer.of(groups.getOrDefault(group, Set.of()).contains(userId)) : Answer.UNKNOWN;
    }

    @Override
    public Answer sameChannel(String configured, String channelId) {
        return Answer.of(configured.equals(channelId));
    }
}
