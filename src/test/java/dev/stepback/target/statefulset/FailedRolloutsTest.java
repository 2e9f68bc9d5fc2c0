package dev.stepback.target.statefulset;

import static dev.stepback.target.statefulset.StillWorld.JUST_NOW;
import static dev.stepback.target.statefulset.StillWorld.LONG_AGO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.stepback.target.Kind;
import dev.stepback.target.Revision;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which revisions are held to be bad because their rollout failed. */
class FailedRolloutsTest {
    private static final String CRASH = "{waiting: {reason: CrashLoopBackOff}}";
    private static final String PULL = "{waiting: {reason: ErrImagePull, message: not found}}";
    private static final String RUNS = "{running: {}}";

    private final StillWorld world = new StillWorld();

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void revisionInTrouble_isKnownBadOnceItIsReplacedBeforeItsEnd() {
        world.workload("RollingUpdate", 2);
        world.status("updateRevision: w-2, currentRevision: w-1");
        world.pod("w-2", 2, PULL, "False", JUST_NOW);

        assertThat(world.known()).isEmpty(); // it may still come right
        world.note();
        world.release(3);
        world.status("updateRevision: w-3, currentRevision: w-1");
        world.deletePods();

        assertThat(world.known()).containsExactly("w-2 ErrImagePull: not found");
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"STATEFULSET", "DAEMONSET"})
    void revisionWhosePodWasReady_isKnownToHaveBeenAvailable(Kind kind) {
        world.kind = kind;
        world.workload("RollingUpdate", 2);
        world.status("updateRevision: w-2, currentRevision: w-1");
        world.pod("w-1", 0, RUNS, "False", LONG_AGO);
        world.pod("w-2", 2, RUNS, "True", JUST_NOW);
        world.note();
        world.deletePods();

        assertThat(world.target().history(world.ref()).orElseThrow().revisions())
                .extracting(Revision::number, Revision::wasAvailable)
                .containsExactly(tuple(2L, true), tuple(1L, false));
    }

    @Test
    void revisionThatCameRight_isNoLongerNoted() {
        world.workload("RollingUpdate", 2);
        world.status("updateRevision: w-2, currentRevision: w-1");
        world.pod("w-2", 2, CRASH, "False", JUST_NOW);
        world.note();
        assertThat(world.marks()).isEqualTo(1);

        world.status("updateRevision: w-2, currentRevision: w-2");
        world.note();
        world.release(3);
        world.status("updateRevision: w-3, currentRevision: w-2");

        assertThat(world.marks()).isZero();
        assertThat(world.known()).isEmpty();
    }

    /** It came right and was replaced before anybody looked. */
    @Test
    void revisionWhoseRolloutEndedLast_isGood_whateverIsNoted() {
        world.workload("RollingUpdate", 2);
        world.status("updateRevision: w-2, currentRevision: w-1");
        world.pod("w-2", 2, CRASH, "False", JUST_NOW);
        world.note();
        world.release(3);
        world.status("updateRevision: w-3, currentRevision: w-2");

        assertThat(world.known()).isEmpty();
        world.note();
        assertThat(world.marks()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"STATEFULSET", "DAEMONSET"})
    void rolloutThatEndedWellAfterARollback_isWrittenDown(Kind kind) {
        String complete = "readyReplicas: 4, updatedReplicas: 4, desiredNumberScheduled: 4, updatedNumberScheduled: 4,";
        String revisions = "updateRevision: w-2, currentRevision: w-2";
        world.kind = kind;
        world.workload("RollingUpdate", 2);
        world.merge("{\"metadata\":{\"annotations\":{\"stepback.dev/rollback\":\"w-1a2b\"}}}");
        world.status(complete + "numberAvailable: 3, availableReplicas: 3, "
                + revisions.replace("currentRevision: w-2", "currentRevision: w-1"));
        world.note();
        assertThat(world.target().cameRight(world.ref())).isEmpty();

        for (int ordinal = 0; ordinal < 4; ordinal++) {
            world.pod("w-2", ordinal, RUNS, "True", JUST_NOW);
        }
        world.status(complete + "numberAvailable: 4, availableReplicas: 4, " + revisions);
        world.note();

        assertThat(world.target().cameRight(world.ref())).containsOnly(entry("w-2", "w-1a2b"));
    }

    /** As a DaemonSet whose rollout takes hours. */
    @Test
    void troubleThatIsOverInTheMiddleOfTheRollout_isForgotten() {
        world.workload("RollingUpdate", 2);
        world.status("updateRevision: w-2, currentRevision: w-1");
        world.pod("w-2", 2, CRASH, "False", JUST_NOW);
        world.note();
        assertThat(world.marks()).isEqualTo(1);
        world.deletePods();
        world.pod("w-2", 2, RUNS, "True", "2026-11-21T11:59:30Z");
        world.note();
        assertThat(world.marks()).isEqualTo(1); // it may crash again

        world.now = Instant.parse("2026-11-21T12:01:00Z");
        world.note();

        assertThat(world.marks()).isZero();
    }

    @Test
    void podThatFailsItsProbeWhileItStarts_saysNothing() {
        world.workload("RollingUpdate", 2);
        world.status("updateRevision: w-2, currentRevision: w-1");
        world.pod("w-2", 2, RUNS, "False", "2026-11-21T11:59:30Z");
        world.warning("w-2", "Unhealthy");

        world.note();

        assertThat(world.marks()).isZero();
    }

    @Test
    void revisionThatIsUsedAgain_getsAnotherChance() {
        world.workload("RollingUpdate", 2);
        world.status("updateRevision: w-2, currentRevision: w-1");
        world.pod("w-2", 2, CRASH, "False", JUST_NOW);
        world.note();
        world.deletePods();
        world.release(3);
        world.status("updateRevision: w-3, currentRevision: w-1");
        assertThat(world.known()).hasSize(1);

        world.patchRevision("w-2", "{\"revision\": 4}");

        assertThat(world.known()).isEmpty();
    }

    @Test
    void podsThatBreakAfterTheEnd_sayNothing() {
        world.workload("RollingUpdate", 2);
        world.status("updateRevision: w-2, currentRevision: w-2");
        world.pod("w-2", 0, CRASH, "False", LONG_AGO);
        world.pod("w-2", 1, CRASH, "False", LONG_AGO);

        world.note();

        assertThat(world.marks()).isZero();
        assertThat(world.known()).isEmpty();
    }

    @Test
    void podsOfTheRevisionThatServes_sayNothing_whileAnotherIsRolledOut() {
        world.workload("RollingUpdate", 3);
        world.status("updateRevision: w-3, currentRevision: w-2");
        world.pod("w-2", 0, CRASH, "False", LONG_AGO);
        world.pod("w-3", 2, RUNS, "True", JUST_NOW);

        world.note();

        assertThat(world.marks()).isZero();
        assertThat(world.known()).isEmpty();
    }

    /** What kubectl's undo leaves behind: the restored revision is not to blame. */
    @Test
    void podThatIsStuckOnAnotherRevision_isNotTheFaultOfTheRestoredOne() {
        world.workload("RollingUpdate", 2);
        world.patchRevision("w-1", "{\"revision\": 3}");
        world.template(1);
        world.status("updateRevision: w-1, currentRevision: w-1");
        world.pod("w-2", 2, CRASH, "False", LONG_AGO);

        assertThat(world.known()).containsExactly("w-2 CrashLoopBackOff");
    }

    @Test
    void podThatIsNotReadyForTooLong_failsTheCurrentRevision() {
        world.workload("RollingUpdate", 2);
        world.status("updateRevision: w-2, currentRevision: w-1");
        world.pod("w-2", 2, RUNS, "False", JUST_NOW);
        assertThat(world.known()).isEmpty();

        world.now = Instant.parse("2026-11-21T12:09:00Z");

        assertThat(world.known()).containsExactly("w-2 its pods did not become ready");
        world.note();
        assertThat(world.marks()).isEqualTo(1);
    }

    @Test
    void podWhoseProbeFails_countsOnceItsRevisionIsReplaced_alsoWhenThePodHasGone() {
        world.workload("RollingUpdate", 2);
        world.status("updateRevision: w-2, currentRevision: w-1");
        world.pod("w-2", 2, RUNS, "False", JUST_NOW);
        world.warning("w-2", "FailedScheduling");
        world.note();
        assertThat(world.marks()).isZero(); // there was no room for it
        world.warning("w-2", "Unhealthy");
        world.note();
        world.release(3);
        world.status("updateRevision: w-3, currentRevision: w-1");
        world.deletePods();

        assertThat(world.known()).containsExactly("w-2 Unhealthy: told so");
    }

    @Test
    void warningAboutThePodThatHadTheNameBefore_saysNothing() {
        world.workload("RollingUpdate", 2);
        world.status("updateRevision: w-2, currentRevision: w-1");
        world.pod("w-1", 2, RUNS, "False", JUST_NOW);
        world.warning("w-2", "Unhealthy");
        world.deletePods();
        world.pod("w-2", 2, RUNS, "False", JUST_NOW);

        world.note();

        assertThat(world.marks()).isZero();
    }

    @Test
    void podOfANodeThatIsNotHeardOf_saysNothing() {
        world.workload("RollingUpdate", 2);
        world.status("updateRevision: w-2, currentRevision: w-1");
        world.pod("w-2", 2, RUNS, "Unknown", LONG_AGO);

        world.note();

        assertThat(world.marks()).isZero();
    }

    @Test
    void daemonSet_failsWhileOlderPodsRun_andNotAfterwards() {
        world.kind = Kind.DAEMONSET;
        world.workload("RollingUpdate", 2);
        world.status("desiredNumberScheduled: 2");
        world.pod("w-1", 0, RUNS, "True", LONG_AGO);
        world.pod("w-2", 1, CRASH, "False", JUST_NOW);
        world.note();
        assertThat(world.marks()).isEqualTo(1);

        world.deletePods();
        world.pod("w-2", 0, RUNS, "True", JUST_NOW);
        world.pod("w-2", 1, CRASH, "False", JUST_NOW);
        world.note();

        assertThat(world.marks()).isZero();
    }

    @Test
    void partition_countsOnlyThePodsThatAreReplaced() {
        world.workload("RollingUpdate, rollingUpdate: {partition: 2}", 2);
        world.status("updateRevision: w-2, currentRevision: w-1");
        world.pod("w-1", 1, RUNS, "True", LONG_AGO);
        world.pod("w-2", 2, CRASH, "False", JUST_NOW);
        world.note();
        assertThat(world.marks()).isZero(); // the only pod that gets it has it

        world.pod("w-1", 3, RUNS, "True", LONG_AGO);
        world.note();

        assertThat(world.marks()).isEqualTo(1);
    }
}
