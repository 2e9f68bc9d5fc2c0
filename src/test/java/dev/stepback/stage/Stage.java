package dev.stepback.stage;

import dev.stepback.config.StepbackConfig;
import dev.stepback.sandbox.cluster.ClusterGateway;
import dev.stepback.sandbox.cluster.ObservedCluster;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.sandbox.cluster.controller.Controllers;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import dev.stepback.sandbox.slack.Control;
import dev.stepback.sandbox.slack.SandboxSlack;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cluster, the sandbox's or a real one, with the custom resource and one namespace, and a Slack; no bot yet. */
public final class Stage implements AutoCloseable {
    public final String namespace;
    public final Path kubeconfig;
    public final KubernetesClient client;
    public final SandboxSlack slack;
    public final Control people;
    public final Releases releases;
    private final Optional<SandboxCluster> sandbox;
    private final Optional<RealAccount> account;
    private final Optional<ClusterGateway> gateway;
    private final Optional<Controllers> controllers;

    private Stage(Optional<Path> real, String namespace, KubeletTiming timing) throws Exception {
        this.namespace = namespace;
        sandbox = real.isPresent() ? Optional.empty() : Optional.of(SandboxCluster.start(0, Clock.systemUTC()));
        controllers = sandbox.map(s -> Controllers.start(s.store(), Clock.systemUTC(), timing));
        kubeconfig = real.orElseGet(() -> written(sandbox.orElseThrow().kubeconfig()));
        client = client(kubeconfig);
        install(client, namespace);
        account = real.isPresent() ? Optional.of(RealAccount.install(client, namespace)) : Optional.empty();
        gateway = account.map(bot -> ClusterGateway.start(bot.config(), Clock.systemUTC()));
        slack = SandboxSlack.start(0, Clock.systemUTC());
        people = slack.control();
        releases = new Releases(client, namespace);
    }

    /** On the sandbox's cluster. */
    public static Stage start(String namespace, KubeletTiming timing) throws Exception {
        return new Stage(Optional.empty(), namespace, timing);
    }

    /** On the cluster that the command line names, or else on the sandbox's. */
    public static Stage startOnAny(String namespace, KubeletTiming timing) throws Exception {
        return new Stage(realCluster(), namespace, timing);
    }

    /** The kubeconfig that the command line names. */
    public static Optional<Path> realCluster() {
        String file = System.getProperty("stepback.it.kubeconfig", "");
        return file.isBlank() ? Optional.empty() : Optional.of(Path.of(file));
    }

    /** The sandbox's cluster, without controllers, or a gateway to the one that the command line names. */
    public static ObservedCluster anyCluster() {
        return realCluster()
                .<ObservedCluster>map(
                        file -> ClusterGateway.start(Config.fromKubeconfig(file.toFile()), Clock.systemUTC()))
                .orElseGet(() -> SandboxCluster.start(0, Clock.systemUTC()));
    }

    /** A file of this text, until the process ends. */
    public static Path written(String text) {
        try {
            Path file = Files.createTempFile("stepback", ".yaml");
            file.toFile().deleteOnExit();
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes the custom resources known, and these namespaces if they are not there. */
    public static void install(KubernetesClient client, String... namespaces) {
        namespaces(client, namespaces);
        try (InputStream crds = Files.newInputStream(Path.of("k8s-manifests/crd-rollbacks.stepback.dev-v1.yaml"))) {
            for (HasMetadata item : client.load(crds).items()) {
                CustomResourceDefinition wanted = (CustomResourceDefinition) item;
                client.resource(wanted)
                        .createOr(known -> known.edit(c -> new CustomResourceDefinitionBuilder(c)
                                .withSpec(wanted.getSpec())
                                .build()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes those of them that are not there. */
    public static void namespaces(KubernetesClient client, String... names) {
        for (String name : names) {
            client.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .endMetadata()
                            .build())
                    .serverSideApply();
        }
    }

    /** @throws java.util.NoSuchElementException when the cluster is a real one */
    public SandboxCluster cluster() {
        return sandbox.orElseThrow();
    }

    public static boolean isReal() {
        return realCluster().isPresent();
    }

    /**
     * The sandbox's cluster, or a gateway to the real one that is passed as the bot's service account: what goes through
     * it is counted and can be disturbed.
     */
    public ObservedCluster observed() {
        return sandbox.isPresent() ? sandbox.get() : gateway.orElseThrow();
    }

    public static KubernetesClient client(Path kubeconfig) {
        return Clients.of(Config.fromKubeconfig(kubeconfig.toFile()));
    }

    public Config clientConfig() {
        return Config.fromKubeconfig(kubeconfig.toFile());
    }

    /** What the bot's environment needs to hold. */
    public Map<String, String> slackEnvironment() {
        return environment(slack);
    }

    static Map<String, String> environment(SandboxSlack slack) {
        return Map.of(
                "SLACK_API_URL", slack.apiUrl().toString(),
                "SLACK_BOT_TOKEN", slack.botToken(),
                "SLACK_APP_TOKEN", slack.appToken(),
                "SLACK_SIGNING_SECRET", slack.signingSecret());
    }

    /** @param namespaces those that are served; empty for all */
    public static StepbackConfig config(
            StepbackConfig.Slack.Mode mode, List<String> namespaces, String leaseNamespace, List<String> notified) {
        return StepbackConfig.defaults().with(c -> {
            c.slack = new StepbackConfig.Slack(mode, "/rollback");
            c.kubernetes = new StepbackConfig.Kubernetes(null, namespaces, leaseNamespace);
            c.notifications = new StepbackConfig.Notifications(notified);
            c.server = new StepbackConfig.Server("127.0.0.1", 0);
        });
    }

    @Override
    public void close() throws Exception {
        gateway.ifPresent(ClusterGateway::close);
        account.ifPresent(RealAccount::close);
        client.close();
        slack.close();
        if (controllers.isPresent()) {
            controllers.get().close();
        }
        sandbox.ifPresent(SandboxCluster::close);
    }
}
