package dev.stepback.audit;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What is recorded while this is open. */
public final class CapturedRecord implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLog.LOGGER);
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }
    };

    public CapturedRecord() {
        appender.start();
        logger.addAppender(appender);
    }

    public List<String> text() {
        return List.copyOf(lines);
    }

    public List<JsonNode> lines() {
        return lines.stream().map(CapturedRecord::parsed).toList();
    }

    public List<String> events() {
        return lines().stream().map(l -> l.path("event").asText()).toList();
    }

    /** The only line of this event. */
    public JsonNode only(String event) {
        List<JsonNode> found = lines().stream()
                .filter(l -> l.path("event").asText().equals(event))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " lines " + event + " in " + lines);
        }
        return found.get(0);
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError(line, e);
        }
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
    }
}
