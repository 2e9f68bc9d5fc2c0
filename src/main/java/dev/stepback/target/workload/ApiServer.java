package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Identity;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The few requests that workloads need, with JSON in and out just as it is on the wire.
 *
 * <p>Every method throws {@link KubernetesClientException}, with the HTTP status as its code, unless it says otherwise;
 * code 0 means that no answer came.
 */
public final class ApiServer {
    /** Names Stepback in {@code managedFields}. */
    public static final String FIELD_MANAGER = "stepback";

    /** Asks for an object without its data, and for nothing else where there is no such form of it. */
    private static final String METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

    private static final String METADATA_LIST =
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");

    private static final int READ_RETRIES = 2;

    private final String master;
    private final HttpClient reading;

    /** Never retries by itself: whoever writes looks first whether the write before took effect. */
    private final HttpClient writing;

    private final Optional<Identity> identity;
    private final KubernetesClient client;

    /** @param identity as whom the requests are made; empty for the bot itself */
    public ApiServer(KubernetesClient client, Optional<Identity> identity) {
        this.client = client;
        this.identity = identity;
        String url = client.getMasterUrl().toString();
        master = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        reading = derived(READ_RETRIES);
        writing = derived(0);
    }

    /** Shares the connections of the client, whoever the identity is. */
    private HttpClient derived(int retries) {
        RequestConfig config = new RequestConfigBuilder(
                        client.getConfiguration().getRequestConfig())
                .withRequestRetryBackoffLimit(retries)
                .build();
        identity.ifPresent(i -> {
            config.setImpersonateUsername(i.user());
            config.setImpersonateGroups(i.groups().toArray(String[]::new));
        });
        return client.getHttpClient().newBuilder().tag(config).build();
    }

    public ApiServer as(Identity other) {
        return new ApiServer(client, Optional.of(other));
    }

    public Optional<Identity> identity() {
        return identity;
    }

    /** Who makes the requests, in words. */
    public String who() {
        return identity.map(Identity::user).orElse("Stepback");
    }

    /** Empty when there is no such object (404). */
    public Optional<ObjectNode> get(String path) {
        return read(path, "application/json");
    }

    /**
     * As {@link #get}, but the answer has only the metadata, without annotations: of a Secret that was applied, they hold
     * its values.
     */
    public Optional<ObjectNode> metadata(String path) {
        return existing(() -> {
            HttpResponse<InputStream> response =
                    answer(reading, request(path).setHeader("Accept", METADATA_ONLY), InputStream.class);
            try (InputStream body = response.body()) {
                if (!response.isSuccessful()) {
                    throw failure(response.code(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
                }
                return object(Json.withoutValues(body));
            } catch (IOException e) {
                throw new KubernetesClientException("the API server's answer broke off: " + e.getMessage(), e);
            }
        });
    }

    /** The items of a list; none when the API server does not know the resource. */
    public List<ObjectNode> list(String path) {
        return get(path).stream()
                .flatMap(list -> Json.elements(list.path("items")))
                .map(ObjectNode.class::cast)
                .toList();
    }

    /** An answer that is no JSON, such as a log. */
    public String text(String path) {
        return send(reading, request(path).setHeader("Accept", "text/plain, */*"));
    }

    /** As {@link #list}, but the items have only their metadata, annotations included; not quite fresh. */
    public List<ObjectNode> listMetadata(String path) {
        return read(path + "?resourceVersion=0", METADATA_LIST).stream()
                .flatMap(list -> Json.elements(list.path("items")))
                .map(ObjectNode.class::cast)
                .toList();
    }

    public ObjectNode create(String path, JsonNode body) {
        return object(Json.parse(send(writing, request(path).post("application/json", Json.canonical(body)))));
    }

    /** Sends a JSON patch (RFC 6902). A {@code test} that fails is answered with 422. */
    public ObjectNode patch(String path, JsonNode patch, boolean dryRun) {
        String query = "?fieldManager=" + FIELD_MANAGER + (dryRun ? "&dryRun=All" : "");
        return object(Json.parse(send(
                writing, request(path + query).method("PATCH", "application/json-patch+json", Json.canonical(patch)))));
    }

    /**
     * Deletes an object if it is still the very one and has not changed since.
     *
     * @throws KubernetesClientException with code 409 when it is another one or has changed, 404 when it is gone
     */
    public void delete(String path, ObjectNode seen) {
        ObjectNode options = Json.object().put("apiVersion", "v1").put("kind", "DeleteOptions");
        options.putObject("preconditions")
                .put("uid", Json.uid(seen))
                .put(
                        "resourceVersion",
                        seen.path("metadata").path("resourceVersion").asText());
        send(writing, request(path).method("DELETE", "application/json", Json.canonical(options)));
    }

    /** Deletes this very object, and in the background what it owns. */
    public void deleteWithDependents(String path, ObjectNode seen) {
        ObjectNode options = Json.object()
                .put("apiVersion", "v1")
                .put("kind", "DeleteOptions")
                .put("propagationPolicy", "Background");
        options.putObject("preconditions").put("uid", Json.uid(seen));
        send(writing, request(path).method("DELETE", "application/json", Json.canonical(options)));
    }

    /**
     * Whether an object may have this name (RFC 1123 subdomain). Names come from objects that others write: whatever is no
     * name must not get into the path of a request.
     */
    public static boolean isName(String name) {
        return name.length() <= 253 && NAME.matcher(name).matches();
    }

    /** Where a target is. */
    public static String path(TargetRef target) {
        return "/apis/%s/v1/namespaces/%s/%s/%s"
                .formatted(
                        target.kind().group(), target.namespace(), target.kind().plural(), target.name());
    }

    public static String query(String parameter, String value) {
        return parameter + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private Optional<ObjectNode> read(String path, String accept) {
        return existing(() -> object(Json.parse(send(reading, request(path).setHeader("Accept", accept)))));
    }

    private static Optional<ObjectNode> existing(Supplier<ObjectNode> read) {
        try {
            return Optional.of(read.get());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private HttpRequest.Builder request(String path) {
        return reading.newHttpRequestBuilder().uri(master + path);
    }

    private static String send(HttpClient http, BasicBuilder builder) {
        HttpResponse<String> response = answer(http, builder, String.class);
        String body = response.body() == null ? "" : response.body();
        if (!response.isSuccessful()) {
            throw failure(response.code(), body);
        }
        return body;
    }

    private static KubernetesClientException failure(int code, String body) {
        Status status = status(code, body);
        return new KubernetesClientException(status.getMessage(), code, status);
    }

    private static <T> HttpResponse<T> answer(HttpClient http, BasicBuilder builder, Class<T> type) {
        HttpRequest request = ((HttpRequest.Builder) builder).build();
        try {
            return http.sendAsync(request, type).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KubernetesClientException("interrupted while waiting for the API server", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new KubernetesClientException("the API server cannot be reached: " + cause.getMessage(), cause);
        }
    }

    private static Status status(int code, String body) {
        StatusBuilder status = new StatusBuilder().withStatus("Failure").withCode(code);
        try {
            JsonNode json = Json.parse(body);
            if (json.path("kind").asText().equals("Status")) {
                JsonNode details = json.path("details");
                return status.withReason(json.path("reason").asText(""))
                        .withMessage(json.path("message").asText(""))
                        .withNewDetails()
                        .withName(details.path("name").asText(""))
                        .withGroup(details.path("group").asText(""))
                        .withKind(details.path("kind").asText(""))
                        .endDetails()
                        .build();
            }
        } catch (IllegalArgumentException e) {
            // A proxy or load balancer answered with something of its own; its status code says enough.
        }
        return status.withMessage("the API server answered with HTTP status " + code)
                .build();
    }

    private static ObjectNode object(JsonNode answer) {
        if (answer instanceof ObjectNode object) {
            return object;
        }
        throw new KubernetesClientException("the API server answered with something that is not an object");
    }
}
