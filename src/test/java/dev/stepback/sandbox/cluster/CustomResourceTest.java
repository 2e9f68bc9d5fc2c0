package dev.stepback.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.sandbox.cluster.RawClient.Answer;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CustomResourceTest {
    private static final String DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static final String WIDGETS = "/apis/example.com/v1/namespaces/default/widgets";
    private static final String DEFINITION = """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
        "metadata":{"name":"widgets.example.com"},"spec":{"group":"example.com","scope":"Namespaced",
        "names":{"plural":"widgets","kind":"Widget","shortNames":["wd"]},"versions":[{"name":"v1","served":true,
        "storage":true,"subresources":{"status":{}},
        "additionalPrinterColumns":[{"name":"Size","type":"integer","jsonPath":".spec.size"}],
        "schema":{"openAPIV3Schema":{"type":"object","required":["spec"],"properties":{
          "spec":{"type":"object","required":["color"],
          "x-kubernetes-validations":[{"rule":"!has(self.code) || !has(self.shape)","message":"one of both"}],
          "properties":{
            "color":{"type":"string","enum":["red","blue"]},
            "code":{"type":"string","pattern":"^[a-z]+$","nullable":true},
            "size":{"type":"integer","minimum":1,"default":3},
            "shape":{"type":"string","x-kubernetes-validations":[{"rule":"self == oldSelf","message":"shape is immutable"}]}}},
          "status":{"type":"object","properties":{"phase":{"type":"string"}}}}}}}]}}\
        """;

    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final RawClient api = new RawClient(cluster);

    @BeforeEach
    void define() {
        assertThat(api.post(DEFINITIONS, DEFINITION).code()).isEqualTo(201);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void definition_isEstablishedAndDiscovered() {
        JsonNode definition = api.get(DEFINITIONS + "/widgets.example.com").body();

        assertThat(definition.at("/status/conditions").findValuesAsText("type"))
                .containsExactly("NamesAccepted", "Established");
        assertThat(api.get("/apis/example.com/v1").body().at("/resources").findValuesAsText("name"))
                .containsExactly("widgets", "widgets/status");
    }

    @Test
    void unknownFields_arePruned_andDefaultsSet() {
        JsonNode created = api.post(WIDGETS, widget("{\"color\":\"red\",\"weight\":5,\"code\":null}"))
                .body();

        assertThat(created.at("/spec/weight").isMissingNode()).isTrue();
        assertThat(created.at("/spec/size").asInt()).isEqualTo(3);
        assertThat(created.at("/spec/code").isNull()).isTrue();
    }

    @Test
    void whatTheSchemaForbids_is422() {
        assertInvalid("{\"size\":2}", "spec.color: Required value");
        assertInvalid("{\"color\":\"green\"}", "Unsupported value: \"green\"");
        assertInvalid("{\"color\":\"red\",\"size\":0}", "greater than or equal to 1");
        assertInvalid("{\"color\":\"red\",\"size\":\"big\"}", "must be of type integer");
        assertInvalid("{\"color\":\"red\",\"code\":\"A1\"}", "should match '^[a-z]+$'");
        assertThat(api.post(WIDGETS, widget("{}").replace(",\"spec\":{}", "")).code())
                .isEqualTo(422);
    }

    @Test
    void transitionRules_areEvaluated() {
        api.post(WIDGETS, widget("{\"color\":\"red\",\"shape\":\"round\"}"));

        Answer same = api.patch(WIDGETS + "/w", "merge-patch", "{\"spec\":{\"color\":\"blue\"}}");
        assertThat(same.code()).isEqualTo(200);
        Answer other = api.patch(WIDGETS + "/w", "merge-patch", "{\"spec\":{\"shape\":\"flat\"}}");
        assertThat(other.code()).isEqualTo(422);
        assertThat(other.body().path("message").asText()).contains("spec.shape").contains("shape is immutable");
    }

    @Test
    void ruleAboutNoTransition_holdsFromTheBeginning() {
        assertThat(api.post(WIDGETS, widget("{\"color\":\"red\",\"shape\":\"round\",\"code\":\"a\"}"))
                        .body()
                        .path("message")
                        .asText())
                .contains("one of both");
    }

    @Test
    void aRuleThatCannotBeEvaluated_isRefusedWithItsDefinition() {
        Answer answer =
                api.put(DEFINITIONS + "/widgets.example.com", DEFINITION.replace("self == oldSelf", "self.size() < 5"));

        assertThat(answer.code()).isEqualTo(422);
    }

    @Test
    void statusAndSpec_areWrittenApart() {
        api.post(WIDGETS, widget("{\"color\":\"red\"}"));

        Answer status = api.patch(
                WIDGETS + "/w/status", "merge-patch", "{\"status\":{\"phase\":\"New\"},\"spec\":{\"color\":\"blue\"}}");
        assertThat(status.body().at("/status/phase").asText()).isEqualTo("New");
        assertThat(status.body().at("/spec/color").asText()).isEqualTo("red");
        Answer spec = api.patch(WIDGETS + "/w", "merge-patch", "{\"status\":{\"phase\":\"Old\"}}");
        assertThat(spec.body().at("/status/phase").asText()).isEqualTo("New");
        assertThat(spec.body().at("/metadata/generation").asInt()).isEqualTo(1);
    }

    @Test
    void strategicMergePatch_is415_andAnUpdateNeedsAVersion() {
        api.post(WIDGETS, widget("{\"color\":\"red\"}"));

        assertThat(api.patch(WIDGETS + "/w", "strategic-merge-patch", "{}").code())
                .isEqualTo(415);
        assertThat(api.put(WIDGETS + "/w", widget("{\"color\":\"blue\"}")).code())
                .isEqualTo(422);
    }

    @Test
    void apply_ofTheStatus_leavesTheSpec() {
        api.post(WIDGETS, widget("{\"color\":\"red\"}"));

        Answer applied = api.patch(
                WIDGETS + "/w/status?fieldManager=op&force=true",
                "apply-patch",
                "{\"apiVersion\":\"example.com/v1\",\"kind\":\"Widget\",\"metadata\":{\"name\":\"w\"},\"status\":{\"phase\":\"New\"}}");

        assertThat(applied.body().at("/status/phase").asText()).isEqualTo("New");
        assertThat(applied.body().at("/spec/color").asText()).isEqualTo("red");
    }

    @Test
    void deletingTheDefinition_deletesItsObjects() {
        api.post(WIDGETS, widget("{\"color\":\"red\"}"));

        api.delete(DEFINITIONS + "/widgets.example.com", "");

        assertThat(api.get(WIDGETS).code()).isEqualTo(404);
        api.post(DEFINITIONS, DEFINITION);
        assertThat(api.get(WIDGETS).body().path("items")).isEmpty();
    }

    private void assertInvalid(String spec, String message) {
        Answer answer = api.post(WIDGETS, widget(spec));
        assertThat(answer.code()).isEqualTo(422);
        assertThat(answer.body().path("message").asText()).contains(message);
    }

    private static String widget(String spec) {
        return "{\"apiVersion\":\"example.com/v1\",\"kind\":\"Widget\",\"metadata\":{\"name\":\"w\"},\"spec\":" + spec
                + "}";
    }
}
