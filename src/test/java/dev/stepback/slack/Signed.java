package dev.stepback.slack;

import dev.stepback.sandbox.slack.SandboxSlack;

/** References as the bot signs them, for tests that come back with other ones than those that they were given. */
public final class Signed {
    private Signed() {}

    /** @param purpose the action id or callback id */
    public static String by(SandboxSlack slack, String purpose, String reference) {
        return new References(slack.botToken()).signed(purpose, reference);
    }
}
