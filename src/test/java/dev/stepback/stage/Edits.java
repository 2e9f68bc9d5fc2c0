package dev.stepback.stage;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;

/** Changes to objects that controllers write to as well. */
public final class Edits {
    private static final int CONFLICT = 409;

    private Edits() {}

    /** @param edit reads what it changes; is made again when somebody else wrote in between */
    public static void untilNobodyWasFaster(Runnable edit) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptionsMatching(e -> e instanceof KubernetesClientException api && api.getCode() == CONFLICT)
                .until(() -> {
                    edit.run();
                    return true;
                });
    }
}
