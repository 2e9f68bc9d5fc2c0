package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Step.Start;
import dev.stepback.target.StepContext;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A patch of the target that holds only as the target was looked at. Whoever was faster makes the API server refuse it, and the
 * target is looked at again.
 */
public final class ConditionalWrite {
    /** The answer of the API server to a patch whose {@code test} fails. */
    private static final int UNPROCESSABLE = 422;

    private static final int NOT_FOUND = 404;
    private static final int ATTEMPTS = 3;

    private final ApiServer api;
    private final Redactor redactor;

    public ConditionalWrite(ApiServer api, Redactor redactor) {
        this.api = api;
        this.redactor = redactor;
    }

    /** What a look at the target came to. */
    public sealed interface Look {
        /** This is to be sent; it tests what was seen. */
        record Send(ArrayNode patch) implements Look {}

        /** Nothing is to be sent: it is done already, or must not be done any more. */
        record Instead(Start start) implements Look {}

        static Look instead(Start start) {
            return new Instead(start);
        }
    }

    /**
     * Whether somebody was faster, or the target is gone; a new look tells.
     *
     * @param e the answer to a patch
     */
    public static boolean missed(KubernetesClientException e) {
        return e.getCode() == UNPROCESSABLE || e.getCode() == NOT_FOUND;
    }

    /**
     * Asks right before each attempt whether it may still be done.
     *
     * @param look at the target as it is now
     * @param refused what is said when the API server keeps refusing, from its reason, redacted
     * @throws KubernetesClientException when the API server cannot be asked, or does not let it
     */
    public Start start(StepContext context, Supplier<Look> look, Function<String, String> refused) {
        return start(context, ATTEMPTS, look, refused);
    }

    /** @param attempts how often it is looked at */
    public Start start(StepContext context, int attempts, Supplier<Look> look, Function<String, String> refused) {
        String why = "";
        for (int attempt = 0; attempt < attempts; attempt++) {
            Look seen = look.get();
            if (seen instanceof Look.Instead instead) {
                return instead.start();
            }
            Optional<Start> objection = context.guard().objection();
            if (objection.isPresent()) {
                return objection.get();
            }
            try {
                api.patch(ApiServer.path(context.target()), ((Look.Send) seen).patch(), false);
                return new Start.Started();
            } catch (KubernetesClientException e) {
                if (!missed(e)) {
                    throw e;
                }
                why = redactor.text(String.valueOf(e.getMessage()));
            }
        }
        return new Start.Failed(refused.apply(why));
    }
}
