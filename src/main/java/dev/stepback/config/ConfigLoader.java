package dev.stepback.config;

import dev.stepback.policy.Policy;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads the configuration file and reports everything that is wrong with it at once. Never throws. */
public final class ConfigLoader {
    /** The environment variable that names the file. */
    public static final String VARIABLE = "STEPBACK_CONFIG";

    private static final Pattern COMMAND = Pattern.compile("/[a-z0-9_-]{1,31}");

    private ConfigLoader() {}

    /** The configuration in the file that {@value #VARIABLE} names; without the variable, the defaults. */
    public static Checked<StepbackConfig> fromEnvironment(Map<String, String> environment) {
        return file(environment)
                .map(file -> load(file, environment))
                .orElseGet(() -> load("", "defaults", environment));
    }

    /** The file that {@value #VARIABLE} names; empty without the variable. */
    static Optional<Path> file(Map<String, String> environment) {
        return Optional.ofNullable(environment.get(VARIABLE))
                .filter(file -> !file.isBlank())
                .map(file -> Path.of(file.strip()));
    }

    public static Checked<StepbackConfig> load(Path file, Map<String, String> environment) {
        FileText text = FileText.read(file);
        return text instanceof FileText.Content content
                ? load(content.text(), file.toString(), environment)
                : new Checked.Invalid<>(List.of(new Problem(file.toString(), 0, "", text.toString())));
    }

    /** Whether there is nothing but comments in it. */
    static boolean isEmpty(String yaml) {
        return YamlText.isEmpty(yaml);
    }

    /** @param source names the text in what is reported */
    public static Checked<StepbackConfig> load(String yaml, String source, Map<String, String> environment) {
        Report report = new Report(source);
        StepbackConfig config = read(yaml, report, environment);
        return report.problems().isEmpty() ? new Checked.Valid<>(config) : new Checked.Invalid<>(report.problems());
    }

    /** Every key that there can be, with those that it is in. */
    static List<String> knownKeys() {
        Report report = new Report("", true);
        StepbackConfig ignored = read("", report, Map.of());
        return report.known();
    }

    private static StepbackConfig read(String yaml, Report report, Map<String, String> environment) {
        StepbackConfig defaults = StepbackConfig.defaults();
        try (Section root = new Section(report, "", YamlText.compose(yaml, report))) {
            return new StepbackConfig(
                    slack(root, defaults.slack()),
                    kubernetes(root, defaults.kubernetes()),
                    policy(root, defaults.policy()),
                    ChecksSection.read(root),
                    rollback(root, defaults.rollback()),
                    retention(root, defaults.retention()),
                    notifications(root, defaults.notifications()),
                    redaction(root, defaults.redaction()),
                    limits(root, defaults.limits()),
                    server(root, defaults.server(), environment));
        }
    }

    private static StepbackConfig.Slack slack(Section root, StepbackConfig.Slack byDefault) {
        try (Section s = root.section("slack")) {
            return new StepbackConfig.Slack(
                    s.value("mode", byDefault.mode(), "a mode; write socket or http", ConfigLoader::mode),
                    s.value(
                            "command",
                            byDefault.command(),
                            "a slash command; write /rollback",
                            Values.matching(COMMAND)));
        }
    }

    private static StepbackConfig.Kubernetes kubernetes(Section root, StepbackConfig.Kubernetes byDefault) {
        try (Section s = root.section("kubernetes")) {
            Optional<String> context = Optional.ofNullable(byDefault.context());
            Optional<String> lease = Optional.ofNullable(byDefault.leaseNamespace());
            return new StepbackConfig.Kubernetes(
                    s.value(
                                    "cluster",
                                    Optional.ofNullable(byDefault.cluster()),
                                    "the name of a cluster",
                                    t -> ScopeKeys.clusterName(t).map(Optional::of))
                            .orElse(null),
                    s.value(
                                    "context",
                                    context,
                                    "the name of a context",
                                    t -> Values.notBlank(t).map(Optional::of))
                            .orElse(null),
                    s.list("namespaces", byDefault.namespaces(), "a namespace", Values::namespace),
                    s.value(
                                    "leaseNamespace",
                                    lease,
                                    "a namespace",
                                    t -> Values.namespace(t).map(Optional::of))
                            .orElse(null),
                    IdentityKeys.read(s, byDefault.people()));
        }
    }

    private static Policy policy(Section root, Policy byDefault) {
        AccessSection access = AccessSection.read(root, new AccessSection(byDefault.rules(), byDefault.channels()));
        ApprovalsSection approvals = ApprovalsSection.read(root, byDefault.approvalByDefault());
        return new Policy(access.rules(), access.channels(), approvals.byDefault(), approvals.rules());
    }

    private static StepbackConfig.Rollback rollback(Section root, StepbackConfig.Rollback byDefault) {
        try (Section s = root.section("rollback")) {
            return new StepbackConfig.Rollback(
                    s.value("deadline", byDefault.deadline(), Values.A_DURATION, Values::duration));
        }
    }

    private static StepbackConfig.Retention retention(Section root, StepbackConfig.Retention byDefault) {
        try (Section s = root.section("retention")) {
            return new StepbackConfig.Retention(
                    s.value(
                            "perTarget",
                            byDefault.perTarget(),
                            "how many to keep; write a number from 1 to 1000",
                            t -> Values.upTo(1_000).apply(t).filter(n -> n > 0)),
                    s.value("age", byDefault.age(), Values.DAYS, Values::days));
        }
    }

    private static StepbackConfig.Notifications notifications(Section root, StepbackConfig.Notifications byDefault) {
        try (Section s = root.section("notifications")) {
            return new StepbackConfig.Notifications(
                    s.list("channels", byDefault.channels(), Values.A_CHANNEL, Values::channel),
                    s.value(
                            "operators",
                            byDefault.operators(),
                            Values.A_CHANNEL,
                            t -> Values.channel(t).map(Optional::of)));
        }
    }

    private static StepbackConfig.Redaction redaction(Section root, StepbackConfig.Redaction byDefault) {
        try (Section s = root.section("redaction")) {
            return new StepbackConfig.Redaction(
                    s.list("names", byDefault.secretNames(), "a regular expression", ConfigLoader::pattern),
                    s.list("allow", byDefault.allowed(), "a regular expression", ConfigLoader::pattern));
        }
    }

    private static StepbackConfig.Limits limits(Section root, StepbackConfig.Limits byDefault) {
        try (Section s = root.section("limits")) {
            return new StepbackConfig.Limits(
                    s.value("perUser", byDefault.perUser(), Rate.A_RATE, Rate::parse),
                    s.value("perChannel", byDefault.perChannel(), Rate.A_RATE, Rate::parse));
        }
    }

    private static StepbackConfig.Server server(
            Section root, StepbackConfig.Server byDefault, Map<String, String> environment) {
        try (Section s = root.section("server")) {
            // The kubelet's probes come from outside the pod's loopback interface.
            String auto = environment.containsKey("KUBERNETES_SERVICE_HOST") ? "0.0.0.0" : byDefault.address();
            return new StepbackConfig.Server(
                    s.value(
                            "address",
                            auto,
                            "an IP address; write auto, 127.0.0.1 or 0.0.0.0",
                            t -> t.equals("auto") ? Optional.of(auto) : Values.address(t)),
                    s.value("port", byDefault.port(), "a port; write a number from 0 to 65535", Values.upTo(65_535)));
        }
    }

    private static Optional<StepbackConfig.Slack.Mode> mode(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "socket" -> Optional.of(StepbackConfig.Slack.Mode.SOCKET);
            case "http" -> Optional.of(StepbackConfig.Slack.Mode.HTTP);
            default -> Optional.empty();
        };
    }

    private static Optional<Pattern> pattern(String text) {
        try {
            return Values.notBlank(text).map(StepbackConfig.Redaction::pattern);
        } catch (PatternSyntaxException e) {
            return Optional.empty();
        }
    }
}
