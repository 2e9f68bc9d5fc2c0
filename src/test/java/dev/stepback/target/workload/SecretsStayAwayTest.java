package dev.stepback.target.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Whether a Secret is there, and since when, is all that is read of it. */
class SecretsStayAwayTest {
    private static final String SECRET = """
        {"kind":"Secret","apiVersion":"v1","data":{"password":"aHVudGVyMg=="},"stringData":{"a":"hunter2"},
         "metadata":{"name":"db","uid":"u1","creationTimestamp":"2026-11-21T03:00:00Z",
          "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\\"data\\":{\\"password\\":\\"aHVudGVyMg==\\"}}"},
          "managedFields":[{"manager":"kubectl","time":"2026-11-21T03:05:00Z","fieldsV1":{"f:data":{"f:password":{}}}}]}}
        """;

    @Test
    void metadata_hasNeitherDataNorAnnotations() throws IOException {
        var read = Json.withoutValues(new ByteArrayInputStream(SECRET.getBytes(StandardCharsets.UTF_8)));

        assertThat(read.toString()).doesNotContain("aHVudGVyMg", "hunter2", "last-applied");
        assertThat(Json.name(read)).isEqualTo("db");
        assertThat(Writer.last(read)).map(Writer::manager).hasValue("kubectl");
    }
}
