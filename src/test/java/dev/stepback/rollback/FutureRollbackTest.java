package dev.stepback.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rollbacks that a newer version wrote, or somebody by hand past the schema, are left alone and harm no other. */
class FutureRollbackTest {
    private static final ResourceDefinitionContext ROLLBACKS = new ResourceDefinitionContext.Builder()
            .withGroup(Rollback.GROUP)
            .withVersion("v1")
            .withKind("Rollback")
            .withPlural("rollbacks")
            .withNamespaced(true)
            .build();
    private static final String SPEC = """
        target: {kind: Deployment, name: checkout}
        reason: crashes
        requestedBy: {id: U1, name: ana}
        origin: {channel: C1}
        deadlineSeconds: 600\
        """;
    private static final Map<String, String> STRANGE = Map.ofEntries(
            Map.entry("operation", "spec:\n" + indented(SPEC + "\noperation: Teleport")),
            Map.entry("kind", "spec:\n" + indented(SPEC.replace("Deployment", "Constellation"))),
            Map.entry("field", "spec:\n" + indented(SPEC + "\ntargets: [{kind: Deployment, name: checkout}]")),
            Map.entry("type", "spec:\n" + indented(SPEC.replace("600", "soon"))),
            Map.entry(
                    "verdict",
                    "spec:\n"
                            + indented(SPEC + "\ndecisions: [{verdict: Abstained, by: {id: U2, name: lea}, at:"
                                    + " '2026-11-21T14:00:00Z', planHash: abc}]")),
            Map.entry("origin", "spec:\n" + indented(SPEC.replace("origin: {channel: C1}\n", ""))),
            Map.entry("nothing", "spec: {}"),
            Map.entry("bare", "# no spec at all"),
            Map.entry("text", "spec: later"),
            Map.entry("phase", "spec:\n" + indented(SPEC) + "\nstatus: {phase: Hibernating}"),
            Map.entry("plan", "spec:\n" + indented(SPEC) + "\nstatus: {phase: Running, plan: {hash: abc}}"),
            Map.entry("steps", "spec:\n" + indented(SPEC) + "\nstatus: {phase: Running, steps: 7}"));

    private final Shop shop = new Shop();

    @BeforeEach
    void loosen() {
        CustomResourceDefinition crd = shop.client
                .apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName("rollbacks.stepback.dev")
                .get();
        var schema = crd.getSpec().getVersions().get(0).getSchema().getOpenAPIV3Schema();
        schema.setProperties(Map.of());
        schema.setRequired(List.of());
        schema.setXKubernetesPreserveUnknownFields(true);
        shop.client.resource(crd).update();
    }

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @Test
    void thoseThatWereThereBefore_harmNoOther() {
        STRANGE.forEach(this::create);
        List<String> before = versions();
        shop.engine();

        String name = shop.requestAndApprove("delivery");
        shop.finishRollout(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);

        assertThat(shop.undos()).isEqualTo(1);
        assertThat(versions()).containsAll(before);
        assertThat(shop.rollbacks.list(100))
                .extracting(r -> r.getMetadata().getName())
                .containsExactly(name);
        assertThat(STRANGE.keySet())
                .allSatisfy(strange -> assertThat(shop.rollbacks.find("production", "strange-" + strange))
                        .isEmpty());
    }

    @Test
    void thoseThatComeWhileOneRuns_harmNoOther() {
        RollbackOperator engine = shop.engine();
        String name = shop.requestAndApprove("delivery");
        STRANGE.forEach(this::create);
        List<String> before = versions();

        shop.finishRollout(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);
        shop.rollout("0 of 3");
        String second = shop.requestAndApprove("another");
        shop.finishRollout(second);
        shop.awaitPhase(second, Phase.SUCCEEDED);

        assertThat(versions()).containsAll(before);
        assertThat(engine.leading()).isTrue();
        assertThat(engine.health().get()).isEmpty();
    }

    private void create(String strange, String content) {
        String yaml = """
            apiVersion: stepback.dev/v1
            kind: Rollback
            metadata:
              name: strange-%s
              namespace: production
              labels: {stepback.dev/target-kind: Deployment, stepback.dev/target-name: checkout}
            """.formatted(strange) + content;
        shop.client
                .genericKubernetesResources(ROLLBACKS)
                .inNamespace("production")
                .load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .create();
        if (content.contains("\nstatus")) {
            GenericKubernetesResource wanted = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
            // Whatever the engine writes at the same time: a patch has no version that could be outdated.
            shop.client
                    .genericKubernetesResources(ROLLBACKS)
                    .inNamespace("production")
                    .withName("strange-" + strange)
                    .subresource("status")
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            Serialization.asJson(Map.of(
                                    "status", wanted.getAdditionalProperties().get("status"))));
        }
    }

    private List<String> versions() {
        return shop.client.genericKubernetesResources(ROLLBACKS).inNamespace("production").list().getItems().stream()
                .filter(r -> r.getMetadata().getName().startsWith("strange-"))
                .map(r -> r.getMetadata().getName() + "@" + r.getMetadata().getResourceVersion())
                .toList();
    }

    private static String indented(String yaml) {
        return yaml.indent(2).stripTrailing();
    }
}
