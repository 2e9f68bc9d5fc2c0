package dev.stepback.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What kubectl sends as protobuf, byte by byte. */
class ProtobufTest {
    private static byte[] field(int number, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(number << 3 | 2);
        out.write(content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] text(int number, String content) {
        return field(number, content.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] number(int number, int value) {
        return new byte[] {(byte) (number << 3), (byte) value};
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] object(String kind, byte[] content) {
        byte[] type = join(text(1, "apps/v1"), text(2, kind));
        return join(new byte[] {'k', '8', 's', 0}, field(1, type), field(2, content));
    }

    @Test
    void fields_getTheirNames() {
        byte[] label = join(text(1, "app"), text(2, "web"));
        byte[] metadata = join(text(1, "web"), text(3, "shop"), field(11, label), field(8, new byte[0]));
        byte[] deployment = object("Deployment", join(field(1, metadata), field(2, number(1, 3))));

        assertThat(Protobuf.read(deployment))
                .hasToString("{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\","
                        + "\"namespace\":\"shop\",\"labels\":{\"app\":\"web\"}},\"spec\":{\"replicas\":3}}");
    }

    @Test
    void zero_isKeptWhereItMeansSomething() {
        byte[] spec = join(number(1, 0), number(5, 0), number(7, 0));

        assertThat(Protobuf.read(object("Deployment", field(2, spec))).path("spec"))
                .hasToString("{\"replicas\":0}");
    }

    @Test
    void intOrString_isEither() {
        byte[] percent = field(2, join(number(1, 1), number(2, 0), text(3, "25%")));
        byte[] count = field(1, join(number(1, 0), number(2, 2), text(3, "")));
        byte[] strategy = field(4, field(2, join(count, percent)));

        assertThat(Protobuf.read(object("Deployment", field(2, strategy))).at("/spec/strategy/rollingUpdate"))
                .hasToString("{\"maxUnavailable\":2,\"maxSurge\":\"25%\"}");
    }

    @Test
    void whatIsNotKnown_isRefusedRatherThanLost() {
        assertThatThrownBy(() -> Protobuf.read(object("Deployment", text(15, "x"))))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("field 15 of Deployment");
        assertThatThrownBy(() -> Protobuf.read(object("Gadget", new byte[0])))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("Gadget");
    }

    @Test
    void brokenBytes_areABadRequest() {
        byte[] whole = object("Deployment", text(1, "x"));
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);
            try {
                assertThat(Protobuf.read(cut)).isNotNull();
            } catch (ApiException e) {
                assertThat(e.code()).isEqualTo(400);
            }
        }
    }
}
