package dev.stepback.rollback.event;

import dev.stepback.redaction.Redactor;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes Kubernetes Events one after the other, in the background: nothing waits for them. */
final class EventWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);
    private static final String SOURCE = "stepback";
    private static final int QUEUE = 1000;
    private static final int MAX_MESSAGE = 900;

    private final KubernetesClient client;
    private final Redactor redactor;
    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(QUEUE), task -> {
                Thread t = new Thread(task, "events");
                t.setDaemon(true);
                return t;
            });

    EventWriter(KubernetesClient client, Redactor redactor) {
        this.client = client;
        this.redactor = redactor;
    }

    /** @return false when there is too much to do, or it is closed: then it is not done */
    boolean later(Runnable task) {
        try {
            thread.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /**
     * Writes an Event; one that is there already stays as it is.
     *
     * @param name the same for the same Event
     * @param since when the first of those happened that it speaks for
     * @param count for how many it speaks
     * @return whether it is there now
     */
    boolean write(String name, Happening happening, ObjectReference object, Instant since, int count) {
        try {
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
                            .withFirstTimestamp(seconds(since))
                            .withLastTimestamp(seconds(happening.at()))
                            .withCount(count)
                            .build())
                    .create();
            return true;
        } catch (RuntimeException e) {
            if (e instanceof KubernetesClientException k && k.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                return true;
            }
            LOG.warn("event {} about {} not written: {}", happening.reason(), object.getName(), e.getMessage());
            return false;
        }
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** Writes what it can within a second. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            thread.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.shutdownNow();
    }
}
