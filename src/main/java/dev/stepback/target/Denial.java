package dev.stepback.target;

import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the API server's authorization denied: who lacks which verb on what.
 *
 * @param user as Kubernetes knows the user
 * @param resource with group and subresource if any, such as {@code deployments.apps}
 * @param name empty for a collection
 * @param namespace empty for what is in none
 */
public record Denial(String user, String verb, String resource, String name, String namespace) {
    /** The rest is in the details of the Status; user, verb and namespace are in its message only. */
    private static final Pattern MESSAGE =
            Pattern.compile("User \"([^\"]*)\" cannot (\\S+) resource \"([^\"]*)\" in API group \"([^\"]*)\""
                    + "(?: at the cluster scope| in the namespace \"([^\"]*)\")");

    private static final String IMPERSONATE = "impersonate";
    private static final String REVIEWS = "subjectaccessreviews.authorization.k8s.io";

    /** Empty when it failed for another reason, such as an admission webhook that also answers with 403. */
    public static Optional<Denial> of(KubernetesClientException failure) {
        if (failure.getCode() != HttpURLConnection.HTTP_FORBIDDEN || failure.getMessage() == null) {
            return Optional.empty();
        }
        Matcher message = MESSAGE.matcher(failure.getMessage());
        if (!message.find()) {
            return Optional.empty();
        }
        StatusDetails details =
                failure.getStatus() == null ? null : failure.getStatus().getDetails();
        String name = details == null || details.getName() == null ? "" : details.getName();
        return Optional.of(new Denial(
                message.group(1),
                message.group(2),
                resource(message.group(3), message.group(4)),
                name,
                message.group(5) == null ? "" : message.group(5)));
    }

    /** As kubectl writes it: {@code deployments.apps/scale}. */
    private static String resource(String combined, String group) {
        int slash = combined.indexOf('/');
        String plural = slash < 0 ? combined : combined.substring(0, slash);
        String subresource = slash < 0 ? "" : combined.substring(slash);
        return plural + (group.isEmpty() ? "" : "." + group) + subresource;
    }

    /** For people, with what grants it when it is Stepback that lacks it; it holds text from the cluster. */
    public String sentence() {
        return "Kubernetes forbids it: %s may not %s %s%s%s.%s"
                .formatted(
                        user,
                        verb,
                        resource,
                        name.isEmpty() ? "" : " \"" + name + "\"",
                        namespace.isEmpty() ? "" : " in the namespace " + namespace,
                        grant());
    }

    private String grant() {
        String manifest = "";
        if (verb.equals(IMPERSONATE)) {
            manifest = "impersonate";
        } else if (resource.equals(REVIEWS)) {
            manifest = "review-access";
        }
        return manifest.isEmpty() ? "" : " Whoever runs Stepback can grant it as k8s-manifests/" + manifest + " does.";
    }
}
