package dev.stepback.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import dev.stepback.stage.Stage;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Measures the bot and prints one table. On the sandbox, or with {@code -Dstepback.it.kubeconfig=FILE} on a real
 * cluster, where it works in a namespace of its own.
 */
public final class BenchMain {
    private BenchMain() {}

    /** Argument: {@code planning} for that one alone. */
    public static void main(String[] args) throws Exception {
        silence();
        Report report = new Report();
        Planning.measure(report);
        if (!List.of(args).contains("planning")) {
            withTheBot(report);
        }
        System.out.println();
        System.out.print(report);
        System.out.println(machine());
        // The pools of HTTP clients would keep the process for another minute.
        System.exit(0);
    }

    private static void withTheBot(Report report) throws Exception {
        try (Ground ground = Ground.start(KubeletTiming.fast())) {
            Acknowledgement.measure(ground, report);
            ClickToPatch.measure(ground, report);
            ReadyToCard.measure(ground, report);
        }
        try (Ground ground = Ground.start(KubeletTiming.visible())) {
            SlackCalls.measure(ground, report, 3);
            if (ground.roomForPods() > 130) {
                SlackCalls.measure(ground, report, 100);
            } else {
                report.add("calls to Slack for a rollback of 100 pods", "no room for so many pods");
            }
        }
        StartAndMemory.measure(report);
    }

    /** The bot's log and audit record would stand above the table, and printing them takes time. */
    private static void silence() {
        ((LoggerContext) LoggerFactory.getILoggerFactory())
                .getLoggerList().stream()
                        .filter(logger -> logger.getLevel() != null && logger.getLevel() != Level.OFF)
                        .forEach(logger -> logger.setLevel(Level.ERROR));
    }

    private static String machine() {
        String cluster = Stage.realCluster().map(f -> "cluster of " + f).orElse("sandbox cluster");
        return String.format(
                "%s, %d cores, %s %s",
                cluster,
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.name"),
                System.getProperty("java.runtime.version"));
    }
}
