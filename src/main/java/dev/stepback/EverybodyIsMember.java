package dev.stepback;

import dev.stepback.policy.Answer;
import dev.stepback.policy.Directory;
import dev.stepback.policy.Subject;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Knows everybody as a full member of the workspace, in no group; channels by their ids only. */
final class EverybodyIsMember implements Directory {

    @Override
    public Subject subject(String userId, @Nullable String team) {
        return new Subject(userId, userId, Subject.Standing.MEMBER, Optional.empty());
    }

    @Override
    public Answer inGroup(String group, String userId) {
        return Answer.NO;
    }

    @Override
    public Answer sameChannel(String configured, String channelId) {
        return Answer.of(configured.equals(channelId));
    }
}
