package dev.stepback;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.sandbox.slack.SandboxSlack;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
    private static final String KUBECONFIG = "kubeconfig";

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final SandboxSlack slack = SandboxSlack.start(0, Clock.systemUTC());
    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());

    MainTest() throws Exception {}

    @BeforeEach
    void findTheCluster() throws IOException {
        System.setProperty(
                KUBECONFIG,
                Files.writeString(directory.resolve("kubeconfig"), cluster.kubeconfig())
                        .toString());
    }

    @AfterEach
    void close() {
        System.clearProperty(KUBECONFIG);
        slack.close();
        cluster.close();
    }

    @Test
    void check_whenNothingIsMissing_exitsWithZero() throws IOException {
        install();

        assertThat(run(environment(), "check")).isZero();
        assertThat(out.toString())
                .contains("ok    slack    SLACK_BOT_TOKEN", "ok    cluster  patch deployments.apps")
                .doesNotContain("FAIL", "for to", slack.botToken(), slack.appToken());
    }

    @Test
    void check_namesAllThatIsMissing() {
        Map<String, String> environment = environment();
        environment.put("SLACK_BOT_TOKEN", "xoxb-wrong");
        environment.put("SLACK_APP_TOKEN", "xapp-wrong");

        assertThat(run(environment, "check")).isEqualTo(1);
        assertThat(out.toString().lines().filter(line -> line.startsWith("FAIL")))
                .satisfiesExactly(
                        bot -> assertThat(bot).contains("SLACK_BOT_TOKEN", "invalid_auth"),
                        app -> assertThat(app).contains("SLACK_APP_TOKEN", "invalid_auth"),
                        crd -> assertThat(crd).contains("custom resource Rollback", "kubectl apply"));
    }

    @Test
    void check_whenNoClusterIsConfigured_saysSo() {
        System.setProperty(KUBECONFIG, directory.resolve("none").toString());

        assertThat(run(environment(), "check")).isEqualTo(1);
        assertThat(out.toString()).contains("no kubeconfig was found; set KUBECONFIG");
    }

    @Test
    void missingTokens_areAllNamed_andNothingStarts() {
        for (String[] arguments : new String[][] {{}, {"check"}}) {
            assertThat(run(Map.of(), arguments)).isEqualTo(2);
        }
        assertThat(err.toString()).contains("SLACK_BOT_TOKEN: is not set", "SLACK_APP_TOKEN: is not set");
    }

    @Test
    void unknownOption_showsTheUsage() {
        assertThat(run(environment(), "--nope")).isEqualTo(2);
        assertThat(err.toString()).contains("--nope", "Usage: stepback");
    }

    private int run(Map<String, String> environment, String... arguments) {
        CommandLine line = Main.commandLine(environment);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private Map<String, String> environment() {
        return new HashMap<>(Map.of(
                "SLACK_API_URL", slack.apiUrl().toString(),
                "SLACK_BOT_TOKEN", slack.botToken(),
                "SLACK_APP_TOKEN", slack.appToken()));
    }

    private void install() throws IOException {
        try (InputStream crd =
                Objects.requireNonNull(MainTest.class.getResourceAsStream("/crd-rollbacks.stepback.dev-v1.yaml"))) {
            cluster.store().create("customresourcedefinitions.apiextensions.k8s.io", (ObjectNode)
                    new YAMLMapper().readTree(crd));
        }
    }
}
