package dev.stepback.sandbox.slack;

import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.bolt.App;
import com.slack.api.bolt.AppConfig;
import com.slack.api.bolt.socket_mode.SocketModeApp;
import com.slack.api.methods.MethodsClient;
import com.slack.api.socket_mode.SocketModeClient;

/** Slack's own Java client, pointed at a sandbox. */
final class SlackClient {
    private SlackClient() {}

    static Slack slack(SandboxSlack sandbox) {
        SlackConfig config = new SlackConfig();
        config.setMethodsEndpointUrlPrefix(sandbox.apiUrl().toString());
        return Slack.getInstance(config);
    }

    static MethodsClient methods(SandboxSlack sandbox) {
        return slack(sandbox).methods(sandbox.botToken());
    }

    static App app(SandboxSlack sandbox) {
        return new App(AppConfig.builder()
                .slack(slack(sandbox))
                .singleTeamBotToken(sandbox.botToken())
                .signingSecret(sandbox.signingSecret())
                .build());
    }

    /** Connected when it returns. */
    static SocketModeApp connect(SandboxSlack sandbox, App app) throws Exception {
        SocketModeApp socketMode = new SocketModeApp(sandbox.appToken(), SocketModeClient.Backend.JavaWebSocket, app);
        socketMode.startAsync();
        return socketMode;
    }

    /** With the thread that looks for messages, which the app leaves running. */
    static void close(SocketModeApp socketMode) throws Exception {
        SocketModeClient client = socketMode.getClient();
        socketMode.close();
        client.close();
    }
}
