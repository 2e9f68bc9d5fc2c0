package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Denial;
import dev.stepback.target.Finding;
import dev.stepback.target.TargetRef;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Locale;
import java.util.Optional;

/** Lets the API server try a patch, admission included, without keeping it. */
public final class DryRun {
    public static final String CHECK = "dry-run";

    private DryRun() {}

    public static Finding of(ApiServer api, Redactor redactor, TargetRef target, JsonNode patch) {
        try {
            api.patch(ApiServer.path(target), patch, true);
            return Finding.pass(CHECK, "The API server accepts the change.");
        } catch (KubernetesClientException e) {
            String message = OneLine.of(redactor.text(String.valueOf(e.getMessage())), 500);
            if (message.toLowerCase(Locale.ROOT).contains("does not support dry run")) {
                return Finding.warn(CHECK, "The change cannot be tried beforehand: " + message);
            }
            Optional<Denial> denial = Denial.of(e);
            if (denial.isPresent() && api.identity().isPresent()) {
                // Who asks need not be able to do it: it is done as whoever approves.
                return Finding.warn(
                        CHECK,
                        "The change could not be tried beforehand. "
                                + OneLine.of(denial.get().sentence(), 500));
            }
            return switch (e.getCode()) {
                case 400, 403, 404, 413, 422 -> Finding.block(CHECK, "The API server refuses the change: " + message);
                default -> Finding.warn(CHECK, "The change could not be tried beforehand: " + message);
            };
        }
    }
}
