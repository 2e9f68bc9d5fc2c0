package dev.stepback.sandbox.cluster.controller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.ApiException;
import dev.stepback.sandbox.cluster.ObjectStore;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes core v1 events. One that repeats is counted rather than written again, and the oldest are deleted, as a real
 * cluster forgets events after an hour.
 */
final class EventRecorder {
    private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);
    private static final int KEPT = 2000;

    private final ObjectStore store;
    private final Clock clock;
    private final Map<Key, Event> recent = new LinkedHashMap<>(16, 0.75f, true);
    private long sequence;

    EventRecorder(ObjectStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    void normal(String component, HasMetadata about, String reason, String message) {
        record(component, about, "Normal", reason, message);
    }

    void warning(String component, HasMetadata about, String reason, String message) {
        record(component, about, "Warning", reason, message);
    }

    private void record(String component, HasMetadata about, String type, String reason, String message) {
        Key key = new Key(about.getMetadata().getUid(), reason, message);
        try {
            Event known = recent.get(key);
            Event written = known == null ? create(component, about, type, reason, message) : repeat(known);
            recent.put(key, written);
            deleteOldest();
        } catch (ApiException e) {
            // Events are a courtesy: in a namespace that goes away there are none.
            log.debug("Event {} not written: {}", reason, e.getMessage());
            recent.remove(key);
        }
    }

    private Event repeat(Event event) {
        event.setCount(event.getCount() + 1);
        event.setLastTimestamp(now());
        return read(store.update(Resource.EVENTS.name(), Resource.write(event)));
    }

    private Event create(String component, HasMetadata about, String type, String reason, String message) {
        String now = now();
        Event event = new EventBuilder()
                .withNewMetadata()
                .withNamespace(about.getMetadata().getNamespace())
                .withName(about.getMetadata().getName() + "."
                        + Long.toHexString(clock.millis() * 1_000_000 + sequence++ % 1_000_000))
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion(about.getApiVersion())
                .withKind(about.getKind())
                .withNamespace(about.getMetadata().getNamespace())
                .withName(about.getMetadata().getName())
                .withUid(about.getMetadata().getUid())
                .withResourceVersion(about.getMetadata().getResourceVersion())
                .endInvolvedObject()
                .withType(type)
                .withReason(reason)
                .withMessage(message)
                .withCount(1)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withNewSource()
                .withComponent(component)
                .endSource()
                .withReportingComponent(component)
                .build();
        return read(store.create(Resource.EVENTS.name(), Resource.write(event)));
    }

    private void deleteOldest() {
        while (recent.size() > KEPT) {
            var oldest = recent.entrySet().iterator().next();
            recent.remove(oldest.getKey());
            Event event = oldest.getValue();
            store.delete(
                    Resource.EVENTS.name(),
                    event.getMetadata().getNamespace(),
                    event.getMetadata().getName(),
                    "Background");
        }
    }

    private static Event read(ObjectNode node) {
        return Resource.EVENTS.read(node);
    }

    private String now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private record Key(String uid, String reason, String message) {}
}
