package dev.stepback.target.workload.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the rollout will go, and what goes on beside it. */
class ForecastTest {

    @RegisterExtension
    static final Ground ground = new Ground();

    private static void released(String rolling) {
        ground.released(
                "{containers: [{name: web, image: 'web:1'}]}", "{containers: [{name: web, image: 'web:2'}]}", rolling);
    }

    private static String rolling(String surge, String unavailable) {
        return "strategy: {rollingUpdate: {maxSurge: " + surge + ", maxUnavailable: " + unavailable + "}}";
    }

    /** One that became ready so many seconds after it was made. */
    private static void pod(String name, int seconds, int restarts) {
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: " + name
                + ", labels: {app: web}}, spec: {containers: [{name: web, image: 'web:2'}]}";
        ground.apply(pod + "}");
        ground.status(
                pod + ", status: {phase: Running, conditions: [{type: Ready, status: 'True', lastTransitionTime: '"
                        + ground.now().plusSeconds(seconds)
                        + "'}], containerStatuses: [{name: web, image: 'web:2', imageID: '',"
                        + " ready: true, restartCount: " + restarts + "}]}}");
    }

    /** The controller found the last rollout complete so long after its ReplicaSet was made. */
    private static void complete(Duration after) {
        complete(after, Duration.ZERO);
    }

    /** @param again when it began to make progress again */
    private static void complete(Duration after, Duration again) {
        ground.client
                .apps()
                .deployments()
                .inNamespace(ground.ref().namespace())
                .withName("web")
                .editStatus(d -> new DeploymentBuilder(d)
                        .withNewStatus()
                        .addNewCondition()
                        .withType("Progressing")
                        .withStatus("True")
                        .withReason("NewReplicaSetAvailable")
                        .withLastTransitionTime(ground.now().plus(again).toString())
                        .withLastUpdateTime(ground.now().plus(after).toString())
                        .endCondition()
                        .endStatus()
                        .build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1    | 0   | 4 pods, one at a time (maxSurge 1, maxUnavailable 0).",
                "25%  | 25% | 4 pods, up to 2 at a time (maxSurge 25%, maxUnavailable 25%).",
                "100% | 0   | 4 pods, all at once (maxSurge 100%, maxUnavailable 0).",
                "0    | 10% | 4 pods, one at a time (maxSurge 0, maxUnavailable 10%)."
            })
    void strategy_isPutIntoWords(String surge, String unavailable, String expected) {
        released(rolling(surge, unavailable));

        assertThat(ground.says("pace")).isEqualTo("PASS " + expected);
    }

    @Test
    void recreate_isAllAtOnce() {
        released("strategy: {type: Recreate}");

        assertThat(ground.says("pace")).isEqualTo("PASS 4 pods, all at once (Recreate).");
    }

    @Test
    void lastRollout_saysHowLongItTakes_whereTheClusterStillKnows() {
        released(rolling("1", "0"));
        complete(Duration.ofSeconds(100));

        assertThat(ground.says("pace")).endsWith("(maxSurge 1, maxUnavailable 0); about 2 min, as the last one took.");
    }

    @Test
    void lastRolloutOfFewerPods_doesNotTell() {
        released(rolling("1", "0"));
        complete(Duration.ofSeconds(5));
        ground.later(Duration.ofHours(1));
        pod("a", 10, 0);
        pod("b", 10, 0);
        assertThat(ground.says("pace")).endsWith("; a few seconds, as the last one took.");

        pod("c", 10, 0);
        assertThat(ground.says("pace")).endsWith("; about 40 s, as its pods needed.");
    }

    @Test
    void rolloutThatWasPausedOrStuck_doesNotTell() {
        released(rolling("1", "0"));
        complete(Duration.ofSeconds(1000), Duration.ofSeconds(995));

        assertThat(ground.says("pace")).doesNotContain("about");
    }

    @Test
    void revisionThatWasUsedAgain_doesNotTell() {
        released(rolling("1", "0"));
        complete(Duration.ofSeconds(100));
        ground.client
                .apps()
                .replicaSets()
                .inNamespace(ground.ref().namespace())
                .withName("web-h2")
                .edit(rs -> {
                    rs.getMetadata().getAnnotations().put("deployment.kubernetes.io/revision-history", "1");
                    return rs;
                });

        assertThat(ground.says("pace")).doesNotContain("about");
    }

    @Test
    void otherwise_podsThatStartedSmoothlyTell() {
        released(rolling("1", "0"));
        pod("a", 9, 0);
        pod("b", 11, 0);
        pod("c", 500, 0);
        pod("crashed", 3000, 4);

        assertThat(ground.says("pace")).endsWith("; about 50 s, as its pods needed.");
    }

    /** Pods of the revision to restore, which a rollout that got stuck has left alone. */
    private static void left(int pods) {
        for (int i = 0; i < pods; i++) {
            ground.apply("{apiVersion: v1, kind: Pod, metadata: {name: left-" + i
                    + ", labels: {app: web, pod-template-hash: h1}}, spec: {containers: [{name: web, image:"
                    + " 'web:1'}]}}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 | 1 of 4 pods, the others still run revision 1 (maxSurge 1, maxUnavailable 0).",
                "2 | 2 of 4 pods, the others still run revision 1, one at a time (maxSurge 1, maxUnavailable 0).",
                "4 | All 4 pods that are wanted still run revision 1.",
                "5 | All 4 pods that are wanted still run revision 1."
            })
    void podsThatRunTheRestoredRevision_areNotReplaced(int left, String expected) {
        released(rolling("1", "0"));
        complete(Duration.ofSeconds(100));
        left(left);

        assertThat(ground.says("pace")).isEqualTo("PASS " + expected);
    }

    @Test
    void nothingToReplace_saysNothing() {
        released(rolling("1", "0"));
        ground.client
                .apps()
                .deployments()
                .inNamespace(ground.ref().namespace())
                .withName("web")
                .scale(0);

        assertThat(ground.says("pace")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, a few seconds",
        "9, a few seconds",
        "10, about 10 s",
        "61, about 70 s",
        "90, about 90 s",
        "91, about 2 min",
        "600, about 10 min"
    })
    void time_isRoundedUp(long seconds, String words) {
        assertThat(Forecast.about(Duration.ofSeconds(seconds))).isEqualTo(words);
    }

    @Test
    void autoscaler_warnsOnlyAtItsMaximum() {
        String hpa = "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec:"
                + " {minReplicas: 2, maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name:"
                + " web}}";
        ground.apply(hpa + "}");
        released(rolling("0", "1"));
        assertThat(ground.says("autoscaler"))
                .isEqualTo("PASS HorizontalPodAutoscaler web may change the replicas (2 to 4) during the rollout; that"
                        + " does not disturb it.");

        ground.status(hpa + ", status: {currentReplicas: 4, desiredReplicas: 4}}");
        assertThat(ground.says("autoscaler"))
                .isEqualTo(
                        "WARN HorizontalPodAutoscaler web is at its maximum of 4, and the rollout takes up to 1 of them"
                                + " away: expect less room for load until it is over.");
    }

    @Test
    void disruptionBudget_neverHoldsARolloutUp_andWarnsWhereTheRolloutGoesBelowIt() {
        String pdb = "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {selector:"
                + " {matchLabels: {app: web}}}, status: {desiredHealthy: %d, disruptionsAllowed: 0,"
                + " currentHealthy: 4, expectedPods: 4}}";
        ground.apply(pdb.formatted(3));
        ground.status(pdb.formatted(3));
        released(rolling("0", "1"));
        assertThat(ground.says("disruption-budget"))
                .isEqualTo("PASS PodDisruptionBudget web holds up evictions, not rollouts.");

        ground.status(pdb.formatted(4));
        assertThat(ground.says("disruption-budget"))
                .isEqualTo("WARN The rollout may leave 3 of 4 pods, and PodDisruptionBudget web wants 4: it holds up"
                        + " evictions, not rollouts.");
    }

    @Test
    void disruptionBudgetOverOtherPodsToo_isNotComparedWithTheseAlone() {
        String pdb = "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: all}, spec: {selector:"
                + " {matchExpressions: [{key: app, operator: In, values: [web, cart]}]}}, status: {desiredHealthy: %d,"
                + " disruptionsAllowed: 15, currentHealthy: 30, expectedPods: 30}}";
        ground.apply(pdb.formatted(15));
        ground.status(pdb.formatted(15));
        released(rolling("0", "1"));
        assertThat(ground.says("disruption-budget")).startsWith("PASS");

        ground.status(pdb.formatted(30));
        assertThat(ground.says("disruption-budget"))
                .startsWith("WARN The rollout may leave 29 of 30 pods, and PodDisruptionBudget all wants 30");
    }

    @ParameterizedTest
    @CsvSource({
        "minAvailable: 4, WARN The rollout may leave 3 of 4 pods",
        "minAvailable: 75%, PASS",
        "minAvailable: 76%, WARN The rollout may leave 3 of 4 pods",
        "maxUnavailable: 0, WARN The rollout may leave 3 of 4 pods",
        "maxUnavailable: 25%, PASS"
    })
    void disruptionBudgetThatNobodyHasCounted_goesByItsSpec(String budget, String expected) {
        ground.apply("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {" + budget
                + ", selector: {matchLabels: {app: web}}}}");
        released(rolling("0", "1"));

        assertThat(ground.says("disruption-budget")).startsWith(expected);
    }

    @Test
    void budgetAndAutoscaler_areNotDisturbedWhereNoPodIsTakenAway() {
        String pdb = "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {selector:"
                + " {matchLabels: {app: web}}}, status: {desiredHealthy: 4, disruptionsAllowed: 0,"
                + " currentHealthy: 4, expectedPods: 4}}";
        String hpa = "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec:"
                + " {minReplicas: 2, maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name:"
                + " web}}, status: {currentReplicas: 4, desiredReplicas: 4}}";
        ground.apply(pdb, hpa);
        ground.status(pdb);
        ground.status(hpa);
        released(rolling("0", "1"));
        left(3);
        assertThat(ground.says("disruption-budget")).startsWith("WARN");
        assertThat(ground.says("autoscaler")).startsWith("WARN");
        left(4);
        assertThat(ground.says("disruption-budget")).startsWith("PASS");
        assertThat(ground.says("autoscaler")).startsWith("PASS");

        ground.newNamespace();
        ground.apply(pdb, hpa);
        ground.status(pdb);
        ground.status(hpa);
        released(rolling("1", "0"));
        assertThat(ground.says("disruption-budget")).startsWith("PASS");
        assertThat(ground.says("autoscaler")).startsWith("PASS");
    }
}
