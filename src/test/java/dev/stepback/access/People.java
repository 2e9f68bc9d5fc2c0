package dev.stepback.access;

import dev.stepback.policy.Answer;
import dev.stepback.policy.Directory;
import dev.stepback.policy.Subject;
import dev.stepback.policy.Subject.Standing;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A small Slack workspace; whoever is not in it is deactivated. */
public final class People implements Directory {
    private final Map<String, Subject> subjects = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> groups = new ConcurrentHashMap<>();

    /** Slack does not answer. */
    public volatile boolean silent;

    public People member(String id, String email) {
        return add(id, Standing.MEMBER, email);
    }

    public People add(String id, Standing standing, String email) {
        subjects.put(id, new Subject(id, id, standing, Optional.of(email).filter(e -> !e.isEmpty())));
        return this;
    }

    public People group(String handle, String... ids) {
        groups.put(handle, Set.of(ids));
        return this;
    }

    @Override
    public Subject subject(String userId, @Nullable String team) {
        Standing otherwise = silent ? Standing.UNKNOWN : Standing.DEACTIVATED;
        Subject unknown = new Subject(userId, userId, otherwise, Optional.empty());
        return silent ? unknown : subjects.getOrDefault(userId, unknown);
    }

    @Override
    public Answer inGroup(String group, String userId) {
        if (silent || !groups.containsKey(group)) {
            return Answer.UNKNOWN;
        }
        return Answer.of(groups.getOrDefault(group, Set.of()).contains(userId));
    }

    @Override
    public Answer sameChannel(String configured, String channelId) {
        return Answer.of(configured.equals(channelId));
    }
}
