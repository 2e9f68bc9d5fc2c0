package dev.stepback.flow;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.Stepback;
import dev.stepback.config.StepbackConfig;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.sandbox.BotAccount;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.sandbox.cluster.controller.Controllers;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import dev.stepback.sandbox.slack.Control;
import dev.stepback.sandbox.slack.SandboxSlack;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/** A cluster with one Deployment of several revisions, a Slack, and a bot between them. */
final class Scene implements AutoCloseable {
    static final String NAMESPACE = "production";
    static final String INCIDENTS = "incidents";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final SandboxCluster cluster;
    final SandboxSlack slack;
    final Control people;
    final KubernetesClient client;
    private final KubernetesClient botClient;
    final StepbackConfig.Slack.Mode mode;
    private final Controllers controllers;
    private Optional<Stepback> bot = Optional.empty();

    private Scene(StepbackConfig.Slack.Mode mode) throws Exception {
        this.mode = mode;
        cluster = SandboxCluster.start(0, Clock.systemUTC());
        controllers = Controllers.start(cluster.store(), Clock.systemUTC(), KubeletTiming.fast());
        slack = SandboxSlack.start(0, Clock.systemUTC());
        people = slack.control();
        client = clientOf(cluster.kubeconfig());
        botClient = clientOf(BotAccount.install(cluster));
        try (InputStream crd = Files.newInputStream(Path.of("k8s-manifests/crd-rollbacks.stepback.dev-v1.yaml"))) {
            client.load(crd).create();
        }
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
    }

    /** Everything is up, the bot included. */
    static Scene start(StepbackConfig.Slack.Mode mode) throws Exception {
        Scene scene = new Scene(mode);
        scene.startBot();
        return scene;
    }

    private static KubernetesClient clientOf(String kubeconfig) {
        return new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig))
                .build();
    }

    void startBot() throws Exception {
        StepbackConfig d = StepbackConfig.defaults();
        StepbackConfig config = new StepbackConfig(
                new StepbackConfig.Slack(mode, "/rollback"),
                new StepbackConfig.Kubernetes(null, List.of(), BotAccount.NAMESPACE),
                d.rollback(),
                new StepbackConfig.Notifications(List.of("deploys")),
                d.redaction(),
                new StepbackConfig.Server("127.0.0.1", 0));
        Map<String, String> env = Map.of(
                "SLACK_API_URL", slack.apiUrl().toString(),
                "SLACK_BOT_TOKEN", slack.botToken(),
                "SLACK_APP_TOKEN", slack.appToken(),
                "SLACK_SIGNING_SECRET", slack.signingSecret());
        Stepback started = Stepback.start(config, env, botClient);
        bot = Optional.of(started);
        if (mode == StepbackConfig.Slack.Mode.HTTP) {
            slack.deliverTo(URI.create("http://127.0.0.1:" + started.port() + "/slack/events"));
        } else {
            await().atMost(PATIENCE).until(() -> people.connections() > 0);
        }
        await().atMost(PATIENCE).until(started::leading);
    }

    void stopBot() {
        bot.ifPresent(Stepback::close);
        bot = Optional.empty();
    }

    /** Makes a Deployment and rolls it through these images, waiting for each but the last; forgets the requests so far. */
    Deployment deployed(String name, int replicas, String... images) {
        for (int i = 0; i < images.length; i++) {
            release(name, replicas, images[i]);
            if (i + 1 < images.length) {
                awaitRolledOut(name, images[i]);
            }
        }
        String revision = String.valueOf(images.length);
        await().atMost(PATIENCE).until(() -> revision.equals(revisionOf(name)));
        cluster.clearRequests();
        return deployment(name);
    }

    void release(String name, int replicas, String image) {
        Deployment wanted = new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .addToAnnotations("kubernetes.io/change-cause", "ship " + image)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName(name)
                .withImage(image)
                .addNewEnv()
                .withName("DATABASE_PASSWORD")
                .withValue("hunter2-" + image.hashCode())
                .endEnv()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
        if (client.resource(wanted).get() == null) {
            client.resource(wanted).create();
        } else {
            client.apps()
                    .deployments()
                    .inNamespace(NAMESPACE)
                    .withName(name)
                    .edit(d -> new DeploymentBuilder(d)
                            .editMetadata()
                            .addToAnnotations("kubernetes.io/change-cause", "ship " + image)
                            .endMetadata()
                            .editSpec()
                            .withTemplate(wanted.getSpec().getTemplate())
                            .endSpec()
                            .build());
        }
    }

    void awaitRolledOut(String name, String image) {
        await().atMost(PATIENCE).until(() -> {
            Deployment d = deployment(name);
            Integer wanted = d.getSpec().getReplicas();
            return image(name).equals(image)
                    && d.getStatus() != null
                    && d.getMetadata().getGeneration().equals(d.getStatus().getObservedGeneration())
                    && wanted.equals(d.getStatus().getAvailableReplicas())
                    && wanted.equals(d.getStatus().getUpdatedReplicas())
                    && wanted.equals(d.getStatus().getReplicas());
        });
    }

    Deployment deployment(String name) {
        return client.apps().deployments().inNamespace(NAMESPACE).withName(name).require();
    }

    String image(String name) {
        return deployment(name)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
    }

    private String revisionOf(String name) {
        return deployment(name).getMetadata().getAnnotations().getOrDefault("deployment.kubernetes.io/revision", "");
    }

    List<Rollback> rollbacks() {
        return client.resources(Rollback.class).inNamespace(NAMESPACE).list().getItems();
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
        client.close();
        botClient.close();
        controllers.close();
        slack.close();
        cluster.close();
    }
}
