package dev.stepback.slack;

import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.SlackApiTextResponse;
import com.slack.api.model.view.View;
import com.slack.api.util.http.SlackHttpClient;
import dev.stepback.ops.Metrics;
import dev.stepback.redaction.Redactor;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Calls Slack's methods on the caller's thread, counts the calls, and turns everything that is not a success into a
 * {@link SlackFailure}. Never waits for a rate limit by itself: the callers know what is worth waiting for.
 */
final class SlackApi {
    private static final String DEFAULT_URL = "https://slack.com/api/";

    /** Errors of Slack's own servers; the same call may succeed a moment later. */
    private static final Set<String> PASSING =
            Set.of("internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org");

    private final Slack slack;
    private final MethodsClient methods;
    private final Metrics metrics;
    private final Outgoing outgoing;
    private final Redactor redactor;
    private final References references;

    SlackApi(Map<String, String> env, Redactor redactor, Metrics metrics) {
        this(env, redactor, metrics, Duration.ofSeconds(15));
    }

    /** @param longest how long one call may take */
    SlackApi(Map<String, String> env, Redactor redactor, Metrics metrics, Duration longest) {
        SlackConfig config = new SlackConfig();
        String url = env.getOrDefault("SLACK_API_URL", "").strip();
        if (!url.isEmpty()) {
            config.setMethodsEndpointUrlPrefix(url.endsWith("/") ? url : url + "/");
        } else {
            config.setMethodsEndpointUrlPrefix(DEFAULT_URL);
        }
        config.setStatsEnabled(false); // nobody reads them, and a thread of their own counts them every second
        config.setHttpClientReadTimeoutMillis(10_000);
        config.setHttpClientCallTimeoutMillis(Math.toIntExact(longest.toMillis()));
        this.redactor = redactor;
        String token = env.getOrDefault("SLACK_BOT_TOKEN", "");
        this.references = new References(token);
        this.outgoing = new Outgoing(redactor, references);
        // Whatever is sent, by whichever method, passes there.
        this.slack = Slack.getInstance(
                config,
                new SlackHttpClient(SlackHttpClient.buildOkHttpClient(config)
                        .newBuilder()
                        .addInterceptor(outgoing)
                        .build()));
        this.methods = slack.methods(token);
        this.metrics = metrics;
    }

    Slack slack() {
        return slack;
    }

    /** The last look at what is sent without a method. */
    Outgoing outgoing() {
        return outgoing;
    }

    /** What somebody wrote, as it may be stored: with secrets masked. */
    String masked(String words) {
        return redactor.text(words);
    }

    /** Tells what the bot itself sent from what somebody made up. */
    References references() {
        return references;
    }

    /** One call of one method. */
    @FunctionalInterface
    interface Call<T> {
        T on(MethodsClient methods) throws IOException, SlackApiException;
    }

    /** @throws SlackFailure when the answer is not a success */
    <T extends SlackApiTextResponse> T call(String method, Call<T> call) {
        try {
            T response = call.on(methods);
            if (response.isOk()) {
                metrics.slackCall(method, "ok");
                return response;
            }
            String error = response.getError() == null ? "unknown_error" : response.getError();
            metrics.slackCall(method, error);
            if (error.equals("ratelimited") || error.equals("rate_limited")) {
                throw new SlackFailure.RateLimited(method, Duration.ofSeconds(1));
            }
            if (PASSING.contains(error)) {
                throw new SlackFailure.Unreachable(method, error);
            }
            throw new SlackFailure.Refused(
                    method, error, response.getNeeded() == null ? "" : "needs " + response.getNeeded());
        } catch (SlackApiException e) {
            Response http = e.getResponse();
            if (http.code() == 429) {
                metrics.slackCall(method, "ratelimited");
                throw new SlackFailure.RateLimited(method, retryAfter(http.header("Retry-After")));
            }
            metrics.slackCall(method, "http_" + http.code());
            throw new SlackFailure.Unreachable(method, "HTTP " + http.code());
        } catch (IOException e) {
            metrics.slackCall(method, "unreachable");
            throw new SlackFailure.Unreachable(
                    method, e.getClass().getSimpleName().toLowerCase(Locale.ROOT) + ": " + e.getMessage());
        }
    }

    /**
     * Opens a modal for whoever has just clicked.
     *
     * @param triggerId of the click; Slack forgets it after 3 seconds
     * @throws SlackFailure when it does not open
     */
    void open(View view, String triggerId) {
        call("views.open", m -> m.viewsOpen(r -> r.triggerId(triggerId).view(view)));
    }

    private static Duration retryAfter(@Nullable String header) {
        try {
            return Duration.ofSeconds(header == null ? 1 : Math.max(1, Long.parseLong(header.strip())));
        } catch (NumberFormatException e) {
            return Duration.ofSeconds(1);
        }
    }
}
