package dev.stepback.slack.card;

import dev.stepback.rollback.Phase;

/** What takes a card's place when somebody has deleted in the cluster what it is about, and nothing is told of it any more. */
final class DeletedCard {
    private DeletedCard() {}

    /** @param what names it, in mrkdwn that is already escaped */
    static Message of(String what, Phase last) {
        boolean begun = last == Phase.RUNNING || last == Phase.VERIFYING;
        return Message.of("🗑️ " + what + ": *deleted*. Somebody has deleted it in the cluster"
                + (begun
                        ? ", and nobody follows it any more: a rollout that it has begun goes on by itself, and what"
                                + " it has changed for that time only is put back within minutes."
                        : "; it does not start."));
    }
}
