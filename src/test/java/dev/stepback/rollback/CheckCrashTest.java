package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.approval;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.policy.Permission;
import dev.stepback.policy.Policy;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Checkout.Fate;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.stage.Stage;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetType;
import dev.stepback.target.deployment.DeploymentTarget;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
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
 * A rollback with a data check whose bot dies right before or right after any one of its writes, and is followed by another
 * one: there is one Job, and the rollback ends as if nobody had died.
 */
class CheckCrashTest {
    private static final Policy POLICY = Policies.of(
            Policies.rule(1),
            Policies.may("members", Permission.REQUEST, Permission.APPROVE),
            Policies.may(Examples.LEAD.id(), Permission.BREAK_GLASS));

    private static MortalShop shop;
    private static String job = CheckedShop.PASSES;
    private Checkout checkout;

    /** How the check ends, and what becomes of the rollback. */
    enum Story {
        PASSES("1", Phase.SUCCEEDED),
        FAILS("1-crash", Phase.FAILED),
        IS_OVERRIDDEN("1-crash", Phase.SUCCEEDED);

        final String tag;
        final Phase end;

        Story(String tag, Phase end) {
            this.tag = tag;
            this.end = end;
        }
    }

    @BeforeAll
    static void open() throws Exception {
        shop = new MortalShop(POLICY, CheckCrashTest::targets, Clock::systemUTC);
    }

    @AfterAll
    static void close() {
        shop.close();
    }

    @BeforeEach
    void namespace() {
        shop.newNamespace();
        checkout = new Checkout(shop, Fate.GET_READY);
    }

    @ParameterizedTest
    @CsvSource({"PASSES, false", "PASSES, true", "FAILS, true", "IS_OVERRIDDEN, true"})
    void botThatDiesAtAnyWrite_makesOneJob_andGoesOnFromIt(Story story, boolean written) {
        job = CheckedShop.job("shop.example/check:" + story.tag);
        shop.eachWrite(
                written,
                () -> begin(story),
                (name, status) -> goesOn(story, name, status),
                (status, name, what) -> holds(story, name, status, what));
    }

    private void holds(Story story, String name, RollbackStatus status, String what) {
        String all = what + ": " + status;
        assertThat(status.phase()).as(all).isEqualTo(story.end);
        assertThat(jobs(name)).as(all).hasSize(1);
        assertThat(checkout.restored()).as(all).isEqualTo(story != Story.FAILS);
        assertThat(status.patchedAt() == null).as(all).isEqualTo(story == Story.FAILS);
    }

    private void goesOn(Story story, String name, RollbackStatus status) {
        jobs(name).stream()
                .filter(job -> job.getStatus() == null
                        || job.getStatus().getConditions().isEmpty())
                .forEach(job -> end(job, story == Story.PASSES ? "Complete" : "Failed"));
        if (status.patchedAt() != null) {
            checkout.rollOut();
        }
    }

    private void end(Job job, String how) {
        if (Stage.isReal()) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> !shop.client
                            .resource(job)
                            .get()
                            .getStatus()
                            .getConditions()
                            .isEmpty());
            return;
        }
        shop.client
                .resource(new JobBuilder(job)
                        .editOrNewStatus()
                        .addNewCondition()
                        .withType(how)
                        .withStatus("True")
                        .withReason("BackoffLimitExceeded")
                        .withMessage("said the test")
                        .endCondition()
                        .endStatus()
                        .build())
                .updateStatus();
    }

    private List<Job> jobs(String name) {
        return shop.client.batch().v1().jobs().inNamespace(shop.namespace()).list().getItems().stream()
                .filter(job -> name.equals(job.getMetadata().getAnnotations().get("stepback.dev/rollback")))
                .toList();
    }

    private static List<TargetType> targets(KubernetesClient client) {
        return List.of(new DeploymentTarget(
                client,
                new Redactor(List.of()),
                Clock.systemUTC(),
                (target, labels) -> List.of(CheckedShop.check("orders", job))));
    }

    /** A rollback that was let go and that nobody has begun; its name. */
    private String begin(Story story) {
        checkout = new Checkout(shop, Fate.GET_READY);
        String name = shop.planned(checkout.ref(), PlanOptions.NONE, LEADING);
        String hash = shop.hash(name);
        Rollback rollback = shop.find(name);
        NewDecision decision = story == Story.IS_OVERRIDDEN
                ? new NewDecision(
                        Verdict.BrokeGlass,
                        LEADING,
                        hash,
                        shop.authorizer.toType(rollback, Verdict.BrokeGlass),
                        "nobody is awake")
                : approval(Examples.SECONDING, hash);
        shop.decided(name, decision);
        return name;
    }
}
