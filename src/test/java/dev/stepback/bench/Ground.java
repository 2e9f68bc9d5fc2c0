package dev.stepback.bench;

import static org.awaitility.Awaitility.await;

import dev.stepback.Stepback;
import dev.stepback.config.StepbackConfig;
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
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A cluster, the sandbox's or a real one, a Slack, and the bot between them in this process. */
final class Ground implements AutoCloseable {
    static final String INCIDENTS = "incidents";
    static final String OLD = "registry.k8s.io/pause:3.9";
    static final String NEW = "registry.k8s.io/pause:3.10";
    static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(20);

    /** Of its own, and deleted at the end. */
    final String namespace = "bench-" + UUID.randomUUID().toString().substring(0, 8);

    final Path kubeconfig;
    final KubernetesClient client;
    final SandboxSlack slack;
    final Control people;
    final PatchTimes patches = new PatchTimes();
    private final Optional<SandboxCluster> sandbox;
    private final Optional<Controllers> controllers;
    private final KubernetesClient botsClient;
    private final Stepback bot;

    private Ground(KubeletTiming timing) throws Exception {
        Optional<Path> real = realCluster();
        sandbox = real.isPresent() ? Optional.empty() : Optional.of(SandboxCluster.start(0, Clock.systemUTC()));
        controllers = sandbox.map(s -> Controllers.start(s.store(), Clock.systemUTC(), timing));
        kubeconfig = real.orElseGet(() -> written(sandbox.orElseThrow().kubeconfig()));
        Config config = Config.fromKubeconfig(kubeconfig.toFile());
        client = new KubernetesClientBuilder().withConfig(config).build();
        botsClient = new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(b -> b.addOrReplaceInterceptor("bench", patches))
                .build();
        install();
        slack = SandboxSlack.start(0, Clock.systemUTC());
        people = slack.control();
        people.rateLimits(false);
        bot = Stepback.start(config(), slackEnvironment(slack), botsClient);
        await().atMost(PATIENCE).until(() -> people.connections() > 0 && bot.leading());
    }

    /** @param timing of the sandbox's nodes; a real cluster has its own */
    static Ground start(KubeletTiming timing) throws Exception {
        return new Ground(timing);
    }

    /** The kubeconfig that the command line names. */
    static Optional<Path> realCluster() {
        String file = System.getProperty("stepback.it.kubeconfig", "");
        return file.isBlank() ? Optional.empty() : Optional.of(Path.of(file));
    }

    static Path written(String text) {
        try {
            Path file = Files.createTempFile("bench", ".yaml");
            file.toFile().deleteOnExit();
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Map<String, String> slackEnvironment(SandboxSlack slack) {
        return Map.of(
                "SLACK_API_URL", slack.apiUrl().toString(),
                "SLACK_BOT_TOKEN", slack.botToken(),
                "SLACK_APP_TOKEN", slack.appToken(),
                "SLACK_SIGNING_SECRET", slack.signingSecret());
    }

    private void install() throws Exception {
        try (InputStream crd = Files.newInputStream(Path.of("k8s-manifests/crd-rollbacks.stepback.dev-v1.yaml"))) {
            client.load(crd).serverSideApply();
        }
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    private StepbackConfig config() {
        StepbackConfig defaults = StepbackConfig.defaults();
        return new StepbackConfig(
                defaults.slack(),
                new StepbackConfig.Kubernetes(null, List.of(namespace), namespace),
                defaults.rollback(),
                defaults.notifications(),
                defaults.redaction(),
                new StepbackConfig.Server("127.0.0.1", 0));
    }

    /** A Deployment that is at its second revision. */
    void deployed(String name, int replicas) {
        client.resource(deployment(name, replicas, OLD)).create();
        awaitRolledOut(name, OLD);
        client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName(name)
                .edit(d -> new DeploymentBuilder(d)
                        .editSpec()
                        .editTemplate()
                        .editSpec()
                        .editFirstContainer()
                        .withImage(NEW)
                        .endContainer()
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build());
        awaitRolledOut(name, NEW);
    }

    private Deployment deployment(String name, int replicas, String image) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
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
                .withTerminationGracePeriodSeconds(1L)
                .addNewContainer()
                .withName("app")
                .withImage(image)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    void awaitRolledOut(String name, String image) {
        await().pollInterval(POLL).atMost(PATIENCE).until(() -> {
            Deployment d = client.apps()
                    .deployments()
                    .inNamespace(namespace)
                    .withName(name)
                    .require();
            Integer wanted = d.getSpec().getReplicas();
            return d.getStatus() != null
                    && image.equals(d.getSpec()
                            .getTemplate()
                            .getSpec()
                            .getContainers()
                            .get(0)
                            .getImage())
                    && d.getMetadata().getGeneration().equals(d.getStatus().getObservedGeneration())
                    && wanted.equals(d.getStatus().getAvailableReplicas())
                    && wanted.equals(d.getStatus().getUpdatedReplicas())
                    && wanted.equals(d.getStatus().getReplicas());
        });
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
        client.close();
        slack.close();
        if (controllers.isPresent()) {
            controllers.get().close();
        }
        sandbox.ifPresent(SandboxCluster::close);
    }
}
