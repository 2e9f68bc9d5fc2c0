package dev.stepback.rollback;

import static dev.stepback.rollback.CheckedShop.DB;
import static dev.stepback.rollback.CheckedShop.HANGS;
import static dev.stepback.rollback.CheckedShop.PASSES;
import static dev.stepback.rollback.CheckedShop.check;
import static dev.stepback.rollback.CheckedShop.job;
import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEADING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.TargetRef;
import dev.stepback.target.job.DataCheck;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Data checks, from the plan to the end of the rollback. */
class DataCheckTest {
    private final CheckedShop shop = new CheckedShop();

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @Test
    void dataThatTheOlderVersionCannotOpen_endsTheRollbackAndChangesNothing() {
        shop.database("8.4");
        String name = shop.planned("first", DB, ASKING);
        assertThat(shop.plan(name).steps())
                .extracting(PlannedStep::type)
                .first()
                .isEqualTo("statefulset.check");
        assertThat(shop.plan(name).findings())
                .anySatisfy(f -> assertThat(f.message()).isEqualTo("The data check mysql-data runs first."));
        assertThat(shop.jobs()).as("before the approval").isEmpty();

        shop.approve(name);
        RollbackStatus failed = shop.awaitPhase(name, Phase.FAILED);

        assertThat(failed.message()).isEqualTo("The data check mysql-data failed: exit code 1.");
        assertThat(failed.steps().get(0).log())
                .contains("ERROR The data directory was upgraded by version 8.4", "version 8.0");
        assertThat(failed.patchedAt()).isNull();
        assertThat(failed.deadlineAt()).isNull();
        assertThat(shop.image()).isEqualTo("mysql:8.4");
        assertThat(shop.jobs()).singleElement().satisfies(job -> {
            assertThat(job.getSpec()
                            .getTemplate()
                            .getSpec()
                            .getContainers()
                            .get(0)
                            .getImage())
                    .isEqualTo("mysql:8.0");
            assertThat(job.getMetadata().getAnnotations()).containsEntry("stepback.dev/rollback", name);
        });
    }

    @Test
    void checkThatPasses_isFollowedByTheUndo() {
        shop.database("8.0.1");
        shop.checks = List.of(check("first", PASSES), check("second", PASSES));

        RollbackStatus done = shop.awaitPhase(shop.approved("first"), Phase.SUCCEEDED);

        assertThat(shop.image()).isEqualTo("mysql:8.0");
        assertThat(done.steps().get(0).message()).isEqualTo("The data check first passed.");
        assertThat(shop.jobs()).hasSize(2);
    }

    @Test
    void brokenGlass_goesPastACheckThatFails_andShowsIt() {
        shop.database("8.0.1");
        shop.leadMayBreakGlass();
        shop.checks = List.of(check("mysql-data", job("shop/check:1-crash")));
        String name = shop.planned("first", DB, LEADING);

        shop.breakGlass(name);
        RollbackStatus done = shop.awaitPhase(name, Phase.SUCCEEDED);

        assertThat(done.steps().get(0).state()).isEqualTo(State.Overridden);
        assertThat(done.steps().get(0).message()).isEqualTo("The data check mysql-data failed: exit code 1.");
        assertThat(done.steps().get(0).log()).contains("required setting ORDER_QUEUE");
        assertThat(shop.image()).isEqualTo("mysql:8.0");
    }

    @Test
    void botThatDiesWhileACheckRuns_makesNoSecondJob() {
        shop.database("8.4");
        shop.checks = List.of(check("slow", HANGS));
        String name = shop.approved("first");
        await().atMost(Duration.ofSeconds(30)).until(() -> shop.jobs().size() == 1);

        shop.engine();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> shop.status(name).message().startsWith("The data check slow is running"));
        Job job = shop.jobs().get(0);
        shop.client.resource(job).delete();

        assertThat(shop.awaitPhase(name, Phase.FAILED).message())
                .startsWith("The data check slow has no result: its Job ")
                .endsWith(" was deleted.");
        assertThat(shop.image()).isEqualTo("mysql:8.4");
    }

    @Test
    void configurationThatChangesBeforeTheStart_voidsTheApproval() {
        shop.database("8.4");
        String name = shop.planned("first", DB, ASKING);
        shop.stopEngine();
        shop.approve(name);
        shop.checks = List.of(check("mysql-data", PASSES));

        shop.engine();

        assertThat(shop.awaitPhase(name, Phase.SUPERSEDED).message())
                .startsWith("The data checks of statefulset/db")
                .contains("are not those that were planned");
        assertThat(shop.jobs()).isEmpty();
    }

    @Test
    void deployBeforeTheStart_isWhatTheCardSpeaksOf() {
        shop.database("8.4");
        String name = shop.planned("first", DB, ASKING);
        shop.stopEngine();
        shop.approve(name);
        shop.deploy("8.4.1");

        shop.engine();

        assertThat(shop.awaitPhase(name, Phase.SUPERSEDED).message())
                .contains("mysql:8.4.1")
                .doesNotContain("configuration");
        assertThat(shop.jobs()).isEmpty();
    }

    @Test
    void answerThatIsLost_makesNoSecondJob() {
        shop.database("8.0.1");
        shop.checks = List.of(check("passes", PASSES));
        String name = shop.planned("first", DB, ASKING);
        shop.cluster.faults().dropAnswers(1, "create", "jobs.batch");

        shop.approve(name);

        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.jobs()).hasSize(1);
    }

    @Test
    void botThatIsDownWhileACheckEnds_goesOnFromItsResult() {
        shop.database("8.0.1");
        shop.checks = List.of(check("passes", PASSES));
        String name = shop.approved("first");
        await().atMost(Duration.ofSeconds(30)).until(() -> shop.jobs().size() == 1);
        shop.stopEngine();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> shop.jobs().get(0).getStatus().getCompletionTime() != null);

        shop.engine();

        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.jobs()).hasSize(1);
        assertThat(shop.image()).isEqualTo("mysql:8.0");
    }

    @Test
    void checkThatTakesLongerThanAnApprovalIsGood_isFollowedByTheUndo() {
        String name = endsAfter(Duration.ofMinutes(20));

        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.image()).isEqualTo("mysql:8.0");
    }

    @Test
    void slackThatIsSilentAfterACheck_isWaitedFor() {
        shop.database("8.0.1");
        shop.checks = List.of(check("slow", HANGS));
        String name = shop.approved("first");
        await().atMost(Duration.ofSeconds(30)).until(() -> shop.jobs().size() == 1);

        shop.people.reachable(false);
        shop.complete(shop.jobs().get(0));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> shop.status(name).steps().get(1).startedAt() != null
                        && !shop.status(name).message().startsWith("The data check"));
        assertThat(shop.status(name).phase()).isEqualTo(Phase.RUNNING);
        assertThat(shop.image()).isEqualTo("mysql:8.0.1");
        shop.people.reachable(true);

        shop.awaitPhase(name, Phase.SUCCEEDED);
    }

    @Test
    void outageThatIsLongerThanACheckMayTake_isNotHeldInItsFavour() {
        String name = endsAfter(Duration.ofHours(3));

        assertThat(shop.awaitPhase(name, Phase.EXPIRED).message()).startsWith("approved at");
        assertThat(shop.image()).isEqualTo("mysql:8.0.1");
    }

    /** A check that may take half an hour, and whose end is seen so long after the approval. */
    private String endsAfter(Duration later) {
        shop.database("8.0.1");
        DataCheck slow = check("slow", HANGS);
        shop.checks = List.of(new DataCheck("slow", Duration.ofMinutes(30), slow.keep(), false, slow.jobTemplate()));
        String name = shop.approved("first");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> shop.status(name).message().startsWith("The data check slow is running"));
        shop.stopEngine();
        shop.complete(shop.jobs().get(0));
        shop.clock = Clock.offset(Clock.systemUTC(), later);
        shop.engine();
        return name;
    }

    @Test
    void deployWhileACheckRuns_voidsTheApproval() {
        shop.database("8.4");
        shop.checks = List.of(check("slow", HANGS));
        String name = shop.approved("first");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> shop.status(name).message().startsWith("The data check slow is running"));

        shop.deploy("8.4.1");
        shop.complete(shop.jobs().get(0));

        assertThat(shop.awaitPhase(name, Phase.SUPERSEDED).message()).contains("statefulset/db");
        assertThat(shop.image()).isEqualTo("mysql:8.4.1");
    }

    @Test
    void cancellationWhileACheckRuns_endsItsJob() {
        shop.database("8.4");
        shop.checks = List.of(check("slow", HANGS));
        String name = shop.approved("first");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> shop.status(name).message().startsWith("The data check slow is running"));

        shop.cluster.faults().dropAnswers(1, "delete", "jobs.batch");
        assertThat(shop.rollbacks.cancel("production", name, ASKING)).isInstanceOf(Rollbacks.Decided.Recorded.class);

        assertThat(shop.awaitPhase(name, Phase.CANCELLED).patchedAt()).isNull();
        assertThat(shop.image()).isEqualTo("mysql:8.4");
        assertThat(shop.jobs()).isEmpty();
        await().atMost(Duration.ofSeconds(30)).until(() -> shop.checkPods().isEmpty());
    }

    @Test
    void secretsInTheLog_areMasked() {
        shop.database("8.4");
        shop.checks = List.of(check("talks", CheckedShop.saying("connected with password=hunter2-the-second", 3)));

        RollbackStatus failed = shop.awaitPhase(shop.approved("first"), Phase.FAILED);

        assertThat(failed.message()).isEqualTo("The data check talks failed: exit code 3.");
        assertThat(failed.steps().get(0).log())
                .startsWith("connected with password=")
                .doesNotContain("hunter2");
    }

    /** Who may write Rollbacks must not thereby be able to run anything in the cluster. */
    @Test
    void jobThatTheConfigurationDoesNotHave_isNotRun() {
        shop.database("8.4");
        String name = shop.planned("first", DB, ASKING);
        shop.stopEngine();
        shop.forge(name, CheckedShop.job("evil/miner:1"));
        shop.approve(name);

        shop.engine();

        assertThat(shop.awaitPhase(name, Phase.SUPERSEDED).message()).contains("are not those that were planned");
        assertThat(shop.jobs()).isEmpty();
    }

    @Test
    void deploymentsAndDaemonSets_haveChecksToo() {
        shop.checks = List.of(check("passes", PASSES));
        for (Kind kind : List.of(Kind.DEPLOYMENT, Kind.DAEMONSET)) {
            TargetRef target = shop.workload(kind);
            String name = shop.planned(kind.lowerCase(), target, ASKING);

            shop.approve(name);
            RollbackStatus done = shop.awaitPhase(name, Phase.SUCCEEDED);

            assertThat(done.steps().get(0).type()).isEqualTo(kind.lowerCase() + ".check");
            assertThat(done.steps().get(0).message()).isEqualTo("The data check passes passed.");
        }
    }
}
