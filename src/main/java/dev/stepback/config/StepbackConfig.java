package dev.stepback.config;

import dev.stepback.policy.Identities;
import dev.stepback.policy.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The configuration as it is in force; {@code config/stepback.yaml} explains every key.
 *
 * @param policy the sections {@code access} and {@code approvals}
 * @param checks what has to pass before its targets are rolled back, in the order in which it runs
 */
public record StepbackConfig(
        Slack slack,
        Kubernetes kubernetes,
        Policy policy,
        List<DataCheckRule> checks,
        Rollback rollback,
        Retention retention,
        Notifications notifications,
        Redaction redaction,
        Limits limits,
        Server server) {

    public StepbackConfig {
        checks = List.copyOf(checks);
    }

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
     * @param cluster the name by which people know the cluster; null for what the kubeconfig calls it
     * @param context the kubeconfig's context; null for the current one
     * @param namespaces the namespaces that are served; empty for all
     * @param leaseNamespace where the leader's Lease is; null for the namespace that the bot runs in
     * @param people what people may do in the cluster, and as whom
     */
    public record Kubernetes(
            @Nullable String cluster,
            @Nullable String context,
            List<String> namespaces,
            @Nullable String leaseNamespace,
            People people) {

        public Kubernetes(@Nullable String context, List<String> namespaces, @Nullable String leaseNamespace) {
            this(null, context, namespaces, leaseNamespace, People.NOT_ASKED);
        }

        public Kubernetes with(People people) {
            return new Kubernetes(cluster, context, namespaces, leaseNamespace, people);
        }
    }

    /**
     * @param impersonate whether reads and writes are made as the person
     * @param reviewAccess whether the cluster is asked first what the person may do
     * @param identities which Kubernetes user somebody is
     */
    public record People(boolean impersonate, boolean reviewAccess, Identities identities) {
        public static final People NOT_ASKED = new People(false, false, Identities.DEFAULT);
    }

    /** @param deadline how long a rollout may take after the patch */
    public record Rollback(Duration deadline) {}

    /**
     * How long finished Rollbacks stay in the cluster.
     *
     * @param perTarget how many of one target
     * @param age how long
     */
    public record Retention(int perTarget, Duration age) {}

    /**
     * @param channels names or ids of the channels that are told of every outcome
     * @param operators name or id of the channel that is told what operators must know
     */
    public record Notifications(List<String> channels, Optional<String> operators) {

        public Notifications(List<String> channels) {
            this(channels, Optional.empty());
        }
    }

    /**
     * @param secretNames what has a name that contains one of these is masked
     * @param allowed a name or a value that is one of these is not masked, unless it has the form of a known credential
     */
    public record Redaction(List<Pattern> secretNames, List<Pattern> allowed) {
        /** @throws java.util.regex.PatternSyntaxException when {@code regex} is not one */
        public static Pattern pattern(String regex) {
            return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
        }

        /** By what the patterns say: they have no equality of their own. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Redaction that && texts().equals(that.texts());
        }

        @Override
        public int hashCode() {
            return texts().hashCode();
        }

        private List<String> texts() {
            return Stream.concat(
                            secretNames.stream().map(Pattern::pattern),
                            // A pattern has no line break: it comes from one value.
                            Stream.concat(Stream.of("\n"), allowed.stream().map(Pattern::pattern)))
                    .toList();
        }
    }

    /**
     * How many commands and clicks are taken.
     *
     * @param perUser from one person
     * @param perChannel from all people in one channel
     */
    public record Limits(Rate perUser, Rate perChannel) {}

    /** @param port 0 for any free one */
    public record Server(String address, int port) {}

    /** What is in force when nothing is configured. */
    public static StepbackConfig defaults() {
        return new StepbackConfig(
                new Slack(Slack.Mode.SOCKET, "/rollback"),
                new Kubernetes(null, List.of(), null),
                Policy.DEFAULT,
                List.of(),
                new Rollback(Duration.ofMinutes(10)),
                new Retention(50, Duration.ofDays(90)),
                new Notifications(List.of()),
                new Redaction(
                        Stream.of(
                                        "pass(word|wd|phrase|code|key)?",
                                        "pwd",
                                        "(^|[_.-])pw$",
                                        "secret",
                                        "token",
                                        "credential",
                                        "jwt",
                                        "(api|access|account|private|secret|signing|encryption|shared|master|license|ssh|sas)[_.-]?key",
                                        "auth",
                                        "dsn",
                                        "cookie",
                                        "session",
                                        "salt",
                                        "signature",
                                        "webhook",
                                        "connection[_.-]?string")
                                .map(Redaction::pattern)
                                .toList(),
                        List.of()),
                new Limits(new Rate(60, Duration.ofMinutes(1)), new Rate(300, Duration.ofMinutes(1))),
                new Server("127.0.0.1", 8080));
    }

    /** A copy with some sections set differently. */
    public StepbackConfig with(Consumer<Changes> changes) {
        Changes c = new Changes(this);
        changes.accept(c);
        return c.build();
    }

    /** The sections of a configuration that is being changed; see {@link #with}. */
    public static final class Changes {
        public Slack slack;
        public Kubernetes kubernetes;
        public Policy policy;
        public List<DataCheckRule> checks;
        public Rollback rollback;
        public Retention retention;
        public Notifications notifications;
        public Redaction redaction;
        public Limits limits;
        public Server server;

        private Changes(StepbackConfig c) {
            slack = c.slack;
            kubernetes = c.kubernetes;
            policy = c.policy;
            checks = c.checks;
            rollback = c.rollback;
            retention = c.retention;
            notifications = c.notifications;
            redaction = c.redaction;
            limits = c.limits;
            server = c.server;
        }

        private StepbackConfig build() {
            return new StepbackConfig(
                    slack, kubernetes, policy, checks, rollback, retention, notifications, redaction, limits, server);
        }
    }
}
