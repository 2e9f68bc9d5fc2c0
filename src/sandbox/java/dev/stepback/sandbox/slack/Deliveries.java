package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Sends to the app by the current transport, waits for the acknowledgement, and sends events again. */
final class Deliveries {
    private final Faults faults;
    private final Duration patience;
    private final List<Duration> eventRetries;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "sandbox-slack-redelivery");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Transport transport;
    private volatile @Nullable Delivery last;

    /**
     * @param patience how long the app has to acknowledge
     * @param eventRetries how long after a failure an event is sent again, attempt by attempt
     */
    Deliveries(Transport transport, Faults faults, Duration patience, List<Duration> eventRetries) {
        this.transport = transport;
        this.faults = faults;
        this.patience = patience;
        this.eventRetries = List.copyOf(eventRetries);
    }

    void use(Transport newTransport) {
        transport = newTransport;
    }

    /**
     * How a delivery went.
     *
     * @param error null when it was acknowledged
     * @param response what came with the acknowledgement; missing when nothing did
     */
    record Outcome(@Nullable String error, JsonNode response) {
        boolean acknowledged() {
            return error == null;
        }
    }

    /** Delivers, twice when duplicates are asked for; one outcome for each. */
    List<Outcome> deliver(Delivery delivery) throws InterruptedException {
        last = delivery;
        List<CompletableFuture<JsonNode>> sent = new ArrayList<>();
        sent.add(transport.send(delivery));
        if (faults.duplicateDeliveries()) {
            sent.add(transport.send(delivery.again("timeout")));
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (CompletableFuture<JsonNode> one : sent) {
            outcomes.add(await(one));
        }
        if (delivery.isEvent() && outcomes.stream().noneMatch(Outcome::acknowledged)) {
            retry(delivery, outcomes.get(0));
        }
        return outcomes;
    }

    /** Sends the last delivery again; one outcome. */
    Outcome redeliver() throws InterruptedException {
        Delivery again = last;
        if (again == null) {
            throw new IllegalArgumentException("nothing has been delivered yet");
        }
        Delivery repeated = again.again("timeout");
        last = repeated;
        return await(transport.send(repeated));
    }

    private Outcome await(CompletableFuture<JsonNode> answer) throws InterruptedException {
        try {
            return new Outcome(null, answer.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            answer.cancel(false);
            return new Outcome("operation_timeout", MissingNode.getInstance());
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return new Outcome(
                    cause instanceof Transport.DeliveryFailed failed ? String.valueOf(failed.getMessage()) : "unknown",
                    MissingNode.getInstance());
        }
    }

    private void retry(Delivery failed, Outcome outcome) {
        if (failed.retry() >= eventRetries.size() || later.isShutdown()) {
            return;
        }
        String reason = "operation_timeout".equals(outcome.error()) ? "http_timeout" : "http_error";
        Delivery again = failed.again(reason);
        Duration delay = eventRetries.get(failed.retry());
        var unused = later.schedule(
                () -> {
                    Outcome next = await(transport.send(again));
                    if (!next.acknowledged()) {
                        retry(again, next);
                    }
                    return next;
                },
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    void close() {
        later.shutdownNow();
    }
}
