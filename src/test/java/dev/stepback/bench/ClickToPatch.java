package dev.stepback.bench;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** From the click on Approve to the answer of the Deployment's patch, beside kubectl as a whole process. */
final class ClickToPatch {
    private static final int WARM_UP = 2;
    private static final int COUNTED = 15;

    private ClickToPatch() {}

    static void measure(Ground ground, Report report) throws Exception {
        Samples clicks = new Samples();
        Samples undos = new Samples();
        boolean kubectl = Kubectl.installed();
        for (int i = 0; i < WARM_UP + COUNTED; i++) {
            boolean counted = i >= WARM_UP;
            Duration click = click(ground, "click-" + i);
            Optional<Duration> undo = kubectl ? Optional.of(undo(ground, "undo-" + i)) : Optional.empty();
            if (counted) {
                clicks.add(click);
                undo.ifPresent(undos::add);
            }
        }
        report.add("click on Approve to the patch's answer", clicks);
        if (kubectl) {
            report.add("kubectl rollout undo, the whole process", undos);
            double ratio = (double) clicks.median().toNanos() / undos.median().toNanos();
            report.add("  ratio of the medians", String.format(Locale.ROOT, "%.2f", ratio));
        } else {
            report.add("kubectl rollout undo", "kubectl is not installed");
        }
    }

    private static Duration click(Ground ground, String name) {
        ground.deployed(name, 1);
        String card = ground.asked(name);
        long start = System.nanoTime();
        ground.people.action("lead", Ground.INCIDENTS, card, "approve");
        await().pollInterval(Duration.ofMillis(5)).atMost(Ground.PATIENCE).until(() -> ground.patches.has(name));
        ground.awaitCard(name, "Succeeded");
        return Duration.ofNanos(ground.patches.of(name) - start);
    }

    private static Duration undo(Ground ground, String name) throws IOException, InterruptedException {
        ground.deployed(name, 1);
        long start = System.nanoTime();
        Kubectl.run(ground, "rollout", "undo", "deployment/" + name);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        ground.awaitRolledOut(name, Ground.OLD);
        return took;
    }
}
