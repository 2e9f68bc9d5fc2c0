package dev.stepback.command;

import dev.stepback.target.Denial;
import dev.stepback.text.Bounded;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Says what an error of the API server means and what to check. */
final class ClusterErrors {
    private static final int MESSAGE = 300;

    private ClusterErrors() {}

    /** @param safe masks secrets: the API server repeats values that it does not like */
    static String sentence(KubernetesClientException e, UnaryOperator<String> safe) {
        return switch (e.getCode()) {
            case 0 ->
                "The cluster could not be reached. Try again in a moment; whoever runs Stepback can check the"
                        + " connection with `java -jar stepback.jar check`.";
            case 401 ->
                "The cluster does not accept Stepback's credentials. Whoever runs Stepback can check them with"
                        + " `java -jar stepback.jar check`.";
            case 403 ->
                denied(e, safe)
                        .orElse("The cluster forbids this to Stepback" + said(e, safe)
                                + ". The permissions that it needs are listed by `java -jar stepback.jar check`.");
            case 404 ->
                "The cluster does not know what was asked for" + said(e, safe)
                        + ". Is the CustomResourceDefinition of Rollbacks installed (`kubectl get crd"
                        + " rollbacks.stepback.dev`)?";
            case 409 -> "Somebody else changed it at the same moment" + said(e, safe) + ". Try again.";
            case 429, 500, 502, 503, 504 ->
                "The cluster's API server is not well (it answered " + e.getCode() + "). Try again in a moment.";
            default -> "The cluster refused" + said(e, safe) + ".";
        };
    }

    private static Optional<String> denied(KubernetesClientException e, UnaryOperator<String> safe) {
        return Denial.of(e)
                .map(denial -> Bounded.of(safe.apply(denial.sentence()), MESSAGE)
                        + (denial.user().startsWith("system:serviceaccount:")
                                ? " What Stepback needs is listed by `java -jar stepback.jar check`."
                                : ""));
    }

    private static String said(KubernetesClientException e, UnaryOperator<String> safe) {
        String message = e.getStatus() == null ? null : e.getStatus().getMessage();
        if (message == null || message.isBlank()) {
            return " (it answered " + e.getCode() + ")";
        }
        return ": " + Bounded.of(safe.apply(message.strip()), MESSAGE);
    }
}
