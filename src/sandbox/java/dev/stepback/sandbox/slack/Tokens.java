package dev.stepback.sandbox.slack;

/**
 * The secrets of the sandbox's one app. They guard nothing, so they are the same every time.
 *
 * @param bot for the Web API
 * @param app for {@code apps.connections.open}
 * @param signingSecret signs what is delivered over HTTP
 */
record Tokens(String bot, String app, String signingSecret) {
    static final Tokens SANDBOX =
            new Tokens("xoxb-sandbox-bot-token", "xapp-1-sandbox-app-token", "sandbox-signing-secret");
}
