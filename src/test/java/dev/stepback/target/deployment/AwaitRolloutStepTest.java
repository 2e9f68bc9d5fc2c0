package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Attribution;
import dev.stepback.target.Guard;
import dev.stepback.target.Kind;
import dev.stepback.target.Rollout;
import dev.stepback.target.Rollout.PodProblem;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.StepContext;
import dev.stepback.target.workload.AwaitRolloutStep;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Yaml;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AwaitRolloutStepTest {
    private final FakeApiServer api = new FakeApiServer();
    private final Step await = new DeploymentTarget(
                    api.client(), new Redactor(List.of(Pattern.compile("token"))), Clock.systemUTC())
            .steps()
            .get(1);

    @BeforeEach
    void fill() {
        Shop.fill(api);
        ((ObjectNode) api.get(Shop.PATH).path("status")).put("availableReplicas", 1);
    }

    @AfterEach
    void close() {
        api.close();
    }

    @Test
    void restoredTemplateEverywhere_isDone() {
        ((ObjectNode) api.get(Shop.PATH).path("status")).put("availableReplicas", 3);
        assertThat(observe().state()).isEqualTo(Observation.State.DONE);
    }

    @Test
    void newerDeploy_failsAndSaysWhose() {
        api.put(Shop.PATH, Shop.deployment(4, "4.0"));
        Shop.putReplicaSet(api, Shop.replicaSet(4, "4.0"));

        Observation observation = observe();

        assertThat(observation.state()).isEqualTo(Observation.State.OVERTAKEN);
        assertThat(observation.message())
                .contains("replaced")
                .contains("shop/checkout:4.0")
                .contains("release 4.0");
    }

    @Test
    void deletedOrAnotherOne_fails() {
        ((ObjectNode) api.get(Shop.PATH).path("metadata")).put("uid", "another");
        assertThat(observe().message()).contains("created again");
        api.remove(Shop.PATH);
        assertThat(observe().message()).contains("was deleted");
    }

    @Test
    void paused_saysHowToGoOn() {
        ((ObjectNode) api.get(Shop.PATH).path("spec")).put("paused", true);
        assertThat(observe().message()).contains("kubectl rollout resume deployment/checkout -n production");
    }

    @Test
    void badPull_isNamedWithItsMessage() {
        pod(
                "a",
                "{containerStatuses: [{name: c, state: {waiting: {reason: ImagePullBackOff, message: 'no such"
                        + " tag'}}}]}");
        assertThat(problems()).containsExactly(new PodProblem("a", "ImagePullBackOff", "no such tag"));
    }

    @Test
    void crash_isNamedWithExitCodeAndRestarts() {
        pod(
                "a",
                "{containerStatuses: [{name: c, restartCount: 4, state: {waiting: {reason: CrashLoopBackOff}},"
                        + " lastState: {terminated: {exitCode: 2, reason: Error, message: 'bad token=abc'}}}]}");
        assertThat(problems())
                .containsExactly(
                        new PodProblem("a", "CrashLoopBackOff", "exit code 2, 4 restarts: bad token=" + Redactor.MASK));
    }

    @Test
    void killedForMemory_isNamed() {
        pod(
                "a",
                "{containerStatuses: [{name: c, restartCount: 1, state: {waiting: {reason: CrashLoopBackOff}},"
                        + " lastState: {terminated: {exitCode: 137, reason: OOMKilled}}}]}");
        assertThat(problems()).containsExactly(new PodProblem("a", "OOMKilled", "exit code 137, 1 restart"));
    }

    @Test
    void unschedulable_isNamed() {
        pod("a", "{conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/3 nodes'}]}");
        assertThat(problems()).containsExactly(new PodProblem("a", "Unschedulable", "0/3 nodes"));
    }

    @Test
    void failingProbe_isNamedFromTheEvents() {
        pod("a", "{containerStatuses: [{name: c, state: {running: {}}}]}");
        api.put("/api/v1/namespaces/production/events/e1", (ObjectNode)
                Yaml.parse("{type: Warning, reason: Unhealthy, lastTimestamp: '2026-11-21T14:00:00Z',"
                        + " involvedObject: {name: a}, message: 'Readiness probe failed: 503'}"));
        assertThat(problems()).containsExactly(new PodProblem("a", "Unhealthy", "Readiness probe failed: 503"));
    }

    @Test
    void startingOrReadyPod_isNoProblem() {
        pod("a", "{containerStatuses: [{name: c, state: {waiting: {reason: ContainerCreating}}}]}");
        pod("b", "{conditions: [{type: Ready, status: 'True'}]}");
        assertThat(problems()).isEmpty();
    }

    @Test
    void manyProblems_areBounded() {
        for (int i = 0; i < 30; i++) {
            pod("pod-%02d".formatted(i), "{containerStatuses: [{state: {waiting: {reason: ErrImagePull}}}]}");
        }
        assertThat(problems()).hasSize(Rollout.MAX_PROBLEMS);
    }

    @Test
    void podsThatMayNotBeRead_costOnlyTheReasons() {
        api.fail("/pods", 403);
        assertThat(observe().message()).contains("1 of 3 updated replicas are available");
    }

    private void pod(String name, String status) {
        ObjectNode pod = (ObjectNode) Yaml.parse("""
            metadata: {name: %s, ownerReferences: [{uid: rs-3.0, controller: true}]}
            spec: {containers: [{name: c}]}
            status: %s
            """.formatted(name, status));
        api.put("/api/v1/namespaces/production/pods/" + name, pod);
    }

    private List<PodProblem> problems() {
        return Objects.requireNonNull(observe().rollout()).problems();
    }

    private Observation observe() {
        PodTemplate restored = new PodTemplate(Shop.template("3.0"));
        return await.observe(new StepContext(
                Shop.CHECKOUT,
                Shop.UID,
                AwaitRolloutStep.planned(Kind.DEPLOYMENT, restored, 3),
                new Attribution("checkout-x1", "Ana", List.of(), "", false),
                Guard.NONE));
    }
}
