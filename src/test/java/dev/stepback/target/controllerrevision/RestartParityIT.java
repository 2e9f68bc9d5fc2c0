package dev.stepback.target.controllerrevision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.stage.ParityCluster;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation.State;
import dev.stepback.target.TargetType;
import dev.stepback.target.daemonset.DaemonSetTarget;
import dev.stepback.target.job.DataChecks;
import dev.stepback.target.statefulset.StatefulSetTarget;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Restarts of StatefulSets and DaemonSets, side by side with {@code kubectl rollout restart}. Runs on the sandbox cluster, and
 * with {@code -Dstepback.it.kubeconfig=FILE} on a real one.
 */
class RestartParityIT {
    private static final PlanRequest RESTART = PlanRequest.to(Operation.RESTART);
    private static ParityCluster cluster;

    @BeforeAll
    static void open() throws Exception {
        cluster = new ParityCluster();
    }

    @AfterAll
    static void close() throws Exception {
        cluster.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"STATEFULSET", "DAEMONSET"})
    void restart_isThatOfKubectl(Kind kind) throws Exception {
        assumeTrue(ParityCluster.hasKubectl(), "no kubectl");
        RevisionedRelease ours = of(kind, "ours", spec -> {});
        RevisionedRelease theirs = of(kind, "theirs", spec -> {});

        ours.run(planned(ours));
        assertThat(cluster.kubectl("rollout", "restart", kind.lowerCase() + "/" + theirs.ref.name())
                        .text())
                .contains("restarted");
        theirs.awaitStatus(State.DONE);

        assertThat(template(ours)).isEqualTo(template(theirs));
        assertThat(ours.numbers()).isEqualTo(theirs.numbers()).containsExactly("2=3.7", "1=3.7");
        assertThat(PodTemplate.of(ours.live()).restartedAt()).endsWith("Z");
    }

    @ParameterizedTest
    @EnumSource(names = {"STATEFULSET", "DAEMONSET"})
    void restart_replacesEveryPod_once_andIsTheSameRelease(Kind kind) {
        RevisionedRelease release = of(kind, "every-pod", spec -> {});
        release.deploy("3.8");
        release.awaitStatus(State.DONE);
        List<String> before = uids(release);
        Plan plan = planned(release);

        release.run(plan);
        long generation = release.live().at("/metadata/generation").asLong();
        assertThat(release.start(plan, 0)).isEqualTo(new Step.Start.Started());

        assertThat(release.live().at("/metadata/generation").asLong()).isEqualTo(generation);
        assertThat(uids(release)).hasSameSizeAs(before).doesNotContainAnyElementsOf(before);
        assertThat(release.live().at("/metadata/annotations").toString())
                .contains("restarted by Stepback", "asked by Ana, approved by Lea: 5xx since noon");
        assertThat(release.planned(OptionalLong.empty()).to().images()).containsValue("registry.k8s.io/pause:3.7");
    }

    @ParameterizedTest
    @EnumSource(names = {"STATEFULSET", "DAEMONSET"})
    void deployAfterThePlan_voidsIt(Kind kind) {
        RevisionedRelease release = of(kind, "deploy", spec -> {});
        Plan plan = planned(release);
        assertThat(release.target().changedSince(release.ref, plan)).isEmpty();
        release.deploy("3.8");

        assertThat(release.target().changedSince(release.ref, plan)).isPresent();
        assertThat(release.start(plan, 0)).isInstanceOf(Step.Start.Void.class);
        assertThat(release.tag()).isEqualTo("3.8");
    }

    @ParameterizedTest
    @EnumSource(names = {"STATEFULSET", "DAEMONSET"})
    void onDelete_replacesNoPodByItself_andSaysSo(Kind kind) {
        RevisionedRelease release =
                of(kind, "on-delete", spec -> spec.putObject("updateStrategy").put("type", "OnDelete"));
        List<String> before = uids(release);
        Plan plan = planned(release);

        assertThat(plan.steps()).extracting(PlannedStep::type).containsExactly(kind.lowerCase() + ".restart");
        assertThat(plan.findings())
                .contains(Finding.warn(
                        "on-delete",
                        "Its strategy is OnDelete: the restart itself replaces no pod. Each starts anew when it is"
                                + " deleted."));
        release.run(plan);
        await().until(() -> release.numbers().size() == 2);

        assertThat(uids(release)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(names = {"STATEFULSET", "DAEMONSET"})
    void pause_isAnsweredWithWhatToDoInstead_thatKubectlTakes(Kind kind) throws Exception {
        RevisionedRelease release = of(kind, "pause", spec -> {});

        PlanResult.Refused pause = refused(release, Operation.PAUSE);
        assertThat(pause.reason()).isEqualTo(PlanResult.Reason.NOT_SUPPORTED);
        assertThat(pause.message())
                .startsWith(
                        "Kubernetes knows no pause for a " + kind.apiName() + ", only for Deployments. To hold its");
        assertThat(refused(release, Operation.RESUME).message()).endsWith("Nothing holds its rollout.");
        assumeTrue(ParityCluster.hasKubectl(), "no kubectl");
        List<String> before = uids(release);

        type(pause.message());
        release.deploy("3.8");
        await().until(() -> release.live().at("/status/observedGeneration").asLong()
                == release.live().at("/metadata/generation").asLong());
        assertThat(uids(release)).isEqualTo(before);

        type(refused(release, Operation.RESUME).message());
        release.awaitStatus(State.DONE);
        assertThat(release.states()).containsOnly("3.8");
    }

    private static RevisionedRelease of(Kind kind, String name, Consumer<ObjectNode> settings) {
        Redactor redactor = new Redactor(List.of());
        TargetType target = kind == Kind.STATEFULSET
                ? StatefulSetTarget.of(cluster.client(), redactor, Clock.systemUTC(), DataChecks.NONE)
                : DaemonSetTarget.of(cluster.client(), redactor, Clock.systemUTC(), DataChecks.NONE);
        RevisionedRelease release = new RevisionedRelease(cluster, target, kind.lowerCase() + "-" + name);
        release.through(
                spec -> {
                    if (kind == Kind.STATEFULSET) {
                        spec.put("serviceName", name).put("replicas", 2);
                    }
                    settings.accept(spec);
                },
                "3.7");
        release.awaitStatus(State.DONE);
        return release;
    }

    private static Plan planned(RevisionedRelease release) {
        return ((PlanResult.Planned) release.target().plan(release.ref, RESTART)).plan();
    }

    private static PlanResult.Refused refused(RevisionedRelease release, Operation operation) {
        PlanResult.Refused refused =
                release.target().refusal(release.ref, PlanRequest.to(operation)).orElseThrow();
        assertThat(release.target().plan(release.ref, PlanRequest.to(operation)))
                .isEqualTo(refused);
        return refused;
    }

    /** Runs the command between the backquotes. */
    private static void type(String message) throws Exception {
        String[] words = message.substring(message.indexOf('`') + 1, message.lastIndexOf('`'))
                .replace("'", "")
                .replaceAll(" -n \\S+", "")
                .split(" ");
        assertThat(words[0]).isEqualTo("kubectl");
        assertThat(cluster.kubectl(java.util.Arrays.copyOfRange(words, 1, words.length))
                        .text())
                .contains("patched");
    }

    private static String template(RevisionedRelease release) {
        return Json.canonical(release.live().at("/spec/template"))
                .replace(release.ref.name(), "name")
                .replace(PodTemplate.of(release.live()).restartedAt(), "time");
    }

    private static List<String> uids(RevisionedRelease release) {
        return release.pods().stream().map(pod -> pod.getMetadata().getUid()).toList();
    }
}
