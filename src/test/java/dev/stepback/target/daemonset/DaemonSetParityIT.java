package dev.stepback.target.daemonset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.TargetType;
import dev.stepback.target.controllerrevision.RevisionedParity;
import dev.stepback.target.controllerrevision.RevisionedRelease;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a DaemonSet's rollback does on a cluster, side by side with {@code kubectl rollout undo}. Runs on the sandbox
 * cluster, and with {@code -Dstepback.it.kubeconfig=FILE} on a real one.
 */
class DaemonSetParityIT extends RevisionedParity {
    @Override
    protected TargetType target(KubernetesClient client) {
        return DaemonSetTarget.of(client, new Redactor(List.of()), Clock.systemUTC());
    }

    @Test
    void brokenRelease_isUndone_withoutDeletingPods() {
        RevisionedRelease agent = of("broken", "3.7");
        agent.awaitStatus(State.DONE);
        agent.deploy("3.8-unready");
        await().atMost(RevisionedRelease.PATIENCE).until(() -> agent.states().contains("3.8-unready!"));

        Plan plan = agent.undo(PREVIOUS);

        assertThat(plan.steps())
                .extracting(PlannedStep::type)
                .containsExactly("daemonset.undo", "daemonset.await-rollout");
        assertThat(agent.states()).containsOnly("3.7");
    }

    @Test
    void onDelete_replacesThePodsOfTheRelease_oneNodeAfterTheOther() {
        RevisionedRelease agent =
                of("on-delete", spec -> spec.putObject("updateStrategy").put("type", "OnDelete"), "3.7");
        agent.awaitStatus(State.DONE);
        agent.deploy("3.8-unready");
        String replaced = agent.pods().get(0).getMetadata().getName();
        String node = agent.pods().get(0).getSpec().getNodeName();
        cluster.client()
                .pods()
                .inNamespace(cluster.namespace())
                .withName(replaced)
                .delete();
        await().atMost(RevisionedRelease.PATIENCE).until(() -> agent.states().contains("3.8-unready!"));

        Plan plan = agent.planned(PREVIOUS);
        assertThat(plan.findings())
                .contains(Finding.warn(
                        "strategy", "Its strategy is OnDelete: its pods on 1 node will be deleted, one at a time."));
        assertThat(plan.steps())
                .extracting(PlannedStep::description)
                .contains("Delete the pod on %s and wait for the new one".formatted(node));
        agent.run(plan);

        assertThat(agent.states()).containsOnly("3.7");
    }
}
