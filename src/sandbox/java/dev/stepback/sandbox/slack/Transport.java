package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletableFuture;

/** A way to the app. */
interface Transport {

    /**
     * Sends once.
     *
     * @return completes with the payload of the acknowledgement (missing when it is bare), or fails with a
     *     {@link DeliveryFailed} when the app refuses or is not there; never completes when the app says nothing
     */
    CompletableFuture<JsonNode> send(Delivery delivery);

    /** The app cannot be reached or refused; the message is Slack's word for it. */
    final class DeliveryFailed extends RuntimeException {
        private static final long serialVersionUID = 1;

        DeliveryFailed(String error) {
            super(error, null, false, false);
        }
    }
}
