package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads objects in Kubernetes' protobuf form, in which kubectl sends what {@code create} and {@code auth can-i} make.
 * Answers are always JSON, which the same clients accept.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding">the encoding</a>
 */
final class Protobuf {
    static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";
    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final Map<String, Map<Integer, Field>> MESSAGES = read();

    private record Field(String name, String type) {}

    private Protobuf() {}

    /** @throws ApiException 400 when it is not such an object or has a field that is not known */
    static ObjectNode read(byte[] body) {
        if (body.length < MAGIC.length || !Arrays.equals(Arrays.copyOf(body, MAGIC.length), MAGIC)) {
            throw Failures.badRequest("the body is not a Kubernetes object in protobuf form");
        }
        ObjectNode object = Json.object();
        byte[] raw = new byte[0];
        Wire envelope = new Wire(Arrays.copyOfRange(body, MAGIC.length, body.length));
        while (envelope.next()) {
            if (envelope.number() == 1) {
                Wire type = new Wire(envelope.bytes());
                while (type.next()) {
                    object.put(type.number() == 1 ? "apiVersion" : "kind", type.text());
                }
            } else if (envelope.number() == 2) {
                raw = envelope.bytes();
            }
        }
        fill(object, object.path("kind").asText(), raw);
        return object;
    }

    private static void fill(ObjectNode object, String message, byte[] bytes) {
        Map<Integer, Field> fields = MESSAGES.get(message);
        if (fields == null) {
            throw Failures.badRequest("the sandbox cannot read a " + message + " in protobuf form; send JSON");
        }
        Wire wire = new Wire(bytes);
        while (wire.next()) {
            Field field = fields.get(wire.number());
            if (field == null) {
                if (!wire.isZero()) {
                    throw Failures.badRequest(
                            "the sandbox does not know field " + wire.number() + " of " + message + "; send JSON");
                }
            } else if (field.name().equals("~")) {
                fill(object, field.type(), wire.bytes());
            } else if (field.type().startsWith("list:")) {
                object.withArray("/" + field.name()).add(value(field.type().substring(5), wire));
            } else if (field.type().startsWith("map:")) {
                entry(object.withObject("/" + field.name()), field.type().substring(4), wire.bytes());
            } else if (!field.type().equals("-")) {
                JsonNode value = value(field.type(), wire);
                if (!isLeftOut(field.type(), value)) {
                    object.set(field.name(), value);
                }
            }
        }
    }

    private static boolean isLeftOut(String type, JsonNode value) {
        boolean zero = type.endsWith("0") && (value.asLong() == 0 && !value.asBoolean());
        return zero || value.isNull() || (value.isTextual() && value.asText().isEmpty());
    }

    private static void entry(ObjectNode map, String type, byte[] bytes) {
        String key = "";
        JsonNode value = type.equals("string") ? TextNode.valueOf("") : Json.MAPPER.nullNode();
        Wire wire = new Wire(bytes);
        while (wire.next()) {
            if (wire.number() == 1) {
                key = wire.text();
            } else {
                value = value(type, wire);
            }
        }
        map.set(key, value);
    }

    private static JsonNode value(String type, Wire wire) {
        return switch (type) {
            case "string" -> TextNode.valueOf(wire.text());
            case "int", "int0" -> Json.MAPPER.getNodeFactory().numberNode(wire.number64());
            case "bool", "bool0" -> Json.MAPPER.getNodeFactory().booleanNode(wire.number64() != 0);
            case "bytes" -> TextNode.valueOf(Base64.getEncoder().encodeToString(wire.bytes()));
            case "Quantity" -> quantity(new Wire(wire.bytes()));
            case "IntOrString" -> intOrString(new Wire(wire.bytes()));
            case "Time", "MicroTime" -> time(new Wire(wire.bytes()));
            default -> {
                ObjectNode message = Json.object();
                fill(message, type, wire.bytes());
                yield message;
            }
        };
    }

    private static JsonNode quantity(Wire wire) {
        return wire.next() ? TextNode.valueOf(wire.text()) : TextNode.valueOf("0");
    }

    private static JsonNode intOrString(Wire wire) {
        boolean isText = false;
        long number = 0;
        String text = "";
        while (wire.next()) {
            switch (wire.number()) {
                case 1 -> isText = wire.number64() == 1;
                case 2 -> number = wire.number64();
                default -> text = wire.text();
            }
        }
        return isText ? TextNode.valueOf(text) : IntNode.valueOf((int) number);
    }

    private static JsonNode time(Wire wire) {
        long seconds = 0;
        while (wire.next()) {
            seconds = wire.number() == 1 ? wire.number64() : seconds;
        }
        return seconds == 0
                ? Json.MAPPER.nullNode()
                : TextNode.valueOf(Instant.ofEpochSecond(seconds).toString());
    }

    private static Map<String, Map<Integer, Field>> read() {
        String table;
        try (InputStream in = Protobuf.class.getResourceAsStream("/kubernetes-fields.txt")) {
            if (in == null) {
                throw new IllegalStateException("kubernetes-fields.txt is not on the class path");
            }
            table = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, Map<Integer, Field>> messages = new HashMap<>();
        for (String line : table.replace("\n  ", " ").lines().toList()) {
            if (!line.startsWith("#")) {
                int colon = line.indexOf(':');
                messages.put(line.substring(0, colon), fields(line.substring(colon + 1)));
            }
        }
        return messages;
    }

    private static Map<Integer, Field> fields(String line) {
        Map<Integer, Field> fields = new HashMap<>();
        for (String field : line.strip().split(",\\s*", -1)) {
            String[] parts = field.split("\\s+", -1);
            if (parts.length == 3) {
                fields.put(Integer.valueOf(parts[0]), new Field(parts[1], parts[2]));
            }
        }
        return fields;
    }
}
