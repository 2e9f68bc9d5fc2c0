package dev.stepback.policy;

import org.jspecify.annotations.Nullable;

/** What Slack knows about people, groups and channels. Never throws and may remember answers for a short while. */
public interface Directory {

    /**
     * Who that is. When the delivery and Slack's own record disagree about the workspace, the stricter of the two counts.
     *
     * @param team the workspace that the delivery named; null when it named none
     */
    Subject subject(String userId, @Nullable String team);

    /**
     * Whether somebody is in a user group.
     *
     * @param group an id ({@code S0123ABCD}) or, with its {@code @}, a handle ({@code @oncall}); a handle never means an id
     * @return unknown when Slack could not be asked, and for a group that does not exist or is disabled
     */
    Answer inGroup(String group, String userId);

    /**
     * Whether a configured channel is this one.
     *
     * @param configured a name with or without {@code #}, or an id
     * @return unknown when Slack could not be asked for the name of this channel. That no channel at all has the configured
     *     name is a plain no: otherwise one deleted channel would make every other undecided
     */
    Answer sameChannel(String configured, String channelId);
}
