package dev.stepback.ops;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

class LogFormatTest {
    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void textFromOutside_cannotForgeALine(String format) throws JoranException {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        context.putProperty("LOG_FORMAT", format);
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Objects.requireNonNull(LogFormatTest.class.getResource("/logback.xml")));
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        OutputStreamAppender<?> appender = (OutputStreamAppender<?>) root.getAppender(format);

        assertThat(encoded(appender, event(root))).containsOnlyOnce("\n").endsWith("\n");
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
