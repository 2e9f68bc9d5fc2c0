package dev.stepback.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import org.junit.jupiter.api.Test;

class RolloutProgressTest {
    @Test
    void statefulSet_isSettledWhenItsStatusNamesOneRevision_whateverItsPodsDo() {
        assertThat(RolloutProgress.of(set("db-1", "db-1", 1, 2)).settled()).isTrue();
        assertThat(RolloutProgress.of(set("db-1", "db-2", 1, 2)).settled()).isFalse();
    }

    @Test
    void statefulSetWithAPartitionOfNothing_isSettledWhenAllPodsAreNewAndReady() {
        assertThat(RolloutProgress.of(set("db-1", "db-2", 3, 3)).settled()).isTrue();
    }

    @Test
    void specThatTheControllerHasNotSeen_isNotSettled() {
        StatefulSet set = set("db-1", "db-1", 3, 3);
        set.getMetadata().setGeneration(3L);

        assertThat(RolloutProgress.of(set).settled()).isFalse();
    }

    @Test
    void daemonSet_isSettledWhenAllPodsAreNew() {
        assertThat(RolloutProgress.of(daemons(2)).settled()).isFalse();
        assertThat(RolloutProgress.of(daemons(3)).settled()).isTrue();
    }

    @Test
    void podThatIsReplaced_isAnotherState() {
        assertThat(RolloutProgress.of(daemons(1)).state())
                .isNotEqualTo(RolloutProgress.of(daemons(2)).state());
    }

    private static StatefulSet set(String current, String update, int updated, int ready) {
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withGeneration(2L)
                .endMetadata()
                .withNewSpec()
                .withReplicas(3)
                .endSpec()
                .withNewStatus()
                .withObservedGeneration(2L)
                .withCurrentRevision(current)
                .withUpdateRevision(update)
                .withUpdatedReplicas(updated)
                .withReadyReplicas(ready)
                .endStatus()
                .build();
    }

    private static DaemonSet daemons(int updated) {
        return new DaemonSetBuilder()
                .withNewMetadata()
                .withGeneration(2L)
                .endMetadata()
                .withNewStatus()
                .withObservedGeneration(2L)
                .withDesiredNumberScheduled(3)
                .withUpdatedNumberScheduled(updated)
                .endStatus()
                .build();
    }
}
