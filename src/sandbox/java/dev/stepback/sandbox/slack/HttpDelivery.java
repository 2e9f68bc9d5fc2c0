package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Delivery to the app's own address, signed as Slack signs. */
final class HttpDelivery implements Transport {
    private final URI url;
    private final String signingSecret;
    private final Clock clock;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    HttpDelivery(URI url, String signingSecret, Clock clock) {
        this.url = url;
        this.signingSecret = signingSecret;
        this.clock = clock;
    }

    @Override
    public CompletableFuture<JsonNode> send(Delivery delivery) {
        String type = delivery.isEvent() ? "application/json" : "application/x-www-form-urlencoded";
        HttpRequest.Builder request = signed(body(delivery)).header("Content-Type", type);
        if (delivery.retry() > 0) {
            request.header("X-Slack-Retry-Num", Integer.toString(delivery.retry()))
                    .header("X-Slack-Retry-Reason", String.valueOf(delivery.retryReason()));
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
                .handle((response, failure) -> {
                    if (failure != null) {
                        throw new DeliveryFailed("dispatch_failed");
                    }
                    if (response.statusCode() != 200) {
                        throw new DeliveryFailed("http_status_" + response.statusCode());
                    }
                    return response(response);
                });
    }

    /** Whether the address answers the challenge that Slack sends before it accepts it. */
    boolean answersChallenge() throws InterruptedException {
        String challenge = UUID.randomUUID().toString();
        ObjectNode body = Json.object()
                .put("token", Payloads.VERIFICATION_TOKEN)
                .put("challenge", challenge)
                .put("type", "url_verification");
        HttpRequest request = signed(body.toString())
                .header("Content-Type", "application/json")
                .build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == 200 && response.body().contains(challenge);
        } catch (java.io.IOException e) {
            return false;
        }
    }

    private HttpRequest.Builder signed(String body) {
        String timestamp = Long.toString(clock.instant().getEpochSecond());
        return HttpRequest.newBuilder(url)
                .header("X-Slack-Request-Timestamp", timestamp)
                .header("X-Slack-Signature", signature(signingSecret, timestamp, body))
                .header("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    /** The value of {@code X-Slack-Signature}. */
    static String signature(String secret, String timestamp, String body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] digest = mac.doFinal(("v0:" + timestamp + ":" + body).getBytes(StandardCharsets.UTF_8));
            return "v0=" + HexFormat.of().formatHex(digest);
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", e);
        }
    }

    /** The request's body as Slack would encode it. */
    static String body(Delivery delivery) {
        return switch (delivery.type()) {
            case "events_api" -> delivery.payload().toString();
            case "slash_commands" ->
                StreamSupport.stream(((Iterable<String>) delivery.payload()::fieldNames).spliterator(), false)
                        .map(field -> encode(field) + "=" + encode(Json.text(delivery.payload(), field)))
                        .collect(Collectors.joining("&"));
            default -> "payload=" + encode(delivery.payload().toString());
        };
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static JsonNode response(HttpResponse<String> response) {
        if (response.body().isBlank()) {
            return MissingNode.getInstance();
        }
        boolean json = response.headers().firstValue("Content-Type").orElse("").startsWith("application/json");
        return json
                ? Json.parse(response.body()).orElseGet(MissingNode::getInstance)
                : Json.object().put("text", response.body());
    }
}
