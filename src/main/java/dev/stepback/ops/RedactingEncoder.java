package dev.stepback.ops;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Context;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.stepback.redaction.Redactor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encodes as another encoder does and masks what looks like a secret in the result: in messages, fields and stack traces,
 * whoever logged them. What is JSON stays JSON. {@code logback.xml} puts it around every encoder.
 */
public final class RedactingEncoder extends EncoderBase<ILoggingEvent> {
    /** Known forms of credentials are masked from the first line on, before there is a configuration. */
    private static volatile Redactor inForce = new Redactor(List.of());

    private static final ObjectMapper JSON = new ObjectMapper();

    private @Nullable Encoder<ILoggingEvent> encoder;

    /** From now on every line of the process is masked by this. */
    public static void use(Redactor redactor) {
        inForce = redactor;
    }

    public void setEncoder(Encoder<ILoggingEvent> encoder) {
        this.encoder = encoder;
    }

    @Override
    public void setContext(Context context) {
        super.setContext(context);
        if (encoder != null) {
            encoder.setContext(context);
        }
    }

    @Override
    public void start() {
        if (encoder == null) {
            addError("there is no encoder in it");
            return;
        }
        encoder.start();
        super.start();
    }

    @Override
    public void stop() {
        if (encoder != null) {
            encoder.stop();
        }
        super.stop();
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return encoder == null ? new byte[0] : masked(encoder.encode(event));
    }

    private static byte[] masked(byte @Nullable [] encoded) {
        if (encoded == null) {
            return new byte[0];
        }
        Redactor redactor = inForce;
        String line = new String(encoded, StandardCharsets.UTF_8);
        return (line.startsWith("{") ? json(redactor, line) : redactor.text(line)).getBytes(StandardCharsets.UTF_8);
    }

    /** Value by value: in the text of JSON, what is looked for may be escaped. */
    private static String json(Redactor redactor, String line) {
        try {
            return JSON.writeValueAsString(masked(redactor, "", JSON.readTree(line))) + System.lineSeparator();
        } catch (JsonProcessingException e) {
            return redactor.text(line);
        }
    }

    private static JsonNode masked(Redactor redactor, String name, JsonNode json) {
        if (json instanceof ObjectNode object) {
            object.properties().forEach(field -> field.setValue(masked(redactor, field.getKey(), field.getValue())));
        } else if (json instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, masked(redactor, name, array.get(i)));
            }
        } else if (json.isTextual()) {
            return TextNode.valueOf(redactor.value(name, json.textValue()));
        }
        return json;
    }

    @Override
    public byte[] headerBytes() {
        return encoder == null ? new byte[0] : encoder.headerBytes();
    }

    @Override
    public byte[] footerBytes() {
        return encoder == null ? new byte[0] : encoder.footerBytes();
    }
}
