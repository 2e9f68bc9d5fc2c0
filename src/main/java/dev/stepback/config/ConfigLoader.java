package dev.stepback.config;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads the configuration file and reports everything that is wrong with it at once. Never throws. */
public final class ConfigLoader {
    /** The environment variable that names the file. */
    public static final String VARIABLE = "STEPBACK_CONFIG";

    private static final Pattern COMMAND = Pattern.compile("/[a-z0-9_-]{1,31}");
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern CHANNEL = Pattern.compile("#?[^\\s<>#@,]{1,80}");
    private static final Duration LONGEST = Duration.ofDays(7);
    private static final String A_DURATION = "a duration between 10s and 7d; write 90s, 15m or 1h30m";

    private ConfigLoader() {}

    /** The configuration in the file that {@value #VARIABLE} names; without the variable, the defaults. */
    public static Checked<StepbackConfig> fromEnvironment(Map<String, String> environment) {
        String file = environment.get(VARIABLE);
        return file == null || file.isBlank()
                ? load("", "defaults", environment)
                : load(Path.of(file.strip()), environment);
    }

    public static Checked<StepbackConfig> load(Path file, Map<String, String> environment) {
        try {
            return load(Files.readString(file, StandardCharsets.UTF_8), file.toString(), environment);
        } catch (IOException e) {
            return new Checked.Invalid<>(List.of(new Problem(
                    file.toString(), 0, "", "cannot be read (" + e.getClass().getSimpleName() + ")")));
        }
    }

    /** @param source names the text in what is reported */
    public static Checked<StepbackConfig> load(String yaml, String source, Map<String, String> environment) {
        Report report = new Report(source);
        StepbackConfig config = read(yaml, report, environment);
        return report.problems().isEmpty() ? new Checked.Valid<>(config) : new Checked.Invalid<>(report.problems());
    }

    /** Every key that there can be, with those that it is in. */
    static List<String> knownKeys() {
        Report report = new Report("");
        StepbackConfig ignored = read("", report, Map.of());
        return report.known();
    }

    private static StepbackConfig read(String yaml, Report report, Map<String, String> environment) {
        StepbackConfig defaults = StepbackConfig.defaults();
        try (Section root = new Section(report, "", compose(yaml, report))) {
            return new StepbackConfig(
                    slack(root, defaults.slack()),
                    kubernetes(root, defaults.kubernetes()),
                    rollback(root, defaults.rollback()),
                    notifications(root, defaults.notifications()),
                    redaction(root, defaults.redaction()),
                    server(root, defaults.server(), environment));
        }
    }

    private static @Nullable Node compose(String yaml, Report report) {
        try {
            return new Compose(LoadSettings.builder().build())
                    .composeString(yaml)
                    .orElse(null);
        } catch (MarkedYamlEngineException e) {
            report.add(e.getProblemMark().map(Mark::getLine).orElse(-1) + 1, "is not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            report.add(0, "is not YAML: " + e.getMessage());
        }
        return null;
    }

    private static StepbackConfig.Slack slack(Section root, StepbackConfig.Slack byDefault) {
        try (Section s = root.section("slack")) {
            return new StepbackConfig.Slack(
                    s.value("mode", byDefault.mode(), "a mode; write socket or http", ConfigLoader::mode),
                    s.value("command", byDefault.command(), "a slash command; write /rollback", matching(COMMAND)));
        }
    }

    private static StepbackConfig.Kubernetes kubernetes(Section root, StepbackConfig.Kubernetes byDefault) {
        try (Section s = root.section("kubernetes")) {
            Optional<String> context = Optional.ofNullable(byDefault.context());
            Optional<String> lease = Optional.ofNullable(byDefault.leaseNamespace());
            return new StepbackConfig.Kubernetes(
                    s.value(
                                    "context",
                                    context,
                                    "the name of a context",
                                    t -> notBlank(t).map(Optional::of))
                            .orElse(null),
                    s.list("namespaces", byDefault.namespaces(), "a namespace", matching(NAMESPACE)),
                    s.value(
                                    "leaseNamespace",
                                    lease,
                                    "a namespace",
                                    t -> matching(NAMESPACE).apply(t).map(Optional::of))
                            .orElse(null));
        }
    }

    private static StepbackConfig.Rollback rollback(Section root, StepbackConfig.Rollback byDefault) {
        try (Section s = root.section("rollback")) {
            return new StepbackConfig.Rollback(
                    s.value("approvalExpiry", byDefault.approvalExpiry(), A_DURATION, ConfigLoader::duration),
                    s.value("deadline", byDefault.deadline(), A_DURATION, ConfigLoader::duration),
                    s.value(
                            "requesterMayApprove",
                            byDefault.requesterMayApprove(),
                            "a truth value; write true or false",
                            ConfigLoader::bool));
        }
    }

    private static StepbackConfig.Notifications notifications(Section root, StepbackConfig.Notifications byDefault) {
        try (Section s = root.section("notifications")) {
            return new StepbackConfig.Notifications(s.list(
                    "channels",
                    byDefault.channels(),
                    "a channel; write deploys, \"#deploys\" or C0123ABCD",
                    matching(CHANNEL)));
        }
    }

    private static StepbackConfig.Redaction redaction(Section root, StepbackConfig.Redaction byDefault) {
        try (Section s = root.section("redaction")) {
            return new StepbackConfig.Redaction(
                    s.list("names", byDefault.secretNames(), "a regular expression", ConfigLoader::pattern));
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
                            t -> t.equals("auto") ? Optional.of(auto) : address(t)),
                    s.value("port", byDefault.port(), "a port; write a number from 0 to 65535", ConfigLoader::port));
        }
    }

    private static Optional<StepbackConfig.Slack.Mode> mode(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "socket" -> Optional.of(StepbackConfig.Slack.Mode.SOCKET);
            case "http" -> Optional.of(StepbackConfig.Slack.Mode.HTTP);
            default -> Optional.empty();
        };
    }

    private static Optional<Duration> duration(String text) {
        return Durations.parse(text).filter(d -> d.compareTo(Duration.ofSeconds(10)) >= 0 && d.compareTo(LONGEST) <= 0);
    }

    private static Optional<Boolean> bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    private static Optional<Pattern> pattern(String text) {
        try {
            return notBlank(text).map(StepbackConfig.Redaction::name);
        } catch (PatternSyntaxException e) {
            return Optional.empty();
        }
    }

    /** Only literal addresses: a name could mean another interface tomorrow. */
    private static Optional<String> address(String text) {
        if (!text.matches("[0-9.]{7,15}") && !text.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text)).map(a -> text);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Integer> port(String text) {
        return text.matches("\\d{1,5}")
                ? Optional.of(Integer.valueOf(text)).filter(p -> p <= 65_535)
                : Optional.empty();
    }

    private static Optional<String> notBlank(String text) {
        return text.isBlank() ? Optional.empty() : Optional.of(text.strip());
    }

    private static Function<String, Optional<String>> matching(Pattern pattern) {
        return text -> pattern.matcher(text).matches() ? Optional.of(text) : Optional.empty();
    }
}
