package dev.stepback.stage;

import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.sandbox.cluster.controller.Controllers;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The cluster that a parity suite runs on, with a namespace of its own: the sandbox, or the real one whose kubeconfig
 * the system property {@code stepback.it.kubeconfig} names.
 */
public final class ParityCluster implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Path kubeconfig;
    private final KubernetesClient client;
    private final String namespace =
            "stepback-it-" + UUID.randomUUID().toString().substring(0, 8);

    public ParityCluster() throws IOException {
        Optional<Path> real = Stage.realCluster();
        kubeconfig = real.isPresent() ? real.get() : sandbox();
        client = Clients.of(Config.fromKubeconfig(kubeconfig.toFile()));
        open.push(client);
        create(namespace);
    }

    private void create(String name) {
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        open.push(() -> client.namespaces().withName(name).delete());
    }

    /** One more namespace, with a name of its own; it goes when the cluster does. */
    public String another(String suffix) {
        String name = namespace + "-" + suffix;
        create(name);
        return name;
    }

    /** Of this cluster, for whoever the headers of its requests say: as an administrator may. */
    public KubernetesClient as(String user) {
        Config config = Config.fromKubeconfig(kubeconfig.toFile());
        config.setImpersonateUsername(user);
        KubernetesClient other = Clients.of(config);
        open.push(other);
        return other;
    }

    private Path sandbox() throws IOException {
        SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
        open.push(cluster);
        open.push(Controllers.start(cluster.store(), Clock.systemUTC(), KubeletTiming.fast()));
        Path file = Files.createTempFile("stepback-it", ".yaml");
        open.push(() -> Files.delete(file));
        return Files.writeString(file, cluster.kubeconfig());
    }

    public KubernetesClient client() {
        return client;
    }

    public String namespace() {
        return namespace;
    }

    /** What a command printed, both streams together. */
    public record Printed(int exitCode, String text) {}

    public static boolean hasKubectl() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "kubectl")));
    }

    /** Runs kubectl in the namespace. */
    public Printed kubectl(String... arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(
                        Stream.of("kubectl", "--kubeconfig", kubeconfig.toString(), "-n", namespace),
                        Stream.of(arguments))
                .toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Printed(process.waitFor(), text.strip());
    }

    @Override
    public void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
