package dev.stepback.slack;

import com.slack.api.bolt.App;
import com.slack.api.bolt.request.Request;
import com.slack.api.bolt.request.RequestHeaders;
import com.slack.api.bolt.response.Response;
import com.slack.api.bolt.util.SlackRequestParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.stepback.ops.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Semaphore;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives Slack's signed requests: 401 unless the signature is right and not older than five minutes, 413 and 415 for bodies
 * that Slack would not send, 405 for anything but POST, 404 for other paths, 503 once the bot stops. The only unsigned
 * request that is answered is Slack's check of the certificate, and nothing comes of it.
 */
final class SignedRequests implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(SignedRequests.class);
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";
    static final int BODY_LIMIT = 1 << 20;

    /** What bodies that are not verified yet may take of the memory together, in KiB. */
    private static final int MEMORY = 16 * 1024;

    static final Duration TOLERANCE = Duration.ofMinutes(5);

    private final App app;
    private final Outgoing outgoing;
    private final byte[] signingSecret;
    private final SlackRequestParser parser;
    private final Metrics metrics;
    private final Clock clock;
    private final Semaphore memory = new Semaphore(MEMORY);
    private volatile boolean refusing;

    SignedRequests(App app, Outgoing outgoing, String signingSecret, Metrics metrics, Clock clock) {
        if (signingSecret.isEmpty()) {
            throw new IllegalArgumentException("SLACK_SIGNING_SECRET is not set");
        }
        this.app = app;
        this.outgoing = outgoing;
        this.signingSecret = signingSecret.getBytes(StandardCharsets.UTF_8);
        this.parser = new SlackRequestParser(app.config());
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        long begin = System.nanoTime();
        try (exchange) {
            if (!exchange.getRequestURI()
                    .getPath()
                    .equals(exchange.getHttpContext().getPath())) {
                answer(exchange, 404, "text/plain", "not found");
                return;
            }
            if (!exchange.getRequestMethod().equals("POST")) {
                exchange.getResponseHeaders().set("Allow", "POST");
                answer(exchange, 405, "text/plain", "POST only");
                return;
            }
            String type = contentType(exchange);
            if (!type.equals(JSON) && !type.equals(FORM)) {
                answer(exchange, 415, "text/plain", "unsupported content type");
                return;
            }
            long length = announcedLength(exchange);
            if (length > BODY_LIMIT) {
                tooLarge(exchange);
                return;
            }
            int kibibytes = (int) (length / 1024) + 1;
            if (!memory.tryAcquire(kibibytes)) {
                exchange.getResponseHeaders().set("Connection", "close");
                answer(exchange, 503, "text/plain", "busy");
                return;
            }
            try {
                withBody(exchange, type, begin);
            } finally {
                memory.release(kibibytes);
            }
        }
    }

    private void withBody(HttpExchange exchange, String type, long begin) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(BODY_LIMIT + 1);
        if (body.length > BODY_LIMIT) {
            tooLarge(exchange);
            return;
        }
        if (type.equals(FORM) && isCertificateCheck(body)) {
            answer(exchange, 200, "text/plain", "");
            return;
        }
        if (!isSigned(
                exchange.getRequestHeaders().getFirst("X-Slack-Request-Timestamp"),
                exchange.getRequestHeaders().getFirst("X-Slack-Signature"),
                body)) {
            metrics.delivery("forged");
            answer(exchange, 401, "text/plain", "invalid signature");
            return;
        }
        if (refusing) {
            answer(exchange, 503, "text/plain", "stopping");
            return;
        }
        run(exchange, body);
        metrics.acknowledged(Duration.ofNanos(System.nanoTime() - begin));
    }

    /** The rest is not read: the connection ends. */
    private static void tooLarge(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Connection", "close");
        answer(exchange, 413, "text/plain", "too large");
    }

    /** Without its parameters, in lower case. */
    private static String contentType(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Content-Type");
        return header == null ? "" : header.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    /** The limit when it is sent in chunks. */
    private static long announcedLength(HttpExchange exchange) {
        String header = exchange.getRequestHeaders().getFirst("Content-Length");
        return header == null || !header.matches("[0-9]{1,18}") ? BODY_LIMIT : Long.parseLong(header);
    }

    private static boolean isCertificateCheck(byte[] body) {
        return List.of(new String(body, StandardCharsets.UTF_8).split("&")).contains("ssl_check=1");
    }

    /** From now on Slack hears that it should try elsewhere or later, rather than an acknowledgement of nothing. */
    void refuse() {
        refusing = true;
    }

    private void run(HttpExchange exchange, byte[] body) throws IOException {
        Response response;
        try {
            Request<?> request = parser.parse(SlackRequestParser.HttpRequest.builder()
                    .requestUri(exchange.getRequestURI().getPath())
                    .queryString(Map.of())
                    .requestBody(new String(body, StandardCharsets.UTF_8))
                    .headers(new RequestHeaders(exchange.getRequestHeaders()))
                    .remoteAddress("")
                    .build());
            response = request == null ? Response.error(400) : app.run(request);
        } catch (Exception e) {
            LOG.warn("a delivery was not understood", e);
            response = Response.error(400);
        }
        String type = response.getContentType() == null ? "text/plain" : response.getContentType();
        answer(
                exchange,
                response.getStatusCode(),
                type,
                response.getBody() == null ? "" : outgoing.body(response.getBody()));
    }

    /** Compares in constant time. */
    boolean isSigned(@Nullable String timestamp, @Nullable String signature, byte[] body) {
        if (timestamp == null || signature == null || !timestamp.matches("[0-9]{1,12}")) {
            return false;
        }
        Duration age = Duration.ofSeconds(clock.instant().getEpochSecond() - Long.parseLong(timestamp));
        if (age.abs().compareTo(TOLERANCE) > 0) {
            return false;
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(signingSecret, "HmacSHA256"));
            mac.update(("v0:" + timestamp + ":").getBytes(StandardCharsets.UTF_8));
            String expected = "v0=" + HexFormat.of().formatHex(mac.doFinal(body));
            return MessageDigest.isEqual(
                    expected.getBytes(StandardCharsets.UTF_8), signature.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HmacSHA256", e);
        }
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
            exchange.getResponseBody().flush();
        }
    }
}
