package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.TargetType;
import dev.stepback.target.controllerrevision.RevisionedParity;
import dev.stepback.target.controllerrevision.RevisionedRelease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/**
 * What a StatefulSet's rollback does on a cluster, side by side with {@code kubectl rollout undo}. Runs on the sandbox
 * cluster, and with {@code -Dstepback.it.kubeconfig=FILE} on a real one.
 */
class StatefulSetParityIT extends RevisionedParity {
    @Override
    protected TargetType target(KubernetesClient client) {
        return StatefulSetTarget.of(client, new Redactor(List.of()), Clock.systemUTC());
    }

    @Override
    protected void small(ObjectNode spec) {
        spec.put("replicas", 2);
    }

    @Test
    void undoToN_goesToN() {
        RevisionedRelease db = of("to-n", "3.7", "3.8", "3.9");

        db.undo(OptionalLong.of(1));

        assertThat(db.tag()).isEqualTo("3.7");
        assertThat(db.numbers()).containsExactly("4=3.7", "3=3.9", "2=3.8");
    }

    @Test
    void scalingAfterThePlan_disturbsNothing_andASecondStartChangesNothing() {
        RevisionedRelease db = of("scaling", "3.7", "3.8");
        Plan plan = db.planned(PREVIOUS);
        db.edit(object -> ((ObjectNode) object.path("spec")).put("replicas", 3));
        assertThat(db.target().changedSince(db.ref, plan)).isEmpty();

        db.run(plan);
        long generation = db.live().at("/metadata/generation").asLong();
        assertThat(db.start(plan, 0)).isEqualTo(new Step.Start.Started());

        assertThat(db.live().at("/metadata/generation").asLong()).isEqualTo(generation);
        assertThat(db.states()).containsExactly("3.7", "3.7", "3.7");
    }

    @Test
    void plan_changesNothing_andSaysThatDataStays() {
        RevisionedRelease db = of("plan", "3.7", "3.8");
        db.awaitStatus(State.DONE);

        Plan plan = db.planned(PREVIOUS);

        assertThat(plan.blocked()).isFalse();
        assertThat(plan.findings())
                .contains(
                        Finding.pass("dry-run", "The API server accepts the change."),
                        Finding.pass("permission", "Stepback may patch this StatefulSet."),
                        Finding.pass("rollout", "No other rollout is in progress."))
                .anySatisfy(f -> assertThat(f.message()).contains("volumes are not rolled back"));
        assertThat(db.tag()).isEqualTo("3.8");
    }

    @Test
    void partition_isKept_andSaid() {
        RevisionedRelease db = of("partition", "3.7");
        db.edit(object -> ((ObjectNode) object.path("spec"))
                .withObject("/updateStrategy/rollingUpdate")
                .put("partition", 1));
        db.awaitStatus(State.DONE);
        db.deploy("3.8");
        await().atMost(RevisionedRelease.PATIENCE).until(() -> db.states().equals(List.of("3.7", "3.8")));

        Plan plan = db.undo(PREVIOUS);

        assertThat(plan.findings()).anySatisfy(f -> assertThat(f.message()).contains("partition stays 1"));
        assertThat(db.states()).containsExactly("3.7", "3.7");
        assertThat(db.live().at("/spec/updateStrategy/rollingUpdate/partition").asInt())
                .isEqualTo(1);
    }
}
