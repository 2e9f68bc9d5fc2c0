package dev.stepback.bench;

import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.sandbox.slack.SandboxSlack;
import dev.stepback.stage.BotProcess;
import dev.stepback.stage.Stage;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The start of the bot in a JVM of its own, and what it takes of memory. Always on the sandbox. */
final class StartAndMemory {
    private static final int STARTS = 3;
    /** Until the lists have been read and the rubbish of reading them is as large as it gets. */
    private static final long SETTLED_MILLIS = 8000;

    private static final Duration REST = Duration.ofSeconds(20);
    /** Until each rollout that has not ended has been looked at once. */
    private static final Duration FIRST_LOOKS = Duration.ofSeconds(40);

    private StartAndMemory() {}

    static void measure(Report report) throws Exception {
        try (SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
                SandboxSlack slack = SandboxSlack.start(0, Clock.systemUTC())) {
            Path kubeconfig = Stage.written(cluster.kubeconfig());
            install(kubeconfig);
            Samples starts = new Samples();
            for (int i = 0; i < STARTS; i++) {
                try (BotProcess bot = started(kubeconfig, slack, starts)) {
                    if (i == 0) {
                        report.add("resident memory, empty cluster", mebibytes(bot));
                        report.add("CPU while nothing happens", cpu(bot, REST));
                    }
                }
            }
            report.add("start of the process to ready", starts);

            LargeCluster.fill(cluster.store());
            Samples large = new Samples();
            try (BotProcess bot = started(kubeconfig, slack, large)) {
                Thread.sleep(SETTLED_MILLIS);
                String size = LargeCluster.DEPLOYMENTS + " Deployments of " + LargeCluster.REVISIONS + " revisions";
                report.add("start to ready, " + size, large);
                report.add("resident memory, " + size, mebibytes(bot));
                report.add(
                        "CPU while their rollouts, none of which has ended, are first looked at",
                        cpu(bot, FIRST_LOOKS));
                report.add("CPU while none of their rollouts ends", cpu(bot, REST));
            }
        }
    }

    private static BotProcess started(Path kubeconfig, SandboxSlack slack, Samples samples) throws Exception {
        long start = System.nanoTime();
        BotProcess bot = BotProcess.start(kubeconfig, slack, List.of(), "default");
        try {
            bot.awaitReady();
        } catch (IllegalStateException e) {
            bot.close();
            throw e;
        }
        samples.since(start);
        return bot;
    }

    private static String mebibytes(BotProcess bot) throws Exception {
        return String.format(Locale.ROOT, "%.0f MiB", bot.residentMebibytes());
    }

    private static String cpu(BotProcess bot, Duration time) throws InterruptedException {
        Duration before = bot.cpu();
        Thread.sleep(time.toMillis());
        double share = (double) bot.cpu().minus(before).toMillis() / time.toMillis();
        return String.format(Locale.ROOT, "%.1f %% of a core", 100 * share);
    }

    private static void install(Path kubeconfig) throws Exception {
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
                .build()) {
            Stage.install(client);
        }
    }
}
