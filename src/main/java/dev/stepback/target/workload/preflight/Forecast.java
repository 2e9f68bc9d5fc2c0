package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.LiveWorkload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How the rollout will go, and about how long: as long as the last one, where the cluster still knows and it was about as many pods; otherwise as long as
 * the pods that are ready needed, as often as the strategy has it. Where neither is known it says no time.
 */
final class Forecast {
    /** The card shows it although nothing is wrong. */
    static final String CHECK = "pace";

    /** What took longer was waited for, not worked on. */
    private static final Duration INCREDIBLE = Duration.ofHours(2);

    private final Supplier<List<ObjectNode>> pods;

    /** @param pods the workload's, of whatever revision */
    Forecast(Supplier<List<ObjectNode>> pods) {
        this.pods = pods;
    }

    List<Finding> findings(Preflight.Subject subject) {
        Turnover turnover = Turnover.of(subject);
        if (turnover.pods() == 0) {
            return List.of();
        }
        // By partition there are pauses, and people who look.
        boolean paused = byPartition(subject);
        Present present = paused ? Present.UNKNOWN : Present.of(subject, turnover, pods.get());
        Turnover left = present.left(turnover);
        boolean whole = present.restored() == 0;
        String words =
                whole ? turnover.words(subject.workload().ref().kind()) : left.words(turnover.pods(), subject.to());
        String time = paused || left.pods() == 0 ? "" : time(subject, left, whole);
        return List.of(Finding.pass(CHECK, words + time + "."));
    }

    private static boolean borrows(Preflight.Subject subject, String path) {
        return !subject.patch().replaced(path).isMissingNode();
    }

    /** Whether all pods are held back at first; a partition that is only given back is lower. */
    private static boolean byPartition(Preflight.Subject subject) {
        int replicas = subject.workload().object().at("/spec/replicas").asInt(1);
        return subject.patch().replaced(Borrowed.PARTITION).asInt(-1) >= replicas;
    }

    /** @param whole whether it replaces as many pods as the last one did */
    private String time(Preflight.Subject subject, Turnover turnover, boolean whole) {
        return lasted(subject, turnover)
                .filter(last -> whole)
                .map(last -> "; " + about(last) + ", as the last one took")
                .or(() -> estimate(subject, turnover).map(t -> "; " + about(t) + ", as its pods needed"))
                .orElse("");
    }

    private Optional<Duration> lasted(Preflight.Subject subject, Turnover turnover) {
        return borrows(subject, Borrowed.MAX_SURGE)
                ? Optional.empty()
                : subject.workload()
                        .lastRollout()
                        .filter(last -> !scaledUpSince(last, turnover))
                        .map(LiveWorkload.Past::time)
                        .filter(Forecast::credible);
    }

    /** Where most pods are younger than it, it was about fewer. */
    private boolean scaledUpSince(LiveWorkload.Past last, Turnover turnover) {
        long younger = pods.get().stream()
                .filter(pod -> Json.createdAt(pod).isAfter(last.complete()))
                .count();
        return 2 * younger > turnover.pods();
    }

    private Optional<Duration> estimate(Preflight.Subject subject, Turnover turnover) {
        List<Duration> each = pods.get().stream()
                .flatMap(pod -> untilReady(pod).stream())
                .filter(Forecast::credible)
                .sorted()
                .toList();
        if (each.isEmpty()) {
            return Optional.empty();
        }
        long settling =
                subject.workload().object().path("spec").path("minReadySeconds").asLong(0);
        Duration usual = each.get((each.size() - 1) / 2).plusSeconds(settling);
        return Optional.of(usual.multipliedBy(turnover.rounds())).filter(Forecast::credible);
    }

    private static boolean credible(Duration time) {
        return !time.isNegative() && time.compareTo(INCREDIBLE) < 0;
    }

    /** Of a pod that started without trouble: one that was restarted became ready again later. */
    private static Optional<Duration> untilReady(ObjectNode pod) {
        boolean smooth = Json.elements(pod.path("status").path("containerStatuses"))
                .allMatch(status -> status.path("restartCount").asInt(0) == 0);
        return Json.condition(pod.path("status"), "Ready")
                .filter(ready -> smooth && ready.path("status").asText().equals("True"))
                .map(ready -> ready.path("lastTransitionTime").asText(""))
                .filter(time -> !time.isEmpty())
                .map(time -> Duration.between(Json.createdAt(pod), Instant.parse(time)));
    }

    /** Rounded up: who waits is glad when it is over sooner. */
    static String about(Duration time) {
        long seconds = time.toSeconds();
        if (seconds < 10) {
            return "a few seconds";
        }
        return seconds <= 90
                ? "about %d s".formatted((seconds + 9) / 10 * 10)
                : "about %d min".formatted((seconds + 59) / 60);
    }
}
