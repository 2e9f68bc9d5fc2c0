package dev.stepback.policy;

import java.util.Optional;

/**
 * Somebody who wants to do something, as Slack knows them now.
 *
 * @param id the Slack user id
 * @param name for people to read; decides nothing
 * @param email as the own workspace knows it; grants nothing to people of other workspaces, who could claim any
 */
public record Subject(String id, String name, Standing standing, Optional<String> email) {

    /** Whether both are one human being, as far as is known: some have a second account under the same address. */
    public boolean sameHuman(Subject other) {
        return id.equals(other.id)
                || (email.isPresent() && email.map(Ascii::lowerCase).equals(other.email.map(Ascii::lowerCase)));
    }

    /** How somebody belongs to the workspace. */
    public enum Standing {
        /** A full member of the own workspace: has what names them, their groups or all members. */
        MEMBER,
        /** Has only what names them by id or e-mail address. */
        GUEST,
        /** From a shared channel or another workspace of the organization: has only what names them by id. */
        OTHER_WORKSPACE,
        /** Has only what names it by id. */
        BOT,
        /** Has nothing, whatever the policy still says. */
        DEACTIVATED,
        /** Slack could not be asked: has nothing until it can. */
        UNKNOWN
    }
}
