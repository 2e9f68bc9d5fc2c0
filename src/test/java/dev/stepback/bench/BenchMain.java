package dev.stepback.bench;

import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import dev.stepback.stage.Stage;

/**
 * Measures the bot and prints one table. On the sandbox, or with {@code -Dstepback.it.kubeconfig=FILE} on a real
 * cluster, where it works in a namespace of its own.
 */
public final class BenchMain {
    private BenchMain() {}

    public static void main(String[] args) throws Exception {
        Report report = new Report();
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
        System.out.println();
        System.out.print(report);
        System.out.println(machine());
        // The pools of HTTP clients would keep the process for another minute.
        System.exit(0);
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
