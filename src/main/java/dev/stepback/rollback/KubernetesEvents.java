package dev.stepback.rollback;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Plan;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Kubernetes Events about a Rollback, on it and on its target, so that {@code kubectl describe} tells of them.
 *
 * <p>What there is to tell is read off the Rollback, whoever changed it, and the name of each Event follows from it: after a
 * restart, and by another replica, none is written twice. The API server forgets Events after a while, an hour mostly; what
 * is older than {@link #FRESH} is not told again. An Event that cannot be written is logged and tried again when the
 * Rollback is looked at again; nothing else waits for it.
 */
public final class KubernetesEvents implements RollbackListener, AutoCloseable {
    /** Shorter than any API server remembers Events. */
    static final Duration FRESH = Duration.ofMinutes(30);

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesEvents.class);
    private static final String SOURCE = "stepback";
    private static final int QUEUE = 1000;
    private static final int MAX_MESSAGE = 900;

    private final KubernetesClient client;
    private final Redactor redactor;
    private final Clock clock;

    /** Names of Events that exist or are about to be written. */
    private final Cache<String, Boolean> settled =
            Caffeine.newBuilder().expireAfterWrite(Duration.ofHours(1)).build();

    private final Cache<String, Boolean> failed =
            Caffeine.newBuilder().expireAfterWrite(Duration.ofMinutes(1)).build();

    private final ThreadPoolExecutor writer =
            new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(QUEUE), task -> {
                Thread thread = new Thread(task, "events");
                thread.setDaemon(true);
                return thread;
            });

    public KubernetesEvents(KubernetesClient client, Redactor redactor, Clock clock) {
        this.client = client;
        this.redactor = redactor;
        this.clock = clock;
    }

    @Override
    public void changed(Rollback rollback) {
        try {
            Instant oldest = clock.instant().minus(FRESH);
            List<ObjectReference> about = about(rollback);
            Happening.of(rollback).stream()
                    .filter(h -> h.at().isAfter(oldest))
                    .forEach(h -> about.forEach(object -> tell(rollback, h, object)));
        } catch (RuntimeException e) {
            LOG.warn("no events about {}: {}", rollback.getMetadata().getName(), e.toString());
        }
    }

    /** The target is known to be there, and which one it is, once there is a plan. */
    private static List<ObjectReference> about(Rollback rollback) {
        List<ObjectReference> about = new ArrayList<>();
        about.add(reference(
                rollback.getMetadata().getNamespace(),
                HasMetadata.getApiVersion(Rollback.class),
                HasMetadata.getKind(Rollback.class),
                rollback.getMetadata().getName(),
                rollback.getMetadata().getUid()));
        Plan plan = rollback.statusOrInitial().plan();
        if (plan != null) {
            var target = rollback.target();
            about.add(reference(
                    target.namespace(),
                    target.kind().group() + "/v1",
                    target.kind().apiName(),
                    target.name(),
                    plan.targetUid()));
        }
        return about;
    }

    private static ObjectReference reference(
            String namespace, String apiVersion, String kind, String name, String uid) {
        return new ObjectReferenceBuilder()
                .withNamespace(namespace)
                .withApiVersion(apiVersion)
                .withKind(kind)
                .withName(name)
                .withUid(uid)
                .build();
    }

    private void tell(Rollback rollback, Happening happening, ObjectReference object) {
        String name = Labels.eventName(rollback, happening.key() + "\n" + object.getKind());
        boolean known = failed.getIfPresent(name) != null || settled.asMap().putIfAbsent(name, true) != null;
        if (!known) {
            try {
                writer.execute(() -> write(name, happening, object));
            } catch (RejectedExecutionException e) {
                settled.invalidate(name);
            }
        }
    }

    private void write(String name, Happening happening, ObjectReference object) {
        try {
            String time = happening.at().truncatedTo(ChronoUnit.SECONDS).toString();
            client.resource(new EventBuilder()
                            .withNewMetadata()
                            .withNamespace(object.getNamespace())
                            .withName(name)
                            .endMetadata()
                            .withInvolvedObject(object)
                            .withType(happening.warning() ? "Warning" : "Normal")
                            .withReason(happening.reason())
                            .withMessage(OneLine.of(happening.message(redactor::text), MAX_MESSAGE))
                            .withNewSource()
                            .withComponent(SOURCE)
                            .endSource()
                            .withFirstTimestamp(time)
                            .withLastTimestamp(time)
                            .withCount(1)
                            .build())
                    .create();
        } catch (RuntimeException e) {
            if (!(e instanceof KubernetesClientException k && Store.conflict(k))) {
                LOG.warn("event {} about {} not written: {}", happening.reason(), object.getName(), e.getMessage());
                failed.put(name, true);
                settled.invalidate(name);
            }
        }
    }

    /** Writes what it can within a second; the rest is told by whoever looks at the Rollbacks next. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            writer.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        writer.shutdownNow();
    }
}
