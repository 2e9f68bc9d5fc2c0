package dev.stepback.slack;

import dev.stepback.slack.card.Message;

/** Where one command or click is answered. Methods throw {@link SlackFailure}. */
interface Answers {

    /** Shown to the person who asked alone. */
    void toPerson(Message message);

    /** Shown to everybody in the channel or the thread. */
    void toChannel(Message message);
}
