package dev.stepback.rollback.event;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Labels;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackListener;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.target.Plan;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
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

    private final EventWriter writer;
    private final Involved involved;
    private final Clock clock;

    /** Names of Events that exist or are about to be written. */
    private final Cache<String, Boolean> settled =
            Caffeine.newBuilder().expireAfterWrite(Duration.ofHours(1)).build();

    private final Cache<String, Boolean> failed =
            Caffeine.newBuilder().expireAfterWrite(Duration.ofMinutes(1)).build();

    public KubernetesEvents(KubernetesClient client, Redactor redactor, Clock clock) {
        this.writer = new EventWriter(client, redactor);
        this.involved = new Involved(client);
        this.clock = clock;
    }

    @Override
    public void changed(Rollback rollback) {
        try {
            Instant oldest = clock.instant().minus(FRESH);
            List<Happening> fresh = Happening.of(rollback).stream()
                    .filter(h -> h.at().isAfter(oldest))
                    .toList();
            Optional<Supplier<Optional<ObjectReference>>> target = target(rollback);
            for (Happening happening : fresh) {
                tell(rollback, happening, "Rollback", () -> Optional.of(Involved.of(rollback)));
                target.ifPresent(
                        t -> tell(rollback, happening, rollback.target().kind().apiName(), t));
            }
        } catch (RuntimeException e) {
            LOG.warn("no events about {}: {}", rollback.getMetadata().getName(), e.toString());
        }
    }

    /** Which one it is says the plan. Before there is one it may not even be there; what ended without one is told if it is. */
    private Optional<Supplier<Optional<ObjectReference>>> target(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        Plan plan = status.plan();
        if (plan != null) {
            return Optional.of(() -> Optional.of(Involved.of(rollback.target(), plan.targetUid())));
        }
        return status.phase().terminal() ? Optional.of(() -> involved.find(rollback.target())) : Optional.empty();
    }

    private void tell(Rollback rollback, Happening happening, String kind, Supplier<Optional<ObjectReference>> object) {
        String name = name(rollback, happening.key() + "\n" + kind);
        boolean known = failed.getIfPresent(name) != null || settled.asMap().putIfAbsent(name, true) != null;
        if (!known && !writer.later(() -> write(name, happening, object))) {
            settled.invalidate(name);
        }
    }

    /** The same whoever writes it, and whenever. */
    private static String name(Rollback rollback, String key) {
        var metadata = rollback.getMetadata();
        return Labels.eventName(metadata.getName(), metadata.getUid() + "\n" + key);
    }

    private void write(String name, Happening happening, Supplier<Optional<ObjectReference>> object) {
        boolean written;
        try {
            written = object.get()
                    .map(o -> writer.write(name, happening, o, happening.at(), 1))
                    .orElse(true);
        } catch (KubernetesClientException e) {
            LOG.warn("event {} not written, its object could not be read: {}", happening.reason(), e.getMessage());
            written = false;
        }
        if (!written) {
            failed.put(name, true);
            settled.invalidate(name);
        }
    }

    /** Writes what it can within a second; the rest is told by whoever looks at the Rollbacks next. */
    @Override
    public void close() {
        writer.close();
    }
}
