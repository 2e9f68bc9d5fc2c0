package dev.stepback.target.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.redaction.Redactor;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.stage.Clients;
import dev.stepback.target.Attribution;
import dev.stepback.target.Guard;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ApiServer;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A check's step on a cluster without a Job controller: Jobs become what the test makes of them. */
class CheckStepTest {
    private static final TargetRef DB = new TargetRef("production", Kind.STATEFULSET, "db");

    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final KubernetesClient client = Clients.of(cluster.kubeconfig());
    private Clock clock = Clock.systemUTC();
    private List<PlannedStep> configured = List.of(planned("mysql-data", "shop/check:1"));

    @BeforeEach
    void namespace() {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("production")
                        .endMetadata()
                        .build())
                .serverSideApply();
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void secondStart_findsTheFirstJob_evenWhenNothingIsConfiguredAnyMore() {
        assertThat(start("db-1")).isInstanceOf(Step.Start.Started.class);
        StepContext context = context("db-1", configured.get(0), Guard.NONE);
        configured = List.of();

        assertThat(step().start(context)).isInstanceOf(Step.Start.Started.class);
        assertThat(jobs()).hasSize(1);
    }

    @Test
    void otherRollback_hasAJobOfItsOwn() {
        start("db-1");
        start("db-2");

        assertThat(jobs()).hasSize(2);
    }

    @Test
    void objection_keepsTheJobFromBeingMade() {
        Step.Start notYet = new Step.Start.NotYet("locked");

        assertThat(step().start(context("db-1", configured.get(0), () -> Optional.of(notYet))))
                .isEqualTo(notYet);
        assertThat(jobs()).isEmpty();
    }

    @Test
    void jobOfSomebodyElse_isNotTakenForTheCheck() {
        start("db-1");
        client.resource(new JobBuilder(jobs().get(0))
                        .editMetadata()
                        .removeFromAnnotations("stepback.dev/rollback")
                        .endMetadata()
                        .build())
                .update();

        assertThat(start("db-1"))
                .isInstanceOfSatisfying(
                        Step.Start.Failed.class,
                        failed -> assertThat(failed.why())
                                .startsWith("The data check mysql-data cannot run: somebody else made a Job"));
    }

    /** Whoever may create Jobs knows what it will be called. */
    @Test
    void jobThatIsCalledAsTheCheckButDoesSomethingElse_isNotTakenForIt() {
        for (UnaryOperator<PodSpecBuilder> change : List.<UnaryOperator<PodSpecBuilder>>of(
                pod -> pod.editFirstContainer().withImage("busybox").endContainer(),
                pod -> pod.editFirstContainer().withCommand("true").endContainer(),
                pod -> pod.editFirstContainer()
                        .addNewEnv()
                        .withName("DATA")
                        .withValue("/empty")
                        .endEnv()
                        .endContainer(),
                pod -> pod.addNewVolume()
                        .withName("data")
                        .withNewEmptyDir()
                        .endEmptyDir()
                        .endVolume())) {
            start("db-1");
            Job job = jobs().get(0);
            client.resource(job).delete();
            job.getMetadata().setResourceVersion(null);
            job.getMetadata().setUid(null);
            job.getSpec()
                    .getTemplate()
                    .setSpec(change.apply(new PodSpecBuilder(
                                    job.getSpec().getTemplate().getSpec()))
                            .build());
            client.resource(job).create();

            assertThat(start("db-1"))
                    .isInstanceOfSatisfying(
                            Step.Start.Failed.class,
                            failed -> assertThat(failed.why())
                                    .startsWith("The data check mysql-data cannot run: the Job db-1-mysql-data-")
                                    .endsWith("is not as it was planned: somebody else made or changed it."));
            client.resource(job).delete();
        }
    }

    /** As the bot, where Jobs are made as whoever approved: that one looks, too. */
    @Test
    void whoMayNotCreateJobs_leavesItToTheGuard() {
        start("db-1");
        cluster.faults().deny("create", "jobs.batch");
        Step.Start notYet = new Step.Start.NotYet("not done yet");

        assertThat(step().start(context("db-1", configured.get(0), () -> Optional.of(notYet))))
                .isEqualTo(notYet);
        assertThat(start("db-1")).isInstanceOf(Step.Start.Started.class);
    }

    @Test
    void placeholderThatStandsForNothing_cannotRun() {
        configured = List.of(planned("mysql-data", "$(STEPBACK_TO_IMAGE_PROXY)"));

        assertThat(start("db-1"))
                .isEqualTo(new Step.Start.Failed("The data check mysql-data cannot run:"
                        + " $(STEPBACK_TO_IMAGE_PROXY) stands for nothing here."));
        assertThat(jobs()).isEmpty();
    }

    @Test
    void jobThatTheApiServerRefuses_cannotRun() {
        configured = List.of(planned("mysql-data", ""));

        assertThat(start("db-1"))
                .isInstanceOfSatisfying(
                        Step.Start.Failed.class,
                        failed -> assertThat(failed.why())
                                .startsWith("The data check mysql-data cannot run: ")
                                .contains("image"));
    }

    @Test
    void refusal_isForetold() {
        CheckPlan plan = new CheckPlan(api(), DataChecks.NONE, new Redactor(List.of()));

        assertThat(plan.findings(DB, List.of(planned("mysql-data", ""), planned("other", "shop/check:1"))))
                .satisfiesExactly(
                        f -> assertThat(f.message())
                                .startsWith("The data check mysql-data, which has to pass first, cannot run: "),
                        f -> assertThat(f.message()).isEqualTo("The data check other runs first."));
        assertThat(jobs()).isEmpty();
    }

    @Test
    void jobThatNobodyEnds_isGivenUp() {
        start("db-1");
        assertThat(observe("db-1").state()).isEqualTo(Observation.State.RUNNING);

        clock = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(125));

        assertThat(observe("db-1").state()).isEqualTo(Observation.State.FAILED);
        assertThat(observe("db-1").message())
                .startsWith("The data check mysql-data has no result: its Job ")
                .endsWith(" did not end in time.");
    }

    @Test
    void abandonedCheck_isDeletedOnce_andNobodyElsesJobOrOneThatHasEnded() {
        StepContext context = context("db-1", configured.get(0), Guard.NONE);
        assertThat(step().abandon(context)).as("never started").isEmpty();
        start("db-1");
        assertThat(step().abandon(context("db-2", configured.get(0), Guard.NONE)))
                .isEmpty();
        assertThat(jobs()).hasSize(1);

        cluster.faults().fail(1, 403, "delete", "jobs.batch");
        assertThat(step().abandon(context))
                .isEqualTo("Its Job goes on: `kubectl delete job %s -n production` ends it."
                        .formatted(jobs().get(0).getMetadata().getName()));
        assertThat(jobs()).hasSize(1);
        assertThat(step().abandon(context)).isEmpty();
        assertThat(jobs()).isEmpty();
        assertThat(step().abandon(context)).isEmpty();

        start("db-1");
        takesTooLong(jobs().get(0));
        assertThat(step().abandon(context)).isEmpty();
        assertThat(jobs()).hasSize(1);
    }

    @Test
    void podsThatMayNotBeMade_areExplained() {
        start("db-1");
        String job = jobs().get(0).getMetadata().getName();
        warning("Job", job, "FailedCreate", "Error creating: pods \"check\" is forbidden: exceeded quota: pods");

        assertThat(observe("db-1").message())
                .isEqualTo("The data check mysql-data is running: Error creating: pods \"check\" is forbidden: exceeded"
                        + " quota: pods.");
    }

    @Test
    void volumeThatAnotherNodeHas_isNamed() {
        start("db-1");
        pod("check-x", jobs().get(0).getMetadata().getUid());
        warning("Pod", "check-x", "FailedAttachVolume", "Multi-Attach error for volume pv-1");

        assertThat(observe("db-1").message())
                .isEqualTo("The data check mysql-data is running: Multi-Attach error for volume pv-1.");
    }

    @Test
    void podThatOnlyBearsTheJobsLabel_saysNothingForIt() {
        start("db-1");
        pod("forged", "another-uid");
        warning("Pod", "forged", "Looks", "it is about to pass");

        assertThat(observe("db-1").message()).isEqualTo("The data check mysql-data is running.");
    }

    private void pod(String name, String controller) {
        Job job = jobs().get(0);
        client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace("production")
                        .addToLabels("job-name", job.getMetadata().getName())
                        .addNewOwnerReference()
                        .withApiVersion("batch/v1")
                        .withKind("Job")
                        .withName(job.getMetadata().getName())
                        .withUid(controller)
                        .withController(true)
                        .endOwnerReference()
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("check")
                        .withImage("shop/check:1")
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    private void warning(String kind, String name, String reason, String message) {
        client.resource(new EventBuilder()
                        .withNewMetadata()
                        .withName(name + "-warning")
                        .withNamespace("production")
                        .endMetadata()
                        .withNewInvolvedObject()
                        .withKind(kind)
                        .withNamespace("production")
                        .withName(name)
                        .endInvolvedObject()
                        .withType("Warning")
                        .withReason(reason)
                        .withMessage(message)
                        .build())
                .create();
    }

    @Test
    void jobThatTookTooLong_saysSo() {
        start("db-1");
        takesTooLong(jobs().get(0));

        assertThat(observe("db-1").message())
                .isEqualTo("The data check mysql-data failed: it did not end within 60 s.");

        warning("Pod", jobs().get(0).getMetadata().getName() + "-x7k2p", "Failed", "image not found");
        assertThat(observe("db-1").message())
                .isEqualTo("The data check mysql-data failed: it did not end within 60 s; the last warning was: image"
                        + " not found.");
    }

    private void takesTooLong(Job job) {
        client.resource(new JobBuilder(job)
                        .editOrNewStatus()
                        .addNewCondition()
                        .withType("Failed")
                        .withStatus("True")
                        .withReason("DeadlineExceeded")
                        .withMessage("Job was active longer than specified deadline")
                        .endCondition()
                        .endStatus()
                        .build())
                .updateStatus();
    }

    @Test
    void names_fitIntoALabel() {
        String rollback = "a-very-long-name.with.dots-" + "x".repeat(200);
        configured = List.of(planned("the-longest-name-that-a-check-may-have-40", "shop/check:1"));

        assertThat(start(rollback)).isInstanceOf(Step.Start.Started.class);
        assertThat(jobs().get(0).getMetadata().getName()).matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    }

    private Step.Start start(String rollback) {
        return step().start(context(rollback, configured.get(0), Guard.NONE));
    }

    private Observation observe(String rollback) {
        return step().observe(context(rollback, configured.get(0), Guard.NONE));
    }

    private CheckStep step() {
        return new CheckStep(Kind.STATEFULSET, api(), (target, revision) -> configured, new Redactor(List.of()), clock);
    }

    private ApiServer api() {
        return new ApiServer(client, Optional.empty());
    }

    private static StepContext context(String rollback, PlannedStep step, Guard guard) {
        return new StepContext(DB, "uid", step, new Attribution(rollback, "responder", List.of(), "", false), guard);
    }

    private static PlannedStep planned(String name, String image) {
        return new PlannedStep(
                "statefulset.check",
                "Run the data check " + name,
                Map.of("name", name, "revision", "3", "job", """
                    {"apiVersion": "batch/v1", "kind": "Job", "spec": {"backoffLimit": 0, "activeDeadlineSeconds": 60,
                      "template": {"spec": {"restartPolicy": "Never",
                        "containers": [{"name": "check", "image": "%s"}]}}}}
                    """.formatted(image)));
    }

    private List<Job> jobs() {
        return client.batch().v1().jobs().inNamespace("production").list().getItems();
    }
}
