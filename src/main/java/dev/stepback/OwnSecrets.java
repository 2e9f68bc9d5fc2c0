package dev.stepback;

import io.fabric8.kubernetes.client.Config;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What this process itself proves with who it is. */
final class OwnSecrets {
    private OwnSecrets() {}

    /** Those that there are, of Slack and of the cluster. */
    static List<String> of(Map<String, String> env, Config cluster) {
        return Stream.of(
                        env.get("SLACK_BOT_TOKEN"),
                        env.get("SLACK_APP_TOKEN"),
                        env.get("SLACK_SIGNING_SECRET"),
                        cluster.getOauthToken(),
                        cluster.getAutoOAuthToken(),
                        cluster.getPassword(),
                        cluster.getClientKeyData(),
                        cluster.getClientKeyPassphrase())
                .filter(Objects::nonNull)
                .toList();
    }
}
