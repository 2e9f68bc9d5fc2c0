package dev.stepback.sandbox.cluster.controller;

import static dev.stepback.sandbox.cluster.controller.OneApp.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stepback.stage.ParityCluster;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a Job controller does, on the sandbox and, with {@code -Dstepback.it.kubeconfig=FILE}, on a real cluster. */
class JobIT {
    private static ParityCluster cluster;

    @BeforeAll
    static void open() throws Exception {
        cluster = new ParityCluster();
    }

    @AfterAll
    static void close() throws Exception {
        cluster.close();
    }

    @Test
    void job_runsToCompletion_andItsLogCanBeRead() throws Exception {
        create("once", "pause:3.7", job -> job);

        awaitCondition("once", "Complete");

        assertThat(job("once").getStatus().getSucceeded()).isEqualTo(1);
        assertThat(job("once").getStatus().getCompletionTime()).isNotNull();
        Pod pod = pods("once").get(0);
        assertThat(pod.getMetadata().getName()).startsWith("once-");
        assertThat(pod.getStatus().getPhase()).isEqualTo("Succeeded");
        assertThat(pod.getStatus()
                        .getContainerStatuses()
                        .get(0)
                        .getState()
                        .getTerminated()
                        .getExitCode())
                .isZero();
        if (ParityCluster.hasKubectl()) {
            assertThat(cluster.kubectl("logs", "job/once").text()).contains("Listening on port 8080");
            assertThat(cluster.kubectl("get", "jobs").text()).contains("COMPLETIONS", "DURATION", "1/1");
        }
    }

    @Test
    void failingJob_isTriedAgainUntilItsLimit() {
        create("failing", "pause:3.7-crash", job -> job);

        awaitCondition("failing", "Failed");

        JobCondition failed = job("failing").getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Failed"))
                .findFirst()
                .orElseThrow();
        assertThat(failed.getReason()).isEqualTo("BackoffLimitExceeded");
        assertThat(job("failing").getStatus().getFailed()).isEqualTo(1);
        assertThat(pods("failing"))
                .allSatisfy(pod -> assertThat(pod.getStatus().getPhase()).isEqualTo("Failed"));
    }

    @Test
    void deadline_endsAJobThatNeverEnds() {
        create(
                "slow",
                "pause:3.7-unready",
                job -> job.editSpec().withActiveDeadlineSeconds(1L).endSpec());

        awaitCondition("slow", "Failed");

        assertThat(job("slow").getStatus().getConditions())
                .extracting(JobCondition::getReason)
                .contains("DeadlineExceeded");
        eventually(() -> assertThat(pods("slow")).isEmpty());
    }

    @Test
    void completions_runAsManyPodsAsAskedFor() {
        create(
                "many",
                "pause:3.7",
                job -> job.editSpec().withCompletions(4).withParallelism(2).endSpec());

        awaitCondition("many", "Complete");

        assertThat(job("many").getStatus().getSucceeded()).isEqualTo(4);
        assertThat(pods("many")).hasSize(4);
    }

    @Test
    void finishedJob_isDeletedAfterItsTime() {
        Job made = create(
                "short",
                "pause:3.7",
                job -> job.editSpec().withTtlSecondsAfterFinished(0).endSpec());
        assumeTrue(made.getSpec().getTtlSecondsAfterFinished() != null, "the cluster does not know it yet");

        eventually(() -> assertThat(cluster.client()
                        .batch()
                        .v1()
                        .jobs()
                        .inNamespace(cluster.namespace())
                        .withName("short")
                        .get())
                .isNull());
        eventually(() -> assertThat(pods("short")).isEmpty());
    }

    /** The classic case of a rollback that the data forbids. */
    @Test
    void dataOfANewerSeries_cannotBeOpenedByAnOlderOne() throws Exception {
        claim("data");
        create("new", "mysql:8.4.0", job -> onVolume(job, "data"));
        awaitCondition("new", "Complete");
        create("patch", "mysql:8.4.2", job -> onVolume(job, "data"));
        awaitCondition("patch", "Complete");

        create("old", "mysql:8.0.36", job -> onVolume(job, "data"));

        awaitCondition("old", "Failed");
        assertThat(cluster.client()
                        .pods()
                        .inNamespace(cluster.namespace())
                        .withName(pods("old").get(0).getMetadata().getName())
                        .getLog())
                .contains("The data directory was upgraded by version 8.4", "not compatible with this version 8.0");
    }

    private static void claim(String name) {
        cluster.client()
                .resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withNamespace(cluster.namespace())
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadWriteOnce")
                        .withNewResources()
                        .addToRequests("storage", new Quantity("1Gi"))
                        .endResources()
                        .endSpec()
                        .build())
                .create();
    }

    private static JobBuilder onVolume(JobBuilder job, String claim) {
        return job.editSpec()
                .editTemplate()
                .editSpec()
                .addNewVolume()
                .withName("data")
                .withNewPersistentVolumeClaim(claim, false)
                .endVolume()
                .endSpec()
                .endTemplate()
                .endSpec();
    }

    private static Job create(String name, String image, UnaryOperator<JobBuilder> settings) {
        JobBuilder job = new JobBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(cluster.namespace())
                .endMetadata()
                .withNewSpec()
                .withBackoffLimit(0)
                .withNewTemplate()
                .withNewSpec()
                .withRestartPolicy("Never")
                .addNewContainer()
                .withName("main")
                .withImage("registry.k8s.io/" + image)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec();
        return cluster.client().resource(settings.apply(job).build()).create();
    }

    private static Job job(String name) {
        return cluster.client()
                .batch()
                .v1()
                .jobs()
                .inNamespace(cluster.namespace())
                .withName(name)
                .require();
    }

    private static List<Pod> pods(String job) {
        return cluster.client()
                .pods()
                .inNamespace(cluster.namespace())
                .withLabel("job-name", job)
                .list()
                .getItems();
    }

    private static List<JobCondition> conditions(String name) {
        Job job = job(name);
        return job.getStatus() == null ? List.of() : job.getStatus().getConditions();
    }

    private static void awaitCondition(String name, String type) {
        eventually(() -> assertThat(conditions(name))
                .anySatisfy(condition ->
                        assertThat(condition.getType() + condition.getStatus()).isEqualTo(type + "True")));
    }
}
