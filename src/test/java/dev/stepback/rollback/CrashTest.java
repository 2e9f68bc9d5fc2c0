package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.SECONDING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.leadership.Leadership;
import dev.stepback.rollback.EngineProcess.Point;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, killed as {@code kill -9} kills. */
@Timeout(180)
class CrashTest {
    private final Shop shop = new Shop();

    @TempDir
    private Path directory;

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @Test
    void processKilledAfterEveryTransition_othersFinishWithOnePatch() throws Exception {
        String name = shop.request("delivery").getMetadata().getName();

        killAt(Point.PLANNED);
        shop.approve(name);
        killAt(Point.APPROVED);
        killAt(Point.BEFORE_PATCH);
        assertThat(shop.undos()).isZero();
        killAt(Point.AFTER_PATCH);
        assertThat(shop.undos()).isEqualTo(1);
        assertThat(shop.now(name).statusOrInitial().patchedAt()).isNull();
        killAt(Point.PATCH_RECORDED);
        killAt(Point.UNDO_DONE);
        killAt(Point.MIDDLE_OF_ROLLOUT);
        shop.rollout("done");
        killAt(Point.VERIFYING);

        shop.engine();
        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isEqualTo(1);
        assertThat(shop.deployment().getMetadata().getAnnotations()).containsEntry(FakeTarget.RELEASE, "good");
    }

    @Test
    void fastRollbackWhoseProcessIsKilled_isPutBackByAnother() throws Exception {
        String name = shop.requestFast("delivery").getMetadata().getName();
        planned(name);
        shop.approve(name);
        killAt(Point.AFTER_PATCH);
        assertThat(shop.strategy()).isEqualTo("fast");
        shop.rollout("failed");
        killAt(Point.BEFORE_PUT_BACK);
        assertThat(shop.strategy()).isEqualTo("fast");
        assertThat(shop.now(name).statusOrInitial().phase().terminal()).isFalse();
        killAt(Point.AFTER_PUT_BACK);
        assertThat(shop.now(name).statusOrInitial().phase().terminal()).isFalse();

        shop.engine();
        shop.awaitPhase(name, Phase.FAILED);
        assertThat(shop.strategy()).isEqualTo("usual");
        assertThat(shop.undos()).isEqualTo(1);
    }

    @Test
    void leaderKilled_otherReplicaTakesOver() throws Exception {
        String name = shop.request("delivery").getMetadata().getName();
        Process leader = start(Point.MIDDLE_OF_ROLLOUT, 1);
        RollbackOperator other;
        try {
            shop.awaitPhase(name, Phase.AWAITING_APPROVAL);
            other = shop.engine();
            shop.approve(name);
            awaitFrozen(leader, Point.MIDDLE_OF_ROLLOUT);
            assertThat(other.leading()).isFalse();
        } finally {
            kill(leader);
        }
        shop.rollout("done");
        shop.awaitPhase(name, Phase.SUCCEEDED);

        assertThat(other.leading()).isTrue();
        assertThat(shop.undos()).isEqualTo(1);
    }

    @Test
    void processKilledBetweenApprovals_bothCountAndTheGuardHolds() throws Exception {
        shop.policy = Policies.needing(2);
        String name = shop.request("delivery").getMetadata().getName();

        planned(name);
        shop.approve(name, LEADING);
        killAt(Point.ONE_APPROVAL, 2);
        assertThat(shop.approve(name, SECONDING)).isInstanceOf(Rollbacks.Decided.Recorded.class);
        killAt(Point.BEFORE_PATCH, 2);
        // By now the policy wants one more: what was about to be patched waits again.
        killAt(Point.WAITING_AGAIN, 3);
        RollbackStatus waiting = shop.now(name).statusOrInitial();
        assertThat(waiting.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
        assertThat(waiting.steps().get(0).startedAt()).isNull();
        assertThat(shop.undos()).isZero();
        killAt(Point.AFTER_PATCH, 2);
        assertThat(shop.undos()).isEqualTo(1);
        assertThat(shop.now(name).statusOrInitial().patchedAt()).isNull();

        // What is done is done, whatever the policy wants by now.
        shop.rollout("done");
        shop.policy = Policies.needing(3);
        shop.engine();
        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isEqualTo(1);
    }

    @Test
    void processKilledInTheCountdown_anotherOneStarts() throws Exception {
        String name = shop.request("delivery").getMetadata().getName();
        killAt(Point.COUNTING, 0);
        var startsAt = shop.now(name).statusOrInitial().startsAt();
        shop.rollout("done");

        Process last = start(Point.NEVER, 0, Approvals.COUNTDOWN);
        try {
            RollbackStatus done = shop.awaitPhase(name, Phase.SUCCEEDED);
            assertThat(done.startsAt()).isEqualTo(startsAt);
            assertThat(done.approvedAt()).isAfterOrEqualTo(startsAt);
        } finally {
            kill(last);
        }
        assertThat(shop.undos()).isEqualTo(1);
    }

    /** By an engine that stops in order: what is there before somebody is killed. */
    private void planned(String name) {
        try (RollbackOperator engine = shop.engine()) {
            shop.awaitPhase(name, Phase.AWAITING_APPROVAL);
        }
    }

    private void killAt(Point point) throws Exception {
        killAt(point, 1);
    }

    /** @param approvals how many the policy of this process wants */
    private void killAt(Point point, int approvals) throws Exception {
        Process process = start(point, approvals);
        try {
            awaitFrozen(process, point);
        } finally {
            kill(process);
        }
        // As if the Lease of the dead had ended by now; that it ends has a test of its own.
        shop.client.leases().inNamespace("default").withName(Leadership.LEASE).delete();
    }

    private Process start(Point point, int approvals) throws IOException {
        return start(point, approvals, Duration.ZERO);
    }

    /** @param ahead how far the clock of the process is ahead */
    private Process start(Point point, int approvals, Duration ahead) throws IOException {
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), shop.cluster.kubeconfig());
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EngineProcess.class.getName(),
                        kubeconfig.toString(),
                        point.name(),
                        Integer.toString(approvals),
                        ahead.toString()))
                .redirectErrorStream(true)
                .start();
    }

    private static void awaitFrozen(Process process, Point point) throws IOException {
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder seen = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals("frozen at " + point)) {
                return;
            }
            seen.append(line).append('\n');
        }
        throw new AssertionError("the process ended before " + point + ":\n" + seen);
    }

    private static void kill(Process process) throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
