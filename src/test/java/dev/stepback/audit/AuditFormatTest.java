package dev.stepback.audit;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The line as it is in the file, behind all that touches it on the way. */
class AuditFormatTest {
    private static final String HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    @Test
    void line_isJsonWithItsFieldsIntact(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("audit.log");
        By by = new By("U0123ABCD", "token: \"ana\" {}\\", "T0123ABCD", "C0123ABCD");
        On on = new On(
                new TargetRef("auth", Kind.DEPLOYMENT, "session-token-9f86d081884c7d65"),
                "session-token-9f86d081884c7d65-2eeaf2fa45",
                "Undo");
        String reason = "password=\"hunter2\" and \"token\": 'abc', {\"secret\":\"hunter2\"} Bearer hunter2hunter2 end";

        log(file, new AuditEvent.Approval(by, on, HASH, reason));

        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).doesNotContain("hunter2");
        JsonNode line = new ObjectMapper().readTree(lines.get(0));
        assertThat(line.path("planHash").asText()).isEqualTo(HASH);
        assertThat(line.path("actor").path("id").asText()).isEqualTo(by.id());
        assertThat(line.path("channel").asText()).isEqualTo(by.channel());
        assertThat(line.path("target").path("name").asText())
                .isEqualTo(on.target().name());
        assertThat(line.path("rollback").asText()).isEqualTo(on.rollback());
        assertThat(line.path("verdict").asText()).isEqualTo("Approved");
        assertThat(line.path("reason").asText()).endsWith("end");
    }

    private static void log(Path file, AuditEvent event) throws Exception {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        context.putProperty("AUDIT_LOG", file.toString());
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Objects.requireNonNull(AuditFormatTest.class.getResource("/logback.xml")));
        try (CapturedRecord record = new CapturedRecord()) {
            new AuditLog(
                            "prod-eu",
                            "",
                            new Redactor(List.of(Pattern.compile("password|secret|token"))),
                            Clock.systemUTC())
                    .record(event);
            record.text().forEach(context.getLogger(AuditLog.LOGGER)::info);
        }
        context.stop();
    }
}
