package dev.stepback.sandbox.slack;

import java.util.List;
import java.util.Optional;

/** The app as a Slack client sees it: it is told something, and acknowledges or does not. */
final class AppLink {
    private final Deliveries deliveries;

    AppLink(Deliveries deliveries) {
        this.deliveries = deliveries;
    }

    /** One outcome for each time that it was delivered. */
    List<Deliveries.Outcome> deliver(Delivery delivery) {
        try {
            return deliveries.deliver(delivery);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    Control.Sent redeliver() {
        try {
            return sent(List.of(deliveries.redeliver()), "");
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted while the app was asked", e);
    }

    /** Slack's word for the first delivery that went wrong. */
    static Optional<String> failure(List<Deliveries.Outcome> outcomes) {
        return outcomes.stream()
                .filter(outcome -> !outcome.acknowledged())
                .map(outcome -> String.valueOf(outcome.error()))
                .findFirst();
    }

    /** @param ts of the message that went with it; may be empty */
    static Control.Sent sent(List<Deliveries.Outcome> outcomes, String ts) {
        Optional<String> failure = failure(outcomes);
        return new Control.Sent(failure.isEmpty(), failure.orElse(""), ts);
    }
}
