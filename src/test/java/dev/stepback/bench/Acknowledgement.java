package dev.stepback.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** How soon Slack has its acknowledgement when commands come at a fixed rate, whether or not the earlier ones are done. */
final class Acknowledgement {
    private static final int PER_SECOND = 50;
    private static final int WARM_UP = 100;
    private static final int COUNTED = 500;

    private Acknowledgement() {}

    static void measure(Ground ground, Report report) throws InterruptedException {
        ground.deployed("checkout", 1);
        run(ground, WARM_UP);
        report.add("delivery to acknowledgement, " + PER_SECOND + " commands/s", run(ground, COUNTED));
    }

    private static Samples run(Ground ground, int count) throws InterruptedException {
        Samples samples = new Samples();
        CountDownLatch left = new CountDownLatch(count);
        ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
        ExecutorService senders = Executors.newCachedThreadPool();
        for (int i = 0; i < count; i++) {
            Runnable send = () -> {
                long start = System.nanoTime();
                if (ground.people
                        .command("responder", Ground.INCIDENTS, "/rollback status checkout")
                        .acknowledged()) {
                    samples.since(start);
                }
                left.countDown();
            };
            var unused = ticks.schedule(() -> senders.execute(send), i * 1000L / PER_SECOND, TimeUnit.MILLISECONDS);
        }
        left.await();
        ticks.shutdown();
        senders.shutdown();
        return samples;
    }
}
