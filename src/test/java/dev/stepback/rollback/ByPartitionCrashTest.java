package dev.stepback.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.policy.Policy;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetType;
import dev.stepback.target.job.DataChecks;
import dev.stepback.target.statefulset.StatefulSetTarget;
import dev.stepback.target.workload.Borrowed;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A rollback by partition whose bot dies right before or right after any one of its writes, and is followed by another one: no
 * pod is replaced before its turn, and the partition ends where it would have ended.
 */
class ByPartitionCrashTest {
    private static boolean hurrying;
    private static MortalShop shop;
    private Database db;
    private String lowest = "";

    /** How the first pod that is replaced fares. */
    enum Story {
        GETS_READY(Phase.SUCCEEDED),
        HANGS(Phase.FAILED);

        final Phase end;

        Story(Phase end) {
            this.end = end;
        }
    }

    @BeforeAll
    static void open() throws Exception {
        shop = new MortalShop(Policy.DEFAULT, ByPartitionCrashTest::targets, () -> new HurryingClock(() -> hurrying));
    }

    @AfterAll
    static void close() {
        shop.close();
    }

    @BeforeEach
    void namespace() {
        shop.newNamespace();
        db = new Database(shop, true);
    }

    @ParameterizedTest
    @CsvSource({"GETS_READY, false", "GETS_READY, true", "HANGS, false"})
    void botThatDiesAtAnyWrite_replacesNoPodBeforeItsTurn(Story story, boolean written) {
        shop.eachWrite(
                written,
                () -> begin(story),
                (name, status) -> goesOn(story, status),
                (status, name, what) -> holds(story, status, what));
    }

    private void goesOn(Story story, RollbackStatus status) {
        if (status.patchedAt() != null) {
            db.turn();
            // What hangs is waited for in vain.
            hurrying = story == Story.HANGS && db.revisions().contains(1);
        }
    }

    private void holds(Story story, RollbackStatus status, String what) {
        hurrying = false;
        assertThat(status.phase()).as(what + ": " + status.message()).isEqualTo(story.end);
        if (story == Story.GETS_READY) {
            assertThat(db.revisions()).as(what).containsExactly(1, 1);
            assertThat(db.partition()).as(what).isZero();
            assertThat(db.live().getMetadata().getAnnotations()).as(what).doesNotContainKey(Borrowed.NOTE);
        } else {
            assertThat(db.revisions()).as(what).containsExactly(2, 1);
            assertThat(db.partition()).as(what).isEqualTo(1);
            assertThat(lowest()).as(what).isEqualTo(lowest);
        }
    }

    private String lowest() {
        return db.pod(0).require().getMetadata().getUid();
    }

    private static List<TargetType> targets(KubernetesClient client) {
        return List.of(StatefulSetTarget.of(
                client, new Redactor(List.of()), Clock.systemUTC(), DataChecks.NONE, Duration.ZERO));
    }

    /** An approved rollback by partition that nobody has begun; its name. */
    private String begin(Story story) {
        db = new Database(shop, story == Story.GETS_READY);
        lowest = lowest();
        return shop.approved(db.ref(), new PlanOptions(false, true, false));
    }
}
