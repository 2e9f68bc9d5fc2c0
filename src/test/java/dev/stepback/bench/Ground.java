package dev.stepback.bench;

import static org.awaitility.Awaitility.await;

import dev.stepback.Stepback;
import dev.stepback.config.Rate;
import dev.stepback.config.StepbackConfig;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import dev.stepback.sandbox.slack.Control;
import dev.stepback.stage.Stage;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A cluster, the sandbox's or a real one, a Slack, and the bot between them in this process. */
final class Ground implements AutoCloseable {
    static final String INCIDENTS = "incidents";
    static final String OLD = "registry.k8s.io/pause:3.9";
    static final String NEW = "registry.k8s.io/pause:3.10";
    static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Rate WITHOUT = new Rate(100_000, Duration.ofSeconds(1));
    private static final Duration POLL = Duration.ofMillis(20);

    /** Of its own, and deleted at the end. */
    final String namespace = "bench-" + UUID.randomUUID().toString().substring(0, 8);

    final KubernetesClient client;
    final Control people;
    final PatchTimes patches = new PatchTimes();
    private final Stage stage;
    private final KubernetesClient botsClient;
    private final Stepback bot;

    private Ground(KubeletTiming timing) throws Exception {
        stage = Stage.startOnAny(namespace, timing);
        client = stage.client;
        people = stage.people;
        people.rateLimits(false);
        botsClient = new KubernetesClientBuilder()
                .withConfig(stage.clientConfig())
                .withHttpClientBuilderConsumer(b -> b.addOrReplaceInterceptor("bench", patches))
                .build();
        StepbackConfig config = Stage.config(StepbackConfig.Slack.Mode.SOCKET, List.of(namespace), namespace, List.of())
                .with(c -> c.limits = new StepbackConfig.Limits(WITHOUT, WITHOUT));
        bot = Stepback.start(config, stage.slackEnvironment(), botsClient);
        await().atMost(PATIENCE).until(() -> people.connections() > 0 && bot.leading());
    }

    /** @param timing of the sandbox's nodes; a real cluster has its own */
    static Ground start(KubeletTiming timing) throws Exception {
        return new Ground(timing);
    }

    Path kubeconfig() {
        return stage.kubeconfig;
    }

    /** How many more pods the nodes of a real cluster take; the sandbox's take any number. */
    int roomForPods() {
        if (!Stage.isReal()) {
            return Integer.MAX_VALUE;
        }
        int all = client.nodes().list().getItems().stream()
                .mapToInt(node -> Quantity.getAmountInBytes(
                                node.getStatus().getAllocatable().getOrDefault("pods", new Quantity("0")))
                        .intValue())
                .sum();
        return all - client.pods().inAnyNamespace().list().getItems().size();
    }

    /** A Deployment that is at its second revision. */
    void deployed(String name, int replicas) {
        stage.releases.ship(name, replicas, OLD, NEW);
        awaitRolledOut(name, NEW);
    }

    void awaitRolledOut(String name, String image) {
        stage.releases.awaitRolledOut(name, image);
    }

    /** Asks for a rollback and waits until its card can be approved; the card's ts. */
    String asked(String name) {
        people.command("responder", INCIDENTS, "/rollback " + name);
        return await().pollInterval(POLL)
                .atMost(PATIENCE)
                .until(() -> card(name, "AwaitingApproval"), Optional::isPresent)
                .orElseThrow();
    }

    void awaitCard(String name, String text) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(() -> card(name, text).isPresent());
    }

    private Optional<String> card(String name, String text) {
        return people.messages(INCIDENTS, "lead").stream()
                .filter(m -> m.path("blocks").toString().contains("rollback `" + name + "-")
                        && m.toString().contains(text))
                .map(m -> m.path("ts").asText())
                .findFirst();
    }

    @Override
    public void close() throws Exception {
        bot.close();
        client.namespaces().withName(namespace).delete();
        botsClient.close();
        stage.close();
    }
}
