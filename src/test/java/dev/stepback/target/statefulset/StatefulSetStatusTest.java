package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Kind;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.TargetRef;
import dev.stepback.target.controllerrevision.RevisionPod;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import dev.stepback.target.workload.Yaml;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatefulSetStatusTest {
    private static final TargetRef DB = new TargetRef("production", Kind.STATEFULSET, "db");
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final String ROLLING = "updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 0}}";
    private static final String DONE =
            "observedGeneration: 2, readyReplicas: 3, updatedReplicas: 3, currentReplicas: 3, updateRevision: db-new,"
                    + " currentRevision: db-new";

    @Test
    void newSpec_isWaitedFor() {
        assertThat(of(ROLLING, "observedGeneration: 1", pod("db-new", true)))
                .isEqualTo("RUNNING Waiting for statefulset spec update to be observed...");
    }

    @Test
    void podsThatAreNotReady_areWaitedFor() {
        assertThat(of(ROLLING, "observedGeneration: 2, readyReplicas: 1, updateRevision: db-new", pod("db-new", false)))
                .isEqualTo("RUNNING Waiting for 2 pods to be ready...");
    }

    @Test
    void podThatBlocksTheRollout_isNamed() {
        assertThat(of(
                        ROLLING,
                        "observedGeneration: 2, readyReplicas: 2, updateRevision: db-new",
                        pod("db-old", true),
                        pod("db-old", true),
                        pod("db-bad", false)))
                .isEqualTo("RUNNING Waiting for 1 pods to be ready... pod db-2 is stuck on another revision:"
                        + " the rollout goes on once it is deleted.");
    }

    /** The broken ones use up what may be away, and its controller replaces none of them (kubernetes/kubernetes#137409). */
    @Test
    void parallelPodsThatUseUpMaxUnavailable_areNamed() {
        String parallel = "podManagementPolicy: Parallel, updateStrategy: {type: RollingUpdate, rollingUpdate:"
                + " {partition: 0, maxUnavailable: %s}}";
        String status = "observedGeneration: 2, readyReplicas: 1, updateRevision: db-new";
        RevisionPod[] pods = {pod("db-old", true), pod("db-bad", false), pod("db-bad", false)};
        String stuck = "pods db-2, db-1 are stuck on another revision";
        assertThat(of(parallel.formatted("2"), status, pods)).contains(stuck);
        assertThat(of(parallel.formatted("67%"), status, pods)).contains(stuck);
        assertThat(of(parallel.formatted("10%"), status, pods)).contains(stuck);
        assertThat(of(parallel.formatted("3"), status, pods)).doesNotContain("stuck");
        assertThat(of("podManagementPolicy: Parallel, " + ROLLING, status, pods))
                .doesNotContain("stuck");
    }

    @Test
    void partition_isCountedAsKubectlDoes() {
        String partition = "updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}}";
        String status = "observedGeneration: 2, readyReplicas: 3, updateRevision: db-new, updatedReplicas: ";
        RevisionPod[] pods = {pod("db-old", true), pod("db-old", true), pod("db-new", true)};
        assertThat(of(partition, status + 1, pods))
                .isEqualTo(
                        "RUNNING Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...");
        assertThat(of(partition, status + 2, pod("db-old", true), pod("db-new", true), pod("db-new", true)))
                .isEqualTo("DONE partitioned roll out complete: 2 new pods have been updated...");
    }

    @Test
    void withoutPartition_revisionsAreCompared() {
        String strategy = "updateStrategy: {type: RollingUpdate}";
        assertThat(of(strategy, DONE.replace("currentRevision: db-new", "currentRevision: db-old")))
                .isEqualTo("RUNNING waiting for statefulset rolling update to complete 3 pods at revision db-new...");
        assertThat(of(strategy, DONE, pod("db-new", true), pod("db-new", true), pod("db-new", true)))
                .isEqualTo("DONE statefulset rolling update complete 3 pods at revision db-new...");
    }

    /** On the way back to the current revision the status says from the start that all is done. */
    @Test
    void podThatIsNotYetBack_isWaitedForWhateverTheStatusSays() {
        RevisionPod leaving = pod("db-new", true);
        ((ObjectNode) leaving.json().path("metadata")).put("deletionTimestamp", "2026-11-21T11:59:59Z");
        String waiting = "RUNNING waiting for statefulset rolling update to complete 2 pods at revision db-new...";
        assertThat(of(ROLLING, DONE, pod("db-new", true), leaving, pod("db-new", true)))
                .isEqualTo(waiting);
        assertThat(of("updateStrategy: {type: RollingUpdate}", DONE, pod("db-new", true), pod("db-new", true)))
                .isEqualTo(waiting);
        assertThat(of(ROLLING, DONE, pod("db-new", true), pod("db-old", true), pod("db-new", true)))
                .isEqualTo(waiting);
    }

    /** It goes, but the status still counts it. */
    @Test
    void podThatIsTooMany_doesNotStandForOneThatIsNotYetBack() {
        assertThat(of(
                        ROLLING,
                        DONE,
                        pod("db-old", true),
                        pod("db-new", true),
                        pod("db-new", true),
                        pod("db-new", true)))
                .isEqualTo("RUNNING waiting for statefulset rolling update to complete 2 pods at revision db-new...");
    }

    @Test
    void minReadySeconds_areWaitedFor() {
        String strategy = "minReadySeconds: 30, " + ROLLING;
        RevisionPod young = pod("db-new", true, "2026-11-21T11:59:50Z");
        RevisionPod old = pod("db-new", true, "2026-11-21T11:00:00Z");
        assertThat(of(strategy, DONE, old, old, young)).isEqualTo("RUNNING Waiting for 1 pods to be ready for 30 s...");
        assertThat(of(strategy, DONE, old, old, old)).startsWith("DONE ");
    }

    @Test
    void onDelete_countsThePodsThatWait() {
        String strategy = "updateStrategy: {type: OnDelete}";
        assertThat(of(strategy, DONE.replace("updatedReplicas: 3", "updatedReplicas: 1")))
                .isEqualTo(
                        "RUNNING 1 out of 3 pods run the new template; with the strategy OnDelete the others wait to be"
                                + " deleted");
        assertThat(of(strategy, DONE)).isEqualTo("DONE all 3 pods run the new template");
    }

    @Test
    void figures_areThoseOfThePodsThatAreReplaced() {
        Observation observation = StatefulSetStatus.of(
                workload(
                        "updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}}",
                        "observedGeneration: 2, readyReplicas: 3, updateRevision: db-new, updatedReplicas: 1",
                        pod("db-old", true),
                        pod("db-old", true),
                        pod("db-new", true)),
                NOW);
        assertThat(Objects.requireNonNull(observation.rollout()))
                .extracting(r -> r.desired(), r -> r.updated(), r -> r.available(), r -> r.old())
                .containsExactly(2, 1, 1, 1);
    }

    private static String of(String spec, String status, RevisionPod... pods) {
        Observation observation = StatefulSetStatus.of(workload(spec, status, pods), NOW);
        State state = observation.state();
        return state + " " + observation.message();
    }

    private static RevisionedWorkload workload(String spec, String status, RevisionPod... pods) {
        ObjectNode set = (ObjectNode) Yaml.parse("""
            {metadata: {name: db, uid: u, generation: 2},
             spec: {replicas: 3, template: {spec: {containers: [{name: mysql, image: 'mysql:8.0'}]}}, %s},
             status: {%s}}
            """.formatted(spec, status));
        ObjectNode revision = (ObjectNode) Yaml.parse("""
            {metadata: {name: db-new}, revision: 2,
             data: {spec: {template: {$patch: replace, spec: {containers: [{name: mysql, image: 'mysql:8.0'}]}}}}}
            """);
        List<RevisionPod> named = IntStream.range(0, pods.length)
                .mapToObj(i -> {
                    ObjectNode json = pods[i].json().deepCopy();
                    ((ObjectNode) json.path("metadata")).put("name", "db-" + i);
                    return new RevisionPod(json);
                })
                .toList();
        return new RevisionedWorkload(DB, set, List.of(revision), named);
    }

    private static RevisionPod pod(String revision, boolean ready) {
        return pod(revision, ready, "2026-11-21T11:00:00Z");
    }

    private static RevisionPod pod(String revision, boolean ready, String since) {
        return new RevisionPod((ObjectNode) Yaml.parse("""
            {metadata: {labels: {controller-revision-hash: %s}},
             status: {conditions: [{type: Ready, status: '%s', lastTransitionTime: '%s'}]}}
            """.formatted(revision, ready ? "True" : "False", since)));
    }
}
