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
import dev.stepback.target.PlannedStep;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
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

        shop.rollbacks.decide(
                "production", name, Examples.approval(LEADING, shop.plan(name).hash()));
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
        shop.rollbacks.decide(
                "production", name, Examples.approval(LEADING, shop.plan(name).hash()));
        shop.checks = List.of(check("mysql-data", PASSES));

        shop.engine();

        assertThat(shop.awaitPhase(name, Phase.SUPERSEDED).message())
                .startsWith("The data checks of statefulset/db")
                .contains("are not those that were planned");
        assertThat(shop.jobs()).isEmpty();
    }
}
