package dev.stepback.flow;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.Stepback;
import dev.stepback.config.StepbackConfig;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.sandbox.BotAccount;
import dev.stepback.sandbox.cluster.ObservedCluster;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import dev.stepback.sandbox.slack.Control;
import dev.stepback.sandbox.slack.SandboxSlack;
import dev.stepback.stage.BotProcess;
import dev.stepback.stage.Stage;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.StreamSupport;

/** A cluster with one Deployment of several revisions, a Slack, and a bot between them. */
final class Scene implements AutoCloseable {
    static final String INCIDENTS = "incidents";
    private static final Duration PATIENCE = Duration.ofSeconds(Stage.isReal() ? 90 : 30);

    /** On a real cluster it is one of the test's own. */
    final String namespace =
            Stage.isReal() ? "stepback-it-" + UUID.randomUUID().toString().substring(0, 8) : "production";

    /** Others may be at work on a real cluster, too. */
    private final List<String> served = Stage.isReal() ? List.of(namespace) : List.of();

    final String leaseNamespace = Stage.isReal() ? namespace : BotAccount.NAMESPACE;
    final ObservedCluster cluster;
    final SandboxSlack slack;
    final Control people;
    final KubernetesClient client;
    private final Path botKubeconfig;
    private final KubernetesClient botClient;
    final StepbackConfig.Slack.Mode mode;
    private final Stage stage;
    private Optional<Stepback> bot = Optional.empty();

    private Scene(StepbackConfig.Slack.Mode mode) throws Exception {
        this.mode = mode;
        stage = Stage.startOnAny(namespace, KubeletTiming.fast());
        cluster = stage.observed();
        slack = stage.slack;
        people = stage.people;
        client = stage.client;
        botKubeconfig = Stage.written(Stage.isReal() ? cluster.kubeconfig() : BotAccount.install(stage.cluster()));
        botClient = Stage.client(botKubeconfig);
    }

    /** Everything is up, the bot included. */
    static Scene start(StepbackConfig.Slack.Mode mode) throws Exception {
        Scene scene = withoutBot(mode);
        scene.startBot();
        return scene;
    }

    static Scene withoutBot(StepbackConfig.Slack.Mode mode) throws Exception {
        return new Scene(mode);
    }

    /** A bot in a process of its own. */
    BotProcess botProcess() throws Exception {
        // It lives for seconds: there is nothing to gain from the slower compiler.
        return BotProcess.start(botKubeconfig, slack, served, leaseNamespace, "-XX:TieredStopAtLevel=1");
    }

    void clearFaults() {
        people.clearFaults();
        cluster.faults().clear();
    }

    void startBot() throws Exception {
        startBot(Map.of());
    }

    /** @param more environment variables besides those for Slack */
    void startBot(Map<String, String> more) throws Exception {
        startBot(more, config -> config);
    }

    void startBot(Map<String, String> more, UnaryOperator<StepbackConfig> changes) throws Exception {
        StepbackConfig config = changes.apply(Stage.config(mode, served, leaseNamespace, List.of("deploys")));
        Map<String, String> environment = new HashMap<>(stage.slackEnvironment());
        environment.putAll(more);
        Stepback started = Stepback.start(config, environment, botClient);
        bot = Optional.of(started);
        if (mode == StepbackConfig.Slack.Mode.HTTP) {
            slack.deliverTo(URI.create("http://127.0.0.1:" + started.port() + "/slack/events"));
        } else {
            await().atMost(PATIENCE).until(() -> people.connections() > 0);
        }
        await().atMost(PATIENCE).until(started::leading);
    }

    /** What the bot serves at this path for operators. */
    HttpResponse<String> ops(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + bot.orElseThrow().port() + path);
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
    }

    void stopBot() {
        bot.ifPresent(Stepback::close);
        bot = Optional.empty();
    }

    /** Makes a Deployment and rolls it through these images, waiting for each but the last; forgets the requests so far. */
    Deployment deployed(String name, int replicas, String... images) {
        stage.releases.ship(name, replicas, images);
        cluster.clearRequests();
        return deployment(name);
    }

    void release(String name, int replicas, String image) {
        stage.releases.release(name, replicas, image);
    }

    void awaitRolledOut(String name, String image) {
        stage.releases.awaitRolledOut(name, image);
    }

    Deployment deployment(String name) {
        return stage.releases.deployment(name);
    }

    String image(String name) {
        return stage.releases.image(name);
    }

    List<Rollback> rollbacks() {
        return client.resources(Rollback.class).inNamespace(namespace).list().getItems();
    }

    /** The only Rollback, once it is in this phase. */
    Rollback awaitPhase(Phase phase) {
        return await().atMost(PATIENCE)
                .until(
                        () -> rollbacks().stream().findFirst(),
                        r -> r.isPresent() && r.get().statusOrInitial().phase() == phase)
                .orElseThrow();
    }

    /** The first message that a user sees and that fits. */
    ObjectNode awaitMessage(String channel, String user, Predicate<ObjectNode> fits) {
        return await().atMost(PATIENCE)
                .until(
                        () -> people.messages(channel, user).stream()
                                .filter(fits)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    ObjectNode awaitMessage(String channel, String user, String text) {
        return awaitMessage(channel, user, m -> m.toString().contains(text));
    }

    /** The card, once it shows this text; the one message that has the footer of a card. */
    ObjectNode awaitCard(String text) {
        return awaitMessage(INCIDENTS, "lead", m -> isCard(m) && m.toString().contains(text));
    }

    List<ObjectNode> cards() {
        return people.messages(INCIDENTS, "lead").stream().filter(Scene::isCard).toList();
    }

    static boolean isCard(ObjectNode message) {
        return StreamSupport.stream(message.path("blocks").spliterator(), false)
                .filter(b -> b.path("type").asText().equals("context"))
                .anyMatch(b -> b.toString().contains("rollback `"));
    }

    static String ts(JsonNode message) {
        return message.path("ts").asText();
    }

    /** Whom the API server takes the bot for. */
    String botUser() {
        return "system:serviceaccount:%s:stepback".formatted(leaseNamespace);
    }

    /** How many patches of this Deployment reached the API server, dry runs apart. */
    long patchesOf(String name) {
        return cluster.requests().stream()
                .filter(r -> r.verb().equals("patch")
                        && r.resource().equals("deployments.apps")
                        && r.name().equals(name)
                        && !r.isDryRun())
                .count();
    }

    @Override
    public void close() throws Exception {
        stopBot();
        if (Stage.isReal()) {
            client.namespaces().withName(namespace).delete();
        }
        botClient.close();
        stage.close();
    }
}
