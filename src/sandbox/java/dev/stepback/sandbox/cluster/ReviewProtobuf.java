package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Reads access reviews in Kubernetes' protobuf encoding, the only one in which {@code kubectl auth can-i} sends them
 * (Kubernetes: {@code k8s.io/api/authorization/v1/generated.proto}, {@code k8s.io/apimachinery/pkg/runtime}). Fields
 * that decide nothing here are left out.
 */
final class ReviewProtobuf {
    static final String MEDIA_TYPE = "application/vnd.kubernetes.protobuf";

    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final int TYPE = 1;
    private static final int RAW = 2;
    private static final int LENGTH_DELIMITED = 2;

    private static final Map<Integer, Field> RESOURCE = Map.of(
            1, Field.text("namespace"),
            2, Field.text("verb"),
            3, Field.text("group"),
            5, Field.text("resource"),
            6, Field.text("subresource"),
            7, Field.text("name"));
    private static final Map<Integer, Field> PATH = Map.of(1, Field.text("path"), 2, Field.text("verb"));
    private static final Map<Integer, Field> ATTRIBUTES = Map.of(
            1, Field.message("resourceAttributes", RESOURCE),
            2, Field.message("nonResourceAttributes", PATH));
    private static final Map<Integer, Field> SUBJECT = Map.of(
            1, Field.message("resourceAttributes", RESOURCE),
            2, Field.message("nonResourceAttributes", PATH),
            3, Field.text("user"),
            4, Field.texts("groups"),
            6, Field.text("uid"));
    private static final Map<String, Map<Integer, Field>> SPECS = Map.of(
            "SelfSubjectAccessReview", ATTRIBUTES,
            "SubjectAccessReview", SUBJECT,
            "SelfSubjectRulesReview", Map.of(1, Field.text("namespace")));

    private final byte[] bytes;
    private int at;

    private ReviewProtobuf(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A field that is read. */
    private record Field(String name, boolean repeated, Map<Integer, Field> message) {
        static Field text(String name) {
            return new Field(name, false, Map.of());
        }

        static Field texts(String name) {
            return new Field(name, true, Map.of());
        }

        static Field message(String name, Map<Integer, Field> fields) {
            return new Field(name, false, fields);
        }
    }

    /** @throws ApiException with code 400 when it is no review */
    static ObjectNode read(byte[] body) {
        if (body.length < MAGIC.length || !Arrays.equals(body, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw Failures.badRequest("the body is not in Kubernetes' protobuf encoding");
        }
        try {
            ObjectNode envelope = new ReviewProtobuf(Arrays.copyOfRange(body, MAGIC.length, body.length))
                    .message(Map.of(
                            TYPE,
                            Field.message("type", Map.of(1, Field.text("apiVersion"), 2, Field.text("kind"))),
                            RAW,
                            Field.text("raw")));
            ObjectNode review = Json.object();
            review.setAll((ObjectNode) envelope.withObject("/type"));
            String kind = review.path("kind").asText();
            byte[] raw = envelope.path("raw").asText().getBytes(StandardCharsets.ISO_8859_1);
            review.setAll(new ReviewProtobuf(raw)
                    .message(Map.of(2, Field.message("spec", SPECS.getOrDefault(kind, Map.of())))));
            return review;
        } catch (IndexOutOfBoundsException e) {
            throw Failures.badRequest("the body ends too early");
        }
    }

    private ObjectNode message(Map<Integer, Field> fields) {
        ObjectNode message = Json.object();
        while (at < bytes.length) {
            long key = varint();
            byte[] value = value((int) (key & 7));
            Field field = fields.get((int) (key >>> 3));
            if (field == null) {
                continue;
            }
            if (!field.message().isEmpty()) {
                message.set(field.name(), new ReviewProtobuf(value).message(field.message()));
            } else if (field.name().equals("raw")) {
                message.put(field.name(), new String(value, StandardCharsets.ISO_8859_1));
            } else if (field.repeated()) {
                message.withArray("/" + field.name()).add(new String(value, StandardCharsets.UTF_8));
            } else if (value.length > 0) {
                message.put(field.name(), new String(value, StandardCharsets.UTF_8));
            }
        }
        return message;
    }

    /** The bytes of the next value; those of numbers are of no interest. */
    private byte[] value(int wireType) {
        int length = switch (wireType) {
            case 0 -> {
                varint();
                yield 0;
            }
            case 1 -> 8;
            case LENGTH_DELIMITED -> (int) varint();
            case 5 -> 4;
            default -> throw Failures.badRequest("the body has an unknown wire type");
        };
        if (length < 0 || length > bytes.length - at) {
            throw new IndexOutOfBoundsException();
        }
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = bytes[at++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw Failures.badRequest("the body has a number that is too long");
    }
}
