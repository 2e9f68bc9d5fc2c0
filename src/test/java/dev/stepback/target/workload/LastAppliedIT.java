package dev.stepback.target.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.stage.ParityCluster;
import dev.stepback.target.Attribution;
import dev.stepback.target.Finding;
import dev.stepback.target.Guard;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.target.daemonset.DaemonSetTarget;
import dev.stepback.target.deployment.DeploymentTarget;
import dev.stepback.target.statefulset.StatefulSetTarget;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code kubectl apply}, an undo of what it did, and {@code kubectl apply} again. Also on a real cluster. */
class LastAppliedIT {
    private static ParityCluster cluster;
    private static Map<Kind, TargetType> types;

    @TempDir
    private static Path manifests;

    @BeforeAll
    static void open() throws Exception {
        cluster = new ParityCluster();
        types = types(cluster.client());
    }

    @AfterAll
    static void close() throws Exception {
        cluster.close();
    }

    @BeforeEach
    void needsKubectl() {
        assumeTrue(ParityCluster.hasKubectl(), "no kubectl");
    }

    private static Map<Kind, TargetType> types(KubernetesClient client) {
        Redactor redactor = new Redactor(List.of());
        return Map.of(
                Kind.DEPLOYMENT, new DeploymentTarget(client, redactor, Clock.systemUTC()),
                Kind.STATEFULSET, StatefulSetTarget.of(client, redactor, Clock.systemUTC()),
                Kind.DAEMONSET, DaemonSetTarget.of(client, redactor, Clock.systemUTC()));
    }

    private static TargetRef ref(Kind kind, String name) {
        return new TargetRef(cluster.namespace(), kind, name);
    }

    private TargetType type(Kind kind) {
        return Objects.requireNonNull(types.get(kind));
    }

    /** Applies a manifest and waits until it is a revision. */
    private void apply(TargetRef ref, String tag, String more) throws Exception {
        long before = current(ref);
        String manifest = """
            apiVersion: apps/v1
            kind: %s
            metadata: {name: %s}
            spec:
              selector: {matchLabels: {app: %s}}
              template:
                metadata: {labels: {app: %s}}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers: [{name: app, image: 'registry.k8s.io/pause:%s'%s}]
            """.formatted(ref.kind().apiName(), ref.name(), ref.name(), ref.name(), tag, more);
        Path file = Files.writeString(manifests.resolve(ref.name() + ".yaml"), manifest);
        ParityCluster.Printed printed = cluster.kubectl("apply", "--validate=false", "-f", file.toString());
        assertThat(printed.exitCode()).as(printed.text()).isZero();
        await().atMost(Duration.ofMinutes(1)).until(() -> current(ref) > before);
    }

    private long current(TargetRef ref) {
        return type(ref.kind())
                .history(ref)
                .map(history -> history.current().orElse(0))
                .orElse(0L);
    }

    private Plan plan(TargetRef ref, boolean too) {
        PlanRequest request = PlanRequest.again(1, PlanOptions.NONE.updatingLastApplied(too));
        return ((PlanResult.Planned) type(ref.kind()).plan(ref, request)).plan();
    }

    private Step.Start start(TargetRef ref, Plan plan, PlannedStep undo) {
        StepContext context = new StepContext(
                ref,
                plan.targetUid(),
                undo,
                new Attribution("rb-" + ref.name(), "Ana", List.of("Lea"), "", false),
                Guard.NONE);
        return type(ref.kind()).steps().stream()
                .filter(step -> step.type().equals(undo.type()))
                .findFirst()
                .orElseThrow()
                .start(context);
    }

    private static ObjectNode live(TargetRef ref) {
        return new ApiServer(cluster.client(), Optional.empty())
                .get(ApiServer.path(ref))
                .orElseThrow();
    }

    private static JsonNode container(TargetRef ref) {
        return PodTemplate.of(live(ref)).json().at("/spec/containers/0");
    }

    @ParameterizedTest
    @EnumSource
    void nextApply_deletesWhatOnlyTheRestoredRevisionHad(Kind kind) throws Exception {
        TargetRef ref = ref(kind, "both");
        apply(ref, "3.7", ", env: [{name: OLD, value: a}]");
        apply(ref, "3.8", "");
        assertThat(plan(ref, false).findings()).extracting(Finding::check).contains("last-applied-stale");
        Plan plan = plan(ref, true);
        assertThat(plan.hash()).isNotEqualTo(plan(ref, false).hash());
        assertThat(plan.findings()).extracting(Finding::check).contains("last-applied");
        assertThat(plan.findings()).extracting(Finding::check).doesNotContain("last-applied-stale");
        assertThat(type(kind).changedSince(ref, plan)).isEmpty();

        assertThat(start(ref, plan, plan.steps().get(0))).isEqualTo(new Step.Start.Started());

        assertThat(container(ref).at("/env/0/name").asText()).isEqualTo("OLD");
        apply(ref, "3.9", "");
        assertThat(container(ref).path("env").isMissingNode()).isTrue();
        assertThat(container(ref).path("image").asText()).endsWith(":3.9");
    }

    @ParameterizedTest
    @EnumSource
    void applyBetweenPlanAndStart_voidsIt_evenOfTheSameTemplate(Kind kind) throws Exception {
        TargetRef ref = ref(kind, "between");
        apply(ref, "3.7", "");
        apply(ref, "3.8", "");
        Plan plan = plan(ref, true);
        Path file = Files.writeString(
                manifests.resolve("again.yaml"),
                Files.readString(manifests.resolve("between.yaml"))
                        .replace("{name: between}", "{name: between, labels: {team: shop}}"));
        assertThat(cluster.kubectl("apply", "--validate=false", "-f", file.toString())
                        .exitCode())
                .isZero();

        assertThat(type(kind).changedSince(ref, plan).orElseThrow()).contains("was applied again by kubectl");
        assertThat(start(ref, plan, plan.steps().get(0)))
                .isInstanceOfSatisfying(
                        Step.Start.Void.class, v -> assertThat(v.why()).contains("was applied again"));
        assertThat(container(ref).path("image").asText()).endsWith(":3.8");
    }

    @ParameterizedTest
    @EnumSource
    void planThatWouldWriteSomethingElse_isVoid(Kind kind) throws Exception {
        TargetRef ref = ref(kind, "tampered");
        apply(ref, "3.7", "");
        apply(ref, "3.8", "");
        Plan plan = plan(ref, true);
        PlannedStep undo = plan.steps().get(0);
        Map<String, String> parameters = new HashMap<>(undo.parameters());
        // The last of the operations is the one that writes what apply remembers.
        String patch = Objects.requireNonNull(parameters.get("patch"));
        int last = patch.lastIndexOf("pause:3.7");
        parameters.put("patch", patch.substring(0, last) + "pause:evil" + patch.substring(last + 9));

        assertThat(start(ref, plan, new PlannedStep(undo.type(), "", parameters)))
                .isInstanceOf(Step.Start.Void.class);
    }
}
