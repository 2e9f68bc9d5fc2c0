package dev.stepback.config;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The configuration as it is in force; {@code config/stepback.yaml} explains every key. */
public record StepbackConfig(
        Slack slack,
        Kubernetes kubernetes,
        Rollback rollback,
        Notifications notifications,
        Redaction redaction,
        Server server) {

    /**
     * @param command the slash command, with its slash
     */
    public record Slack(Mode mode, String command) {
        public enum Mode {
            SOCKET,
            HTTP
        }
    }

    /**
     * @param context the kubeconfig's context; null for the current one
     * @param namespaces the namespaces that are served; empty for all
     * @param leaseNamespace where the leader's Lease is; null for the namespace that the bot runs in
     */
    public record Kubernetes(
            @Nullable String context,
            List<String> namespaces,
            @Nullable String leaseNamespace) {}

    /**
     * @param approvalExpiry how long an approval is waited for
     * @param deadline how long a rollout may take after the patch
     * @param requesterMayApprove whether who asked may approve
     */
    public record Rollback(Duration approvalExpiry, Duration deadline, boolean requesterMayApprove) {}

    /** @param channels names or ids of the channels that are told of every outcome */
    public record Notifications(List<String> channels) {}

    /** @param secretNames an environment variable whose name contains one of these is masked */
    public record Redaction(List<Pattern> secretNames) {
        /** @throws java.util.regex.PatternSyntaxException when {@code regex} is not one */
        public static Pattern name(String regex) {
            return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
        }
    }

    /** @param port 0 for any free one */
    public record Server(String address, int port) {}

    /** What is in force when nothing is configured. */
    public static StepbackConfig defaults() {
        return new StepbackConfig(
                new Slack(Slack.Mode.SOCKET, "/rollback"),
                new Kubernetes(null, List.of(), null),
                new Rollback(Duration.ofMinutes(15), Duration.ofMinutes(10), false),
                new Notifications(List.of()),
                new Redaction(Stream.of(
                                "pass(word|wd|phrase)?",
                                "secret",
                                "token",
                                "credential",
                                "api_?key",
                                "private_?key",
                                "auth",
                                "dsn",
                                "cookie",
                                "session")
                        .map(Redaction::name)
                        .toList()),
                new Server("127.0.0.1", 8080));
    }
}
