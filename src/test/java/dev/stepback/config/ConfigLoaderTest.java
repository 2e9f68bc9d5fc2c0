package dev.stepback.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.policy.Identities;
import dev.stepback.policy.IdentityRule;
import dev.stepback.policy.Who;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

class ConfigLoaderTest {
    private static final Path SAMPLE = Path.of("config/stepback.yaml");

    @Test
    void sample_isTheDefaults() {
        assertThat(valid(ConfigLoader.load(SAMPLE, Map.of()))).isEqualTo(StepbackConfig.defaults());
    }

    @Test
    void sample_showsEveryKey() throws Exception {
        Node sample = new Compose(LoadSettings.builder().build())
                .composeString(Files.readString(SAMPLE))
                .orElseThrow();
        assertThat(leaves("", sample))
                .containsExactlyElementsOf(ConfigLoader.knownKeys().stream()
                        .filter(key -> !key.contains("[]"))
                        .toList());
    }

    @Test
    void examplesInTheSample_areValidAndShowEveryKeyOfAnItem() throws Exception {
        List<String> shown = new ArrayList<>();
        for (String example : examples()) {
            valid(load(example));
            Node node = new Compose(LoadSettings.builder().build())
                    .composeString(example)
                    .orElseThrow();
            itemKeys("", node, shown);
        }
        assertThat(shown)
                .containsAll(ConfigLoader.knownKeys().stream()
                        .filter(key -> key.contains("[]"))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing", "slack:\n", "server: {}\n"})
    void whatIsLeftOut_hasItsDefault(String yaml) {
        assertThat(valid(load(yaml))).isEqualTo(StepbackConfig.defaults());
    }

    @Test
    void identities_areRead() {
        StepbackConfig.People people = valid(load("""
            kubernetes:
              impersonate: true
              identities:
                - {who: "@oncall", user: oncall, groups: [ops, deployers]}
                - {who: [U0123ABCD, lead@example.com], groups: [ops]}
            """)).kubernetes().people();

        assertThat(people)
                .isEqualTo(new StepbackConfig.People(
                        true,
                        false,
                        new Identities(List.of(
                                new IdentityRule(
                                        List.of(new Who.Group("@oncall")),
                                        Optional.of("oncall"),
                                        List.of("ops", "deployers")),
                                new IdentityRule(
                                        List.of(new Who.User("U0123ABCD"), new Who.Email("lead@example.com")),
                                        Optional.empty(),
                                        List.of("ops"))))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{who: members, groups: ['system:masters']}",
                "{who: members, user: 'system:admin'}",
                "{who: members, user: 'a b'}",
                "{who: everybody, user: a}",
                "{who: members}",
                "{who: [], user: a}",
                "{who: [everybody], user: a}",
                "{user: a}"
            })
    void identities_areNeitherTheClustersOwnNorNothing(String identity) {
        assertThat(load("kubernetes: {identities: [" + identity + "]}").problems())
                .singleElement()
                .asString()
                .contains("kubernetes.identities[0]");
    }

    @Test
    void rates_areRead() {
        assertThat(valid(load("limits: {perUser: 20/1m, perChannel: 5 / 90s}")).limits())
                .isEqualTo(new StepbackConfig.Limits(
                        new Rate(20, Duration.ofMinutes(1)), new Rate(5, Duration.ofSeconds(90))));
        assertThat(new Rate(20, Duration.ofMinutes(1))).hasToString("20 a minute");
        assertThat(new Rate(5, Duration.ofSeconds(90))).hasToString("5 in 90 s");
        assertThat(new Rate(5, Duration.ofMinutes(2))).hasToString("5 in 2 minutes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"20", "0/1m", "-1/1m", "20/0s", "20/2h", "20/1m/1m", "1000000/1m", "/1m", "20/"})
    void rates_haveBounds(String rate) {
        assertThat(load("limits: {perUser: " + rate + "}").problems())
                .singleElement()
                .asString()
                .contains("limits.perUser", "write 20/1m");
    }

    @Test
    void withoutTheVariable_allIsDefault() {
        assertThat(valid(ConfigLoader.fromEnvironment(Map.of()))).isEqualTo(StepbackConfig.defaults());
        assertThat(valid(ConfigLoader.fromEnvironment(Map.of("STEPBACK_CONFIG", "config/stepback.yaml"))))
                .isEqualTo(StepbackConfig.defaults());
    }

    @Test
    void everyKey_isRead() {
        StepbackConfig config = valid(load("""
            slack: {mode: http, command: /undo}
            kubernetes: {cluster: eu, context: prod, namespaces: [production, staging], leaseNamespace: ops}
            rollback: {deadline: PT90S}
            notifications: {channels: ["#deploys", C0123], operators: ops}
            redaction: {names: [geheim]}
            server: {address: "::1", port: 0}
            """));
        assertThat(config.slack()).isEqualTo(new StepbackConfig.Slack(StepbackConfig.Slack.Mode.HTTP, "/undo"));
        assertThat(config.kubernetes())
                .isEqualTo(new StepbackConfig.Kubernetes(
                        "eu", "prod", List.of("production", "staging"), "ops", StepbackConfig.People.NOT_ASKED));
        assertThat(config.rollback()).isEqualTo(new StepbackConfig.Rollback(Duration.ofSeconds(90)));
        assertThat(config.notifications())
                .isEqualTo(new StepbackConfig.Notifications(List.of("#deploys", "C0123"), Optional.of("ops")));
        assertThat(config.redaction().secretNames())
                .singleElement()
                .satisfies(p -> assertThat(p.matcher("GEHEIM_1").find()).isTrue());
        assertThat(config.server()).isEqualTo(new StepbackConfig.Server("::1", 0));
    }

    @Test
    void allProblems_areReportedAtOnceWithTheirLines() {
        assertThat(problems("""
            slack:
              mode: pigeon
              comand: /rollback
            approvals:
              default:
                expiry: 15 parrots
                requesterMayApprove: yes
            rollback:
              deadline: 1s
            kubernetes:
              namespaces: production
            notifications:
              channels: [ok, [nested]]
            redaction:
              names: ["("]
            server:
              port: 99999
              port: 80
              address: localhost
            colour: red
            """))
                .containsExactly(
                        "f.yaml:2: slack.mode: \"pigeon\" is not a mode; write socket or http",
                        "f.yaml:3: slack.comand: is not a known key; did you mean command?",
                        "f.yaml:6: approvals.default.expiry: \"15 parrots\" is not a duration between 10s and 7d;"
                                + " write 90s, 15m or 1h30m",
                        "f.yaml:7: approvals.default.requesterMayApprove: \"yes\" is not a truth value;"
                                + " write true or false",
                        "f.yaml:9: rollback.deadline: \"1s\" is not a duration between 10s and 7d;"
                                + " write 90s, 15m or 1h30m",
                        "f.yaml:11: kubernetes.namespaces: must be a list, such as [a, b]",
                        "f.yaml:13: notifications.channels[1]: must be a channel; write deploys, \"#deploys\" or"
                                + " C0123ABCD",
                        "f.yaml:15: redaction.names[0]: \"(\" is not a regular expression",
                        "f.yaml:17: server.port: \"99999\" is not a port; write a number from 0 to 65535",
                        "f.yaml:18: server.port: is there twice; the first is in line 17",
                        "f.yaml:19: server.address: \"localhost\" is not an IP address; write auto, 127.0.0.1 or"
                                + " 0.0.0.0",
                        "f.yaml:20: colour: is not a known key; known here: slack, kubernetes, access,"
                                + " approvals, checks, rollback, retention, notifications, redaction, limits, server");
    }

    @Test
    void sectionThatIsNone_isReported() {
        assertThat(problems("slack: socket\n")).containsExactly("f.yaml:1: slack: must be a mapping of keys to values");
        assertThat(problems("- a\n")).containsExactly("f.yaml:1: must be a mapping of keys to values");
    }

    @ParameterizedTest
    @ValueSource(strings = {"slack: [", "a: b: c", "\tslack: x", "a: 1\n---\nb: 2\n", "? {a: b}\n: c\n", "a: *nowhere"})
    void brokenYaml_isReported(String yaml) {
        assertThat(problems(yaml)).isNotEmpty().allSatisfy(p -> assertThat(p).startsWith("f.yaml:"));
    }

    @Test
    void missingFile_isReported() {
        assertThat(ConfigLoader.load(Path.of("nowhere.yaml"), Map.of()))
                .hasToString("nowhere.yaml: cannot be read (NoSuchFileException)");
    }

    @Test
    void address_isOpenInAPodOnly() {
        Map<String, String> pod = Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1");
        assertThat(valid(ConfigLoader.load("", "f", pod)).server().address()).isEqualTo("0.0.0.0");
        assertThat(valid(ConfigLoader.load("server: {address: auto}", "f", pod))
                        .server()
                        .address())
                .isEqualTo("0.0.0.0");
        assertThat(valid(ConfigLoader.load("server: {address: 127.0.0.1}", "f", pod))
                        .server()
                        .address())
                .isEqualTo("127.0.0.1");
        assertThat(valid(load("")).server().address()).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({"90s, 90", "15m, 900", "1h30m, 5400", "2d, 172800", "PT1M, 60", "1H, 3600"})
    void durations_areReadAsPeopleWriteThem(String text, long seconds) {
        assertThat(Durations.parse(text)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "15", "m", "15 m", "-5m", "P", "1m1h", "99999999999999s"})
    void whatIsNoDuration_isNotGuessed(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    private static Checked<StepbackConfig> load(String yaml) {
        return ConfigLoader.load(yaml, "f.yaml", Map.of());
    }

    private static StepbackConfig valid(Checked<StepbackConfig> checked) {
        assertThat(checked).isInstanceOf(Checked.Valid.class);
        return ((Checked.Valid<StepbackConfig>) checked).value();
    }

    private static List<String> problems(String yaml) {
        Checked<StepbackConfig> checked = load(yaml);
        assertThat(checked).isInstanceOf(Checked.Invalid.class);
        return ((Checked.Invalid<StepbackConfig>) checked)
                .problems().stream().map(Problem::toString).toList();
    }

    /** The comments that follow the word Example, without their marks. */
    private static List<String> examples() throws Exception {
        List<String> examples = new ArrayList<>();
        StringBuilder example = new StringBuilder();
        boolean within = false;
        for (String line : Files.readAllLines(SAMPLE)) {
            if (within && line.startsWith("  #   ")) {
                example.append(line.substring("  #   ".length())).append('\n');
            } else if (!example.isEmpty()) {
                examples.add(example.toString());
                example.setLength(0);
            }
            within = line.equals("  # Example:") || (within && line.startsWith("  #   "));
        }
        return examples;
    }

    /** The paths of values within items of lists. */
    private static void itemKeys(String path, Node node, List<String> into) {
        if (node instanceof SequenceNode list && list.getValue().stream().anyMatch(MappingNode.class::isInstance)) {
            list.getValue().forEach(item -> itemKeys(path + "[]", item, into));
        } else if (node instanceof MappingNode mapping) {
            mapping.getValue().forEach(t -> {
                String key = ((ScalarNode) t.getKeyNode()).getValue();
                itemKeys(path.isEmpty() ? key : path + "." + key, t.getValueNode(), into);
            });
        } else {
            into.add(path);
        }
    }

    private static List<String> leaves(String path, Node node) {
        if (!(node instanceof MappingNode mapping)) {
            return List.of(path);
        }
        return mapping.getValue().stream()
                .flatMap(t -> {
                    String key = ((ScalarNode) t.getKeyNode()).getValue();
                    return Stream.of(path.isEmpty() ? key : path + "." + key)
                            .flatMap(p -> leaves(p, t.getValueNode()).stream());
                })
                .toList();
    }

    @Test
    void retention_isANumberAndAnAge() {
        assertThat(valid(load("retention: {perTarget: 5, age: 30d}")).retention())
                .isEqualTo(new StepbackConfig.Retention(5, Duration.ofDays(30)));
        assertThat(load("retention:\n  perTarget: 0\n  age: 23h"))
                .hasToString(
                        "f.yaml:2: retention.perTarget: \"0\" is not how many to keep; write a number from 1 to 1000\n"
                                + "f.yaml:3: retention.age: \"23h\" is not a time between 1d and 3650d; write 90d");
    }
}
