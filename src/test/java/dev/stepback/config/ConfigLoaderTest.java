package dev.stepback.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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

class ConfigLoaderTest {
    private static final Path SAMPLE = Path.of("config/stepback.yaml");

    @Test
    void sample_isTheDefaults() {
        assertSame(valid(ConfigLoader.load(SAMPLE, Map.of())), StepbackConfig.defaults());
    }

    @Test
    void sample_showsEveryKey() throws Exception {
        Node sample = new Compose(LoadSettings.builder().build())
                .composeString(java.nio.file.Files.readString(SAMPLE))
                .orElseThrow();
        assertThat(leaves("", sample)).containsExactlyElementsOf(ConfigLoader.knownKeys());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing", "slack:\n", "server: {}\n"})
    void whatIsLeftOut_hasItsDefault(String yaml) {
        assertSame(valid(load(yaml)), StepbackConfig.defaults());
    }

    @Test
    void withoutTheVariable_allIsDefault() {
        assertSame(valid(ConfigLoader.fromEnvironment(Map.of())), StepbackConfig.defaults());
        assertSame(
                valid(ConfigLoader.fromEnvironment(Map.of("STEPBACK_CONFIG", "config/stepback.yaml"))),
                StepbackConfig.defaults());
    }

    @Test
    void everyKey_isRead() {
        StepbackConfig config = valid(load("""
                slack: {mode: http, command: /undo}
                kubernetes: {context: prod, namespaces: [production, staging], leaseNamespace: ops}
                rollback: {approvalExpiry: 1h30m, deadline: PT90S, requesterMayApprove: true}
                notifications: {channels: ["#deploys", C0123]}
                redaction: {names: [geheim]}
                server: {address: "::1", port: 0}
                """));
        assertThat(config.slack()).isEqualTo(new StepbackConfig.Slack(StepbackConfig.Slack.Mode.HTTP, "/undo"));
        assertThat(config.kubernetes())
                .isEqualTo(new StepbackConfig.Kubernetes("prod", List.of("production", "staging"), "ops"));
        assertThat(config.rollback())
                .isEqualTo(new StepbackConfig.Rollback(Duration.ofMinutes(90), Duration.ofSeconds(90), true));
        assertThat(config.notifications().channels()).containsExactly("#deploys", "C0123");
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
                        rollback:
                          approvalExpiry: 15 parrots
                          deadline: 1s
                          requesterMayApprove: yes
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
                        "f.yaml:5: rollback.approvalExpiry: \"15 parrots\" is not a duration between 10s and 7d;"
                                + " write 90s, 15m or 1h30m",
                        "f.yaml:6: rollback.deadline: \"1s\" is not a duration between 10s and 7d;"
                                + " write 90s, 15m or 1h30m",
                        "f.yaml:7: rollback.requesterMayApprove: \"yes\" is not a truth value; write true or false",
                        "f.yaml:9: kubernetes.namespaces: must be a list, such as [a, b]",
                        "f.yaml:11: notifications.channels[1]: must be a channel; write deploys, \"#deploys\" or C0123ABCD",
                        "f.yaml:13: redaction.names[0]: \"(\" is not a regular expression",
                        "f.yaml:15: server.port: \"99999\" is not a port; write a number from 0 to 65535",
                        "f.yaml:16: server.port: is there twice; the first is in line 15",
                        "f.yaml:17: server.address: \"localhost\" is not an IP address; write auto, 127.0.0.1 or 0.0.0.0",
                        "f.yaml:18: colour: is not a known key; known here: slack, kubernetes, rollback,"
                                + " notifications, redaction, server");
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

    /** Patterns are compared by what they say: they have no equality of their own. */
    private static void assertSame(StepbackConfig actual, StepbackConfig expected) {
        assertThat(actual.redaction().secretNames().stream().map(Pattern::pattern))
                .containsExactlyElementsOf(expected.redaction().secretNames().stream()
                        .map(Pattern::pattern)
                        .toList());
        assertThat(actual)
                .usingRecursiveComparison()
                .ignoringFields("redaction")
                .isEqualTo(expected);
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
}
