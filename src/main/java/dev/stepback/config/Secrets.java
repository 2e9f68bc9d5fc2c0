package dev.stepback.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the environment says about Slack. The values are never shown: {@link #toString} masks them.
 *
 * @param botToken {@code SLACK_BOT_TOKEN}
 * @param appToken {@code SLACK_APP_TOKEN}; null in HTTP mode
 * @param signingSecret {@code SLACK_SIGNING_SECRET}; null in Socket Mode
 * @param apiUrl {@code SLACK_API_URL} or Slack's own, with a slash at its end
 */
public record Secrets(
        String botToken,
        @Nullable String appToken,
        @Nullable String signingSecret,
        String apiUrl) {
    public static final String SLACK_API = "https://slack.com/api/";
    private static final String SOURCE = "environment";

    /** Reads what {@code mode} needs and reports everything that is missing or wrong at once, without values. */
    public static Checked<Secrets> read(Map<String, String> environment, StepbackConfig.Slack.Mode mode) {
        List<Problem> problems = new ArrayList<>();
        boolean socket = mode == StepbackConfig.Slack.Mode.SOCKET;
        String bot = token(environment, "SLACK_BOT_TOKEN", "xoxb-", "the bot user's OAuth token", problems);
        String app = socket
                ? token(environment, "SLACK_APP_TOKEN", "xapp-", "the app-level token that Socket Mode needs", problems)
                : null;
        String signing = socket
                ? null
                : token(environment, "SLACK_SIGNING_SECRET", "", "the signing secret that HTTP mode needs", problems);
        String url = apiUrl(environment, problems);
        return problems.isEmpty()
                ? new Checked.Valid<>(new Secrets(bot, app, signing, url))
                : new Checked.Invalid<>(problems);
    }

    private static String token(
            Map<String, String> environment, String name, String prefix, String what, List<Problem> problems) {
        String value = Optional.ofNullable(environment.get(name)).orElse("").strip();
        if (value.isEmpty()) {
            String starts = prefix.isEmpty() ? "" : "; it begins with " + prefix;
            problems.add(new Problem(SOURCE, 0, name, "is not set: " + what + starts));
        } else if (!value.startsWith(prefix)) {
            problems.add(new Problem(SOURCE, 0, name, "does not begin with " + prefix + ": it is not " + what));
        } else if (value.length() == prefix.length() || value.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            problems.add(new Problem(SOURCE, 0, name, "is cut off, or contains spaces or quotes from copying"));
        }
        return value;
    }

    private static String apiUrl(Map<String, String> environment, List<Problem> problems) {
        String value =
                Optional.ofNullable(environment.get("SLACK_API_URL")).orElse("").strip();
        if (value.isEmpty()) {
            return SLACK_API;
        }
        try {
            URI uri = new URI(value);
            if (uri.getHost() != null && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                return value.endsWith("/") ? value : value + "/";
            }
        } catch (URISyntaxException e) {
            // Reported below: the exception would repeat the value, which may hold a password.
        }
        problems.add(new Problem(SOURCE, 0, "SLACK_API_URL", "is not an http(s) address such as " + SLACK_API));
        return SLACK_API;
    }

    @Override
    public String toString() {
        return "Secrets[masked]";
    }
}
