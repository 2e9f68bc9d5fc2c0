package dev.stepback.bench;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** From a watcher's news that the last new pod is ready to the card that says so, which is the final one. */
final class ReadyToCard {
    private static final int COUNTED = 10;
    private static final int PODS = 3;

    private ReadyToCard() {}

    static void measure(Ground ground, Report report) {
        Samples samples = new Samples();
        for (int i = 0; i < COUNTED; i++) {
            samples.add(one(ground, "ready-" + i));
        }
        report.add("last pod ready to the edited card, " + PODS + " pods", samples);
    }

    private static Duration one(Ground ground, String name) {
        ground.deployed(name, PODS);
        String card = ground.asked(name);
        FirstReady ready = new FirstReady();
        try (Watch watch = ground.client
                .pods()
                .inNamespace(ground.namespace)
                .withLabel("app", name)
                .watch(ready)) {
            ground.people.action("lead", Ground.INCIDENTS, card, "approve");
            ground.awaitCard(name, "Succeeded");
            long shown = System.nanoTime();
            return Duration.ofNanos(shown - ready.last());
        }
    }

    /** When each pod of the old image, which a rollback brings back, was ready first. */
    private static final class FirstReady implements Watcher<Pod> {
        private final Map<String, Long> times = new ConcurrentHashMap<>();

        @Override
        public void eventReceived(Action action, Pod pod) {
            boolean back = pod.getSpec().getContainers().get(0).getImage().equals(Ground.OLD);
            if (back && ready(pod)) {
                times.putIfAbsent(pod.getMetadata().getUid(), System.nanoTime());
            }
        }

        private static boolean ready(Pod pod) {
            return pod.getStatus() != null
                    && pod.getStatus().getConditions().stream()
                            .anyMatch(c ->
                                    c.getType().equals("Ready") && c.getStatus().equals("True"));
        }

        long last() {
            return times.values().stream()
                    .mapToLong(Long::longValue)
                    .max()
                    .orElseThrow(() -> new IllegalStateException("no pod became ready"));
        }

        @Override
        public void onClose(WatcherException cause) {
            throw new IllegalStateException("the watch of pods ended", cause);
        }
    }
}
