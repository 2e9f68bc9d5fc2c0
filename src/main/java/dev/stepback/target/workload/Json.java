package dev.stepback.target.workload;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * JSON as trees. A typed model would drop the fields that it does not know, and a template that lost a field on its
 * way through Stepback would no longer be the one that ran before.
 */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final ObjectWriter SORTED = MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

    private static final Set<String> VALUES = Set.of("data", "stringData", "binaryData", "annotations");

    private Json() {}

    /** @throws IllegalArgumentException when the text is not JSON */
    public static JsonNode parse(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** @throws IllegalArgumentException when the text is not a JSON object */
    public static ObjectNode parseObject(String text) {
        if (parse(text) instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException("not a JSON object");
    }

    /**
     * Reads an object but skips its data and its annotations: they are never in memory as a whole.
     *
     * @throws IOException when it is not JSON, or cannot be read to its end
     */
    static JsonNode withoutValues(InputStream text) throws IOException {
        try (JsonParser parser = MAPPER.createParser(text)) {
            parser.nextToken();
            return withoutValues(parser);
        }
    }

    private static JsonNode withoutValues(JsonParser parser) throws IOException {
        if (!parser.hasToken(JsonToken.START_OBJECT)) {
            return MAPPER.readTree(parser);
        }
        ObjectNode object = object();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            if (VALUES.contains(name)) {
                parser.skipChildren();
            } else {
                object.set(name, withoutValues(parser));
            }
        }
        return object;
    }

    /** One line, properties sorted by name: equal trees give equal text. */
    public static String canonical(JsonNode node) {
        try {
            return SORTED.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    public static Stream<JsonNode> elements(JsonNode array) {
        Iterator<JsonNode> elements = array.elements();
        return StreamSupport.stream(((Iterable<JsonNode>) () -> elements).spliterator(), false);
    }

    /** The value of an annotation of an API object, or empty. */
    public static String annotation(JsonNode object, String key) {
        return object.path("metadata").path("annotations").path(key).asText("");
    }

    /** The labels of an API object. */
    public static Map<String, String> labels(JsonNode object) {
        return object.path("metadata").path("labels").properties().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, label -> label.getValue().asText()));
    }

    public static String uid(JsonNode object) {
        return object.path("metadata").path("uid").asText("");
    }

    public static String name(JsonNode object) {
        return object.path("metadata").path("name").asText("");
    }

    /** When the API object was made; the epoch when it does not say. */
    public static Instant createdAt(JsonNode object) {
        String time = object.path("metadata").path("creationTimestamp").asText("");
        return time.isEmpty() ? Instant.EPOCH : Instant.parse(time);
    }

    /** The condition of this type in a status. */
    public static Optional<JsonNode> condition(JsonNode status, String type) {
        return elements(status.path("conditions"))
                .filter(c -> c.path("type").asText().equals(type))
                .findFirst();
    }
}
