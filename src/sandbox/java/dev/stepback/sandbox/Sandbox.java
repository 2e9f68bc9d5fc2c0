package dev.stepback.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.sun.net.httpserver.HttpServer;
import dev.stepback.Stepback;
import dev.stepback.config.Checked;
import dev.stepback.config.ConfigLoader;
import dev.stepback.config.StepbackConfig;
import dev.stepback.connection.ClusterConnection;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.sandbox.cluster.controller.Controllers;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import dev.stepback.sandbox.shop.Shop;
import dev.stepback.sandbox.slack.ControlApi;
import dev.stepback.sandbox.slack.SandboxSlack;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A local Slack, a local cluster with a small shop in it, the page that shows both, and the bot between them. */
final class Sandbox implements AutoCloseable {
    private static final String POLICY = "/sandbox-policy.yaml";
    private static final String CRD = "/crd-rollbacks.stepback.dev-v1.yaml";

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> local = new HashMap<>();
    private Optional<SandboxCluster> cluster = Optional.empty();
    private String botKubeconfig = "";
    private int port;

    /**
     * What is started.
     *
     * @param port of the page, on loopback; 0 for any free one
     * @param slack whether Slack is the local one; if not, the tokens are taken from the environment
     * @param cluster whether the cluster is the local one; if not, it is found as kubectl finds it
     * @param bot whether the bot is started in this process
     * @param environment of the bot, before what the local parts add to it
     */
    record Options(
            int port,
            boolean slack,
            boolean cluster,
            boolean bot,
            KubeletTiming timing,
            Map<String, String> environment) {}

    private Sandbox() {}

    /**
     * Starts all that is asked for; returns when the page is there and the bot is connecting.
     *
     * @throws java.net.BindException when the port is taken
     */
    static Sandbox start(Options options) throws Exception {
        Sandbox sandbox = new Sandbox();
        try {
            sandbox.startAll(options);
            return sandbox;
        } catch (Exception | Error e) {
            sandbox.close();
            throw e;
        }
    }

    private void startAll(Options options) throws Exception {
        Clock clock = Clock.systemUTC();
        environment.putAll(options.environment());
        // First, so that a port that is taken is noticed before anything else happens.
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port()), 0);
        parts.push(() -> server.stop(0));
        port = server.getAddress().getPort();
        if (options.cluster()) {
            startCluster(clock, options.timing());
        }
        Page page = new Page(cluster);
        if (options.slack()) {
            SandboxSlack slack = SandboxSlack.start(0, clock);
            parts.push(slack);
            local.put("SLACK_API_URL", slack.apiUrl().toString());
            local.put("SLACK_BOT_TOKEN", slack.botToken());
            local.put("SLACK_APP_TOKEN", slack.appToken());
            local.put("SLACK_SIGNING_SECRET", slack.signingSecret());
            environment.putAll(local);
            ControlApi.mount(server, slack, page::faults);
        }
        page.mount(server);
        ExecutorService threads = Executors.newCachedThreadPool(runnable -> {
            Thread thread = new Thread(runnable, "page");
            thread.setDaemon(true);
            return thread;
        });
        parts.push(threads::shutdownNow);
        server.setExecutor(threads);
        server.start();
        if (options.bot()) {
            startBot();
        }
    }

    private void startCluster(Clock clock, KubeletTiming timing) throws IOException {
        SandboxCluster started = SandboxCluster.start(0, clock);
        parts.push(started);
        for (ObjectNode definition : customResources()) {
            started.store().create("customresourcedefinitions.apiextensions.k8s.io", definition);
        }
        botKubeconfig = BotAccount.install(started);
        Shop.seed(started.store(), clock);
        parts.push(Controllers.start(started.store(), clock, timing));
        cluster = Optional.of(started);
    }

    private static List<ObjectNode> customResources() throws IOException {
        try (InputStream definitions = Sandbox.class.getResourceAsStream(CRD)) {
            if (definitions == null) {
                throw new IOException(CRD + " is not on the class path");
            }
            return new YAMLMapper()
                    .readerFor(ObjectNode.class)
                    .<ObjectNode>readValues(definitions)
                    .readAll();
        }
    }

    private void startBot() throws IOException {
        StepbackConfig d = StepbackConfig.defaults();
        StepbackConfig config = d.with(c -> {
            c.slack = new StepbackConfig.Slack(
                    StepbackConfig.Slack.Mode.SOCKET, d.slack().command());
            c.kubernetes =
                    new StepbackConfig.Kubernetes(null, List.of(), cluster.isPresent() ? BotAccount.NAMESPACE : null);
            c.server = new StepbackConfig.Server("127.0.0.1", 0);
        });
        if (!local.isEmpty()) {
            StepbackConfig policy = policy();
            config = config.with(c -> {
                c.policy = policy.policy();
                c.notifications = policy.notifications();
                c.checks = policy.checks();
            });
        }
        Config found = cluster.isPresent() ? Config.fromKubeconfig(botKubeconfig) : Config.autoConfigure(null);
        KubernetesClient client = ClusterConnection.client(found);
        parts.push(client);
        parts.push(Stepback.start(config, environment, client));
    }

    /** What the people of the local Slack may do. */
    private static StepbackConfig policy() throws IOException {
        try (InputStream file = Sandbox.class.getResourceAsStream(POLICY)) {
            if (file == null) {
                throw new IOException(POLICY + " is not on the class path");
            }
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            Checked<StepbackConfig> checked = ConfigLoader.load(text, POLICY, Map.of());
            return checked.valid().orElseThrow(() -> new IOException(checked.toString()));
        }
    }

    /** Where the page is. */
    String address() {
        return "http://127.0.0.1:" + port;
    }

    /** The environment variables with which a bot reaches the local Slack; none when Slack is somebody's own. */
    Map<String, String> environment() {
        return Map.copyOf(local);
    }

    Optional<SandboxCluster> cluster() {
        return cluster;
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                System.err.println("while stopping: " + e.getMessage());
            }
        }
    }
}
