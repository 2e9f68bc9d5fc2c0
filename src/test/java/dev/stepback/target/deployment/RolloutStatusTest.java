package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Rollout;
import dev.stepback.target.Step.Observation;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutStatusTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "3 | 2 | 3 | 3 | RUNNING | Waiting for deployment spec update to be observed...",
                "4 | 2 | 3 | 3 | RUNNING | Waiting for deployment \"checkout\" rollout to finish: 2 out of 3 new replicas have been updated...",
                "4 | 3 | 5 | 3 | RUNNING | Waiting for deployment \"checkout\" rollout to finish: 2 old replicas are pending termination...",
                "4 | 3 | 3 | 1 | RUNNING | Waiting for deployment \"checkout\" rollout to finish: 1 of 3 updated replicas are available...",
                "4 | 3 | 3 | 3 | DONE    | deployment \"checkout\" successfully rolled out",
            })
    void sentence_isKubectls(
            long observed, int updated, int replicas, int available, Observation.State state, String sentence) {
        ObjectNode deployment = Shop.deployment(4, "4.0");
        ((ObjectNode) deployment.path("status"))
                .put("observedGeneration", observed)
                .put("updatedReplicas", updated)
                .put("replicas", replicas)
                .put("availableReplicas", available);

        Observation observation = RolloutStatus.of(Shop.workload(deployment), Optional.empty());

        assertThat(observation.state()).isEqualTo(state);
        assertThat(observation.message()).isEqualTo(sentence);
    }

    @Test
    void deadlineExceeded_fails() {
        assertThat(RolloutStatus.of(stuck("2026-11-21T14:00:00Z"), Optional.empty()))
                .extracting(Observation::state, Observation::message)
                .containsExactly(Observation.State.FAILED, "deployment \"checkout\" exceeded its progress deadline");
    }

    @Test
    void deadlineExceededBeforeTheChange_saysNothingAboutIt() {
        Workload stuck = stuck("2026-11-21T14:00:00Z");

        assertThat(RolloutStatus.of(stuck, Optional.of(Instant.parse("2026-11-21T14:05:00Z")))
                        .state())
                .isEqualTo(Observation.State.DONE);
        assertThat(RolloutStatus.of(stuck, Optional.of(Instant.parse("2026-11-21T13:50:00Z")))
                        .state())
                .isEqualTo(Observation.State.FAILED);
    }

    @Test
    void figures_areTheReplicaSets() {
        ObjectNode updated = Shop.replicaSet(4, "4.0");
        ((ObjectNode) updated.path("status")).put("replicas", 2).put("availableReplicas", 1);
        ObjectNode old = Shop.replicaSet(3, "3.0");
        ((ObjectNode) old.path("status")).put("replicas", 2).put("availableReplicas", 2);

        Rollout rollout = Objects.requireNonNull(
                RolloutStatus.of(Shop.workload(Shop.deployment(4, "4.0"), updated, old), Optional.empty())
                        .rollout());

        assertThat(rollout.desired()).isEqualTo(3);
        assertThat(rollout.updated()).isEqualTo(2);
        assertThat(rollout.available()).isEqualTo(1);
        assertThat(rollout.old()).isEqualTo(2);
    }

    private static Workload stuck(String since) {
        ObjectNode deployment = Shop.deployment(4, "4.0");
        Shop.array((ObjectNode) deployment.path("status"), "conditions")
                .addObject()
                .put("type", "Progressing")
                .put("status", "False")
                .put("reason", "ProgressDeadlineExceeded")
                .put("lastUpdateTime", since);
        return Shop.workload(deployment);
    }
}
