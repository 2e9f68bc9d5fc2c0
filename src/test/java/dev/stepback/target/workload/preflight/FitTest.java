package dev.stepback.target.workload.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether the API server and the quotas would take the restored pods. */
class FitTest {
    private static final String MODEST = "{requests: {cpu: 1, memory: 512Mi}, limits: {cpu: 1, memory: 512Mi}}";
    private static final String PLAIN = "{containers: [{name: web, image: 'web:2'}]}";

    @RegisterExtension
    static final Ground ground = new Ground();

    private static String with(String resources) {
        return "{containers: [{name: web, image: 'web:1', resources: " + resources + "}]}";
    }

    private static void limitRange(String limit) {
        ground.apply("{apiVersion: v1, kind: LimitRange, metadata: {name: limits}, spec: {limits: [" + limit + "]}}");
    }

    private static void quota(String hard, String used) {
        ground.apply("{apiVersion: v1, kind: ResourceQuota, metadata: {name: compute}, spec: {hard: " + hard + "}}");
        ground.status("{apiVersion: v1, kind: ResourceQuota, metadata: {name: compute}, spec: {hard: " + hard
                + "}, status: {hard: " + hard + ", used: " + used + "}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: Container, max: {memory: 1Gi}} | {limits: {memory: 1Gi}} | PASS",
                "{type: Container, max: {memory: 1Gi}} | {limits: {memory: 2Gi}} | container web may have at most 1Gi"
                        + " memory, and asks for 2Gi and may use 2Gi (LimitRange limits)",
                "{type: Container, max: {memory: 1Gi}, default: {memory: 512Mi}} | {} | PASS",
                "{type: Container, max: {memory: 1Gi}} | {} | PASS",
                "{type: Container, min: {cpu: 100m}} | {} | PASS",
                "{type: Container, maxLimitRequestRatio: {cpu: 2}} | {} | says neither request nor limit",
                "{type: Container, min: {cpu: 100m}} | {requests: {cpu: 100m}} | PASS",
                "{type: Container, min: {cpu: 100m}} | {requests: {cpu: 50m}} | container web has to ask for at least"
                        + " 100m cpu, and asks for 50m and says no limit",
                "{type: Container, min: {cpu: 100m}, defaultRequest: {cpu: 200m}} | {} | PASS",
                "{type: Container, maxLimitRequestRatio: {cpu: 2}} | {requests: {cpu: 1}, limits: {cpu: 2}} | PASS",
                "{type: Container, maxLimitRequestRatio: {cpu: 2}} | {requests: {cpu: 1}, limits: {cpu: 3}} | at most"
                        + " 2 times its request",
                "{type: Pod, max: {memory: 1Gi}} | {limits: {memory: 2Gi}} | a pod may have at most 1Gi memory",
                "{type: PersistentVolumeClaim, max: {storage: 1Gi}} | {} | PASS"
            })
    void limitRange_passesOrBlocks(String limit, String resources, String expected) {
        limitRange(limit);
        ground.released(with(resources), with(MODEST).replace("web:1", "web:2"));

        assertThat(ground.says("limits")).contains(expected);
        assertThat(ground.plan().blocked()).isEqualTo(!expected.equals("PASS"));
    }

    @ParameterizedTest
    @CsvSource({"'', PASS", "', restartPolicy: Always', 'BLOCK The restored pods would be refused: a pod may have'"})
    void initContainerThatStays_countsBesideTheOthers(String more, String expected) {
        limitRange("{type: Pod, max: {memory: 1Gi}}");
        ground.released(
                "{containers: [{name: web, image: 'web:1', resources: {limits: {memory: 512Mi}}}], initContainers:"
                        + " [{name: proxy, image: 'proxy:1', resources: {limits: {memory: 768Mi}}" + more + "}]}",
                with(MODEST).replace("web:1", "web:2"));

        assertThat(ground.says("limits")).startsWith(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{limits.memory: 8Gi} | {limits.memory: 4Gi} | {limits: {memory: 1Gi}} | {maxSurge: 1, maxUnavailable:"
                        + " 0} | PASS",
                "{limits.memory: 4Gi} | {limits.memory: 4Gi} | {limits: {memory: 1Gi}} | {maxSurge: 1, maxUnavailable:"
                        + " 0} | WARN ResourceQuota compute has no room for one more pod (limits.memory), and no old one"
                        + " stops before a new one is ready",
                "{limits.memory: 4Gi} | {limits.memory: 4Gi} | {limits: {memory: 1Gi}} | {maxSurge: 0, maxUnavailable:"
                        + " 1} | PASS",
                "{limits.memory: 5Gi} | {limits.memory: 4Gi} | {limits: {memory: 2Gi}} | {maxSurge: 0, maxUnavailable:"
                        + " 1} | WARN ResourceQuota compute has no room for all restored pods",
                "{pods: 3} | {pods: 4} | {limits: {memory: 1Gi}} | {maxSurge: 0, maxUnavailable: 1} | WARN"
                        + " ResourceQuota compute has no room for all restored pods (pods), for it was lowered, and more"
                        + " is in use than it allows: some would not start. Raise the quota first.",
                "{pods: 4} | {pods: 4} | {limits: {memory: 1Gi}} | {maxSurge: 1, maxUnavailable: 0} | WARN"
                        + " ResourceQuota compute has no room for one more pod (pods)",
                "{requests.cpu: 4} | {requests.cpu: 0} | {limits: {memory: 1Gi}} | {maxSurge: 1, maxUnavailable: 0} |"
                        + " BLOCK The restored pods would be refused: ResourceQuota compute wants every container to say"
                        + " its requests.cpu, and container web does not.",
                "{configmaps: 1} | {configmaps: 1} | {} | {maxSurge: 1, maxUnavailable: 0} | PASS"
            })
    void quota_passesWarnsOrBlocks(String hard, String used, String resources, String rolling, String expected) {
        quota(hard, used);
        ground.released(
                with(resources),
                with("{limits: {memory: 1Gi, cpu: 100m}}").replace("web:1", "web:2"),
                "strategy: {rollingUpdate: " + rolling + "}");

        assertThat(ground.says("quota")).startsWith(expected);
    }

    private static void released(String restored, String rolling) {
        ground.released(
                with(restored),
                with("{limits: {memory: 1Gi, cpu: 100m}}").replace("web:1", "web:2"),
                "strategy: {rollingUpdate: " + rolling + "}");
    }

    private static void pod(String name, String revision, boolean ready) {
        String pod = "{apiVersion: v1, kind: Pod, metadata: {name: " + name + ", labels: {app: web, pod-template-hash: "
                + revision + "}}, spec: {containers: [{name: web, image: 'web:1'}]}";
        ground.apply(pod + "}");
        ground.status(pod + ", status: {phase: Running, conditions: [{type: Ready, status: '"
                + (ready ? "True" : "False") + "'}]}}");
    }

    @Test
    void quotaThatNobodyHasCounted_isNotKnownToHaveRoom() {
        ground.apply("{apiVersion: v1, kind: ResourceQuota, metadata: {name: compute}, spec: {hard: {pods: 9,"
                + " limits.memory: 90Gi, configmaps: 1}}}");
        released("{limits: {memory: 1Gi}}", "{maxSurge: 1, maxUnavailable: 0}");
        assertThat(ground.says("quota"))
                .hasSizeLessThan(300)
                .startsWith("WARN What is in use of ResourceQuota compute (")
                .contains("pods", "limits.memory")
                .doesNotContain("configmaps")
                .endsWith("is not counted yet: whether it has room for the restored pods is not known, and until it is"
                        + " counted it may let no pod in. Ask again in a minute.");

        quota("{pods: 9, limits.memory: 90Gi}", "{pods: 4}");
        assertThat(ground.says("quota"))
                .startsWith("WARN What is in use of ResourceQuota compute (limits.memory) is not counted yet");
        quota("{pods: 4, limits.memory: 90Gi}", "{pods: 4}");
        assertThat(ground.says("quota")).startsWith("WARN ResourceQuota compute has no room for one more pod (pods)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "scopes: [NotTerminating] | '' | no room for one more pod (pods)",
                "scopes: [Terminating] | '' | ''",
                "scopes: [BestEffort] | '' | ''",
                "scopes: [NotBestEffort] | '' | no room for one more pod (pods)",
                "scopes: [NotTerminating, BestEffort] | '' | ''",
                "scopes: [PriorityClass] | '' | ''",
                "scopes: [PriorityClass] | gold | no room for one more pod (pods)",
                "scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [gold]}]} | gold"
                        + " | no room for one more pod (pods)",
                "scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [gold]}]} | ''"
                        + " | ''",
                "scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: NotIn, values: [gold]}]} | ''"
                        + " | no room for one more pod (pods)",
                "scopeSelector: {matchExpressions: [{scopeName: CrossNamespacePodAffinity, operator: Exists}]} | ''"
                        + " | ''"
            })
    void scopedQuota_countsWhereItIsAboutSuchPods(String scope, String priorityClass, String expected) {
        ground.apply("{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: gold}, value: 1000}");
        ground.apply("{apiVersion: v1, kind: ResourceQuota, metadata: {name: compute}, spec: {" + scope
                + ", hard: {pods: 4}}}");
        ground.status("{apiVersion: v1, kind: ResourceQuota, metadata: {name: compute}, spec: {" + scope
                + ", hard: {pods: 4}}, status: {hard: {pods: 4}, used: {pods: 4}}}");
        String named = priorityClass.isEmpty() ? "" : "priorityClassName: " + priorityClass + ", ";
        ground.released(
                with(MODEST).replace("{containers", "{" + named + "containers"),
                with(MODEST).replace("web:1", "web:2").replace("{containers", "{" + named + "containers"),
                "strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}");

        if (expected.isEmpty()) {
            assertThat(ground.says("quota")).isEmpty();
        } else {
            assertThat(ground.says("quota")).contains(expected);
        }
    }

    @Test
    void quotaOfAnotherResource_counts_onlyIfPodsWantSomeOfIt() {
        quota("{requests.example.com/gpu: 4, requests.storage: 1Gi}", "{requests.example.com/gpu: 4}");
        released("{limits: {example.com/gpu: 1}}", "{maxSurge: 1, maxUnavailable: 0}");
        assertThat(ground.says("quota"))
                .startsWith("WARN ResourceQuota compute has no room for one more pod (requests.example.com/gpu)");

        ground.newNamespace();
        quota("{requests.example.com/gpu: 4}", "{requests.example.com/gpu: 4}");
        released("{limits: {cpu: 1}}", "{maxSurge: 1, maxUnavailable: 0}");
        assertThat(ground.says("quota")).startsWith("PASS");
    }

    @Test
    void fullQuota_isNoMatterWhereTheRestoredPodsStillRun() {
        quota("{pods: 5}", "{pods: 5}");
        released("{limits: {memory: 1Gi}}", "{maxSurge: 1, maxUnavailable: 0}");
        for (String name : new String[] {"a", "b", "c"}) {
            pod(name, "h1", true);
        }
        pod("d", "h2", true);
        assertThat(ground.says("quota")).startsWith("WARN ResourceQuota compute has no room for one more pod");
        pod("broken", "h2", false);
        assertThat(ground.says("quota")).startsWith("PASS");

        ground.delete("{apiVersion: v1, kind: Pod, metadata: {name: d}}");
        pod("e", "h1", true);
        assertThat(ground.says("quota")).startsWith("PASS");
        ground.status(
                "{apiVersion: v1, kind: ResourceQuota, metadata: {name: compute}, spec: {hard: {pods: 5}}, status:"
                        + " {hard: {pods: 5}}}");
        assertThat(ground.says("quota")).startsWith("PASS");
    }

    /** One that is not there gives nothing up, and one that is leaving does. */
    @Test
    void quota_isMeasuredByThePodsThatThereAre() {
        released("{limits: {memory: 2Gi}}", "{maxSurge: 0, maxUnavailable: 1}");
        pod("a", "h2", true);
        pod("b", "h2", true);
        quota("{limits.memory: 8Gi}", "{limits.memory: 2Gi}");
        assertThat(ground.says("quota")).startsWith("PASS");
        quota("{limits.memory: 7Gi}", "{limits.memory: 2Gi}");
        assertThat(ground.says("quota")).startsWith("WARN ResourceQuota compute has no room for all restored pods");

        String leaving = "{apiVersion: v1, kind: Pod, metadata: {name: c, finalizers: [shop.example/drain], labels:"
                + " {app: web}}, spec: {containers: [{name: web, image: 'web:1'}]}}";
        ground.apply(leaving);
        ground.delete(leaving);
        quota("{limits.memory: 8Gi}", "{limits.memory: 3Gi}");
        assertThat(ground.says("quota")).startsWith("PASS");
    }

    @Test
    void brokenPodsThatAreAllThereIs_makeNoRoom() {
        quota("{pods: 4}", "{pods: 4}");
        released("{limits: {memory: 1Gi}}", "{maxSurge: 1, maxUnavailable: 0}");
        for (String name : new String[] {"a", "b", "c", "d"}) {
            pod(name, "h2", false);
        }
        assertThat(ground.says("quota")).startsWith("WARN ResourceQuota compute has no room for one more pod");
    }

    @Test
    void defaultLimitBelowWhatAContainerAsksFor_makesAPodThatIsNotValid() {
        limitRange("{type: Container, default: {memory: 512Mi}}");
        ground.released(with("{requests: {memory: 1Gi}}"), with(MODEST).replace("web:1", "web:2"));

        assertThat(ground.says("limits"))
                .isEqualTo("BLOCK The restored pods would be refused: by the default of a LimitRange container web asks"
                        + " for 1Gi and may use 512Mi of memory. Change that first, or choose another revision.");
    }

    @Test
    void fullQuota_isNoMatterWhereNoPodIsWanted() {
        quota("{pods: 4}", "{pods: 4}");
        ground.released(with(MODEST), PLAIN, "strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}");
        ground.client
                .apps()
                .deployments()
                .inNamespace(ground.ref().namespace())
                .withName("web")
                .scale(0);

        assertThat(ground.says("quota")).isEmpty();
    }

    @Test
    void refusalThatWouldMeetThePresentRevisionToo_isNotSure() {
        limitRange("{type: Container, max: {memory: 1Gi}}");
        quota("{requests.cpu: 4}", "{requests.cpu: 0}");
        ground.released(
                with("{limits: {memory: 2Gi}}"), with("{limits: {memory: 3Gi}}").replace("web:1", "web:2"));

        assertThat(ground.says("limits"))
                .startsWith(
                        "WARN New pods may be refused, as those of the present revision would be: container web may");
        assertThat(ground.says("quota")).startsWith("WARN New pods may be refused");
    }

    @Test
    void namespaceWithoutLimitsAndQuotas_saysNothing() {
        ground.released(with("{}"), PLAIN);

        assertThat(ground.says("limits")).isEmpty();
        assertThat(ground.says("quota")).isEmpty();
    }

    @Test
    void priorityClass_passesWhileItIsThere_blocksWhenItIsGone() {
        String gold = "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: gold}, value: 1000}";
        ground.apply(gold);
        ground.released("{priorityClassName: gold, containers: [{name: web, image: 'web:1'}]}", PLAIN);
        assertThat(ground.says("priority-class")).startsWith("PASS");

        ground.delete(gold);
        assertThat(ground.says("priority-class"))
                .isEqualTo(
                        "BLOCK The restored pods would be refused: PriorityClass gold is no longer there. Bring it back"
                                + " first.");
    }

    @Test
    void priorityClassThatMayNotBeLookedAt_warnsOnlyWhenItIsAnother() {
        ground.cluster.faults().deny("get", "priorityclasses.scheduling.k8s.io");
        try {
            ground.released("{priorityClassName: gold, containers: [{name: web, image: 'web:1'}]}", PLAIN);
            assertThat(ground.says("priority-class"))
                    .startsWith("WARN Check \"priority-class\" (get priorityclasses.scheduling.k8s.io) could");

            ground.newNamespace();
            ground.released(
                    "{priorityClassName: gold, containers: [{name: web, image: 'web:1'}]}",
                    "{priorityClassName: gold, containers: [{name: web, image: 'web:2'}]}");
            assertThat(ground.says("priority-class")).startsWith("PASS");
        } finally {
            ground.cluster.faults().clear();
        }
    }
}
