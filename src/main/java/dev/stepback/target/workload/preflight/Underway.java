package dev.stepback.target.workload.preflight;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Room;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Checks that are under way, and the time that they have together, which runs from the beginning. Those that depend on what
 * is settled in the meantime begin when it is.
 *
 * @param <S> what is settled
 */
public final class Underway<S> {
    private final ApiServer api;
    private final Redactor redactor;
    private final Duration limit;
    private final long begun = System.nanoTime();
    private final Map<String, Function<S, Future<List<Finding>>>> checks = new LinkedHashMap<>();

    Underway(ApiServer api, Redactor redactor, Duration limit) {
        this.api = api;
        this.redactor = redactor;
        this.limit = limit;
    }

    void start(String name, Preflight.Check check) {
        Future<List<Finding>> started = SideBySide.start(check::findings);
        checks.put(name, settled -> started);
    }

    void startSettled(String name, Function<S, List<Finding>> check) {
        checks.put(name, settled -> SideBySide.start(() -> check.apply(settled)));
    }

    /**
     * Counts the room for pods of a template, while the checks are made. It has two thirds of their time: the rest is for
     * those that wait for it.
     */
    public Room room(TargetRef ref, PodTemplate template) {
        Duration time = limit.multipliedBy(2).dividedBy(3);
        Future<Room.Count> quotas = SideBySide.start(() -> Room.byQuotas(api, ref.namespace(), template));
        Future<Room.Count> nodes = SideBySide.start(() -> Room.byNodes(api, template));
        return new Room(count(quotas, time), count(nodes, time));
    }

    private Room.Count count(Future<Room.Count> counting, Duration time) {
        try {
            return await(counting, time);
        } catch (TimeoutException e) {
            return new Room.Count.Late(time);
        } catch (ExecutionException e) {
            return new Room.Count.Unread();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Room.Count.Unread();
        }
    }

    /** Until so long after the beginning. */
    private <T> T await(Future<T> started, Duration time)
            throws ExecutionException, InterruptedException, TimeoutException {
        long left = begun + time.toNanos() - System.nanoTime();
        try {
            return started.get(Math.max(0, left), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            started.cancel(true);
            throw e;
        }
    }

    /** Begins with the rest, and waits for all as long as there is time. */
    public List<Finding> findings(S settled) {
        Map<String, Future<List<Finding>>> running = new LinkedHashMap<>();
        checks.forEach((name, check) -> running.put(name, check.apply(settled)));
        String noAnswer = "the API server gave no answer within %d s".formatted(limit.toSeconds());
        List<Finding> findings = new ArrayList<>();
        NotMade notMade = new NotMade(api.who(), redactor);
        running.forEach((name, check) -> {
            try {
                findings.addAll(await(check, limit));
            } catch (TimeoutException e) {
                notMade.add(name, noAnswer);
            } catch (ExecutionException e) {
                notMade.add(name, e.getCause() == null ? e : e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                notMade.add(name, "interrupted");
            }
        });
        findings.addAll(notMade.findings());
        return findings.stream().map(this::safe).toList();
    }

    /** Names and labels are others' text. */
    private Finding safe(Finding finding) {
        return new Finding(finding.check(), finding.verdict(), redactor.text(finding.message()));
    }
}
