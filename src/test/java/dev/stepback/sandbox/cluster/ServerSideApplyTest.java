package dev.stepback.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.sandbox.cluster.RawClient.Answer;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerSideApplyTest {
    private static final String CONFIG_MAP = "/api/v1/namespaces/default/configmaps/a";

    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final RawClient api = new RawClient(cluster);

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void creates_andThenMerges() {
        assertThat(apply("one", "", "{\"x\":\"1\"}").code()).isEqualTo(201);
        Answer second = apply("two", "", "{\"y\":\"2\"}");

        assertThat(second.code()).isEqualTo(200);
        assertThat(second.body().path("data")).hasToString("{\"x\":\"1\",\"y\":\"2\"}");
    }

    @Test
    void fieldsNoLongerSent_goAway_unlessSomebodyElseOwnsThem() {
        apply("one", "", "{\"x\":\"1\",\"y\":\"2\"}");
        apply("two", "", "{\"y\":\"2\"}");

        Answer answer = apply("one", "", "{\"z\":\"3\"}");

        assertThat(answer.body().path("data")).hasToString("{\"y\":\"2\",\"z\":\"3\"}");
    }

    @Test
    void aFieldOfAnotherManager_isAConflictUnlessForced() {
        apply("one", "", "{\"x\":\"1\"}");

        Answer refused = apply("two", "", "{\"x\":\"2\"}");
        assertThat(refused.code()).isEqualTo(409);
        assertThat(refused.body().path("message").asText()).contains("conflict with \"one\" using v1: .data.x");

        Answer forced = apply("two", "&force=true", "{\"x\":\"2\"}");
        assertThat(forced.body().at("/data/x").asText()).isEqualTo("2");
        assertThat(forced.body().at("/metadata/managedFields").findValuesAsText("manager"))
                .containsExactly("two");
    }

    @Test
    void appliedAgain_isNoNewVersion() {
        Answer first = apply("one", "", "{\"x\":\"1\"}");
        Answer second = apply("one", "", "{\"x\":\"1\"}");

        assertThat(second.body().at("/metadata/resourceVersion"))
                .isEqualTo(first.body().at("/metadata/resourceVersion"));
    }

    @Test
    void withoutAManager_isRefused() {
        assertThat(api.patch(CONFIG_MAP, "apply-patch", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"}")
                        .code())
                .isBetween(400, 422);
    }

    private Answer apply(String manager, String options, String data) {
        return api.patch(
                CONFIG_MAP + "?fieldManager=" + manager + options,
                "apply-patch",
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata: " + data + "\n");
    }
}
