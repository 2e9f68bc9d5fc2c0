package dev.stepback.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import com.google.gson.JsonParser;
import dev.stepback.redaction.Redactor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

class LogFormatTest {
    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void textFromOutside_cannotForgeALine(String format) throws JoranException {
        LoggerContext context = configured(format, "");
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        OutputStreamAppender<?> appender = (OutputStreamAppender<?>) root.getAppender(format);

        assertThat(encoded(appender, event(root))).containsOnlyOnce("\n").endsWith("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void secrets_areMaskedWhereverTheyStand(String format) throws Exception {
        LoggerContext context = configured(format, "");
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        String token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
        LoggingEvent event = new LoggingEvent(
                "",
                root,
                Level.WARN,
                "refused: {}",
                new IllegalStateException("of postgres://app:hunter2@db", new IllegalArgumentException(token)),
                new Object[] {"Authorization: Bearer " + token});
        event.addKeyValuePair(new KeyValuePair("text", "checkout because " + token));
        event.setMDCPropertyMap(Map.of("at", token));

        String line = encoded((OutputStreamAppender<?>) root.getAppender(format), event);

        assertThat(line).doesNotContain(token.substring(0, 12), "hunter2").contains("refused", Redactor.MASK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password=ab\"cd, done",
                "password=abc\\",
                "password=\"abc",
                "{\"password\":\"a\\\"b\"}",
                "Cookie: a=\"b\"; c",
                "-----BEGIN PRIVATE KEY-----\nMIIE\n",
                "token: abc\nnext line",
                "-pab3c\"d"
            })
    void json_staysJson(String text) throws Exception {
        LoggerContext context = configured("json", "");
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        RedactingEncoder.use(new Redactor(List.of(Pattern.compile("token|password"))));
        try {
            String line = encoded(
                    (OutputStreamAppender<?>) root.getAppender("json"),
                    new LoggingEvent("", root, Level.INFO, "{}", null, new Object[] {text}));
            assertThat(JsonParser.parseString(line)
                            .getAsJsonObject()
                            .get("formattedMessage")
                            .getAsString())
                    .contains(Redactor.MASK)
                    .doesNotContain("abc", "MIIE");
            assertThat(line).endsWith("}\n");
        } finally {
            RedactingEncoder.use(new Redactor(List.of()));
        }
    }

    @Test
    void auditRecord_hasItsOwnAppender() throws JoranException {
        LoggerContext context = configured("text", "");
        Logger audit = context.getLogger("audit");
        assertThat(audit.isAdditive()).isFalse();
        assertThat(audit.getAppender("audit")).isInstanceOf(ConsoleAppender.class);
        assertThat(encoded(
                        (OutputStreamAppender<?>) audit.getAppender("audit"),
                        new LoggingEvent("", audit, Level.INFO, "{\"event\":\"{}\"}", null, null)))
                .isEqualTo("{\"event\":\"{}\"}" + System.lineSeparator());
    }

    @Test
    void auditRecord_goesToTheFileThatIsNamed(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("audit.log");
        Files.writeString(file, "before\n");
        LoggerContext context = configured("text", file.toString());
        context.getLogger("audit").info("{\"event\":\"lock\"}");
        context.getLogger("other").warn("not for the record");
        context.stop();
        assertThat(Files.readAllLines(file)).containsExactly("before", "{\"event\":\"lock\"}");
    }

    private static LoggerContext configured(String format, String auditLog) throws JoranException {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        context.putProperty("LOG_FORMAT", format);
        if (!auditLog.isEmpty()) {
            context.putProperty("AUDIT_LOG", auditLog);
        }
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Objects.requireNonNull(LogFormatTest.class.getResource("/logback.xml")));
        return context;
    }

    private static LoggingEvent event(Logger logger) {
        String text = "checkout\n2026-11-21T16:00:00Z INFO plan approved\r\nby=\"lead\"";
        LoggingEvent event = new LoggingEvent("", logger, Level.INFO, "command: {}", null, new Object[] {text});
        event.addKeyValuePair(new KeyValuePair("target", text));
        return event;
    }

    @SuppressWarnings("unchecked")
    private static String encoded(OutputStreamAppender<?> appender, LoggingEvent event) {
        byte[] bytes =
                ((OutputStreamAppender<LoggingEvent>) appender).getEncoder().encode(event);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
