package dev.stepback.target.workload.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stepback.stage.ParityCluster;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Identity;
import dev.stepback.target.Kind;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetType;
import dev.stepback.target.job.DataCheck;
import dev.stepback.target.job.DataChecks;
import dev.stepback.target.workload.Yaml;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every preflight check where it passes, where it warns and where it blocks, on a cluster whose controllers work: the
 * sandbox's, or a real one. What the checks make of finer differences their own tests say.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class PreflightIT {
    private static final PlanOptions FAST = new PlanOptions(true, false, false);
    private static final String JOB =
            "{spec: {template: {spec: {containers: [{name: check, image: 'shop.example/check:1'}]}}}}";
    private static ParityCluster cluster;
    private static Situation fine;
    private static Situation troubled;
    private static Situation blocked;
    private static Situation idle;
    private static Situation database;

    @BeforeAll
    static void prepare() throws Exception {
        cluster = new ParityCluster();
        fine = fine(new Situation(cluster, "fine", Kind.DEPLOYMENT));
        troubled = troubled(new Situation(cluster, "troubled", Kind.DEPLOYMENT));
        blocked = blocked(new Situation(cluster, "blocked", Kind.DEPLOYMENT));
        idle = idle(new Situation(cluster, "idle", Kind.DEPLOYMENT));
        database = database(new Situation(cluster, "database", Kind.STATEFULSET));
    }

    @AfterAll
    static void close() throws Exception {
        // Belongs to no namespace, and so does not go with one.
        fine.delete("PriorityClass", "gold-NAMESPACE");
        cluster.close();
    }

    private static String web(String meta, String spec, String labels, String pod) {
        return """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web%s}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              %s
              template: {metadata: {labels: {%s}}, spec: {terminationGracePeriodSeconds: 0, %s}}
            """.formatted(meta, spec, labels, pod);
    }

    private static String rolling(int surge, int unavailable) {
        return "strategy: {rollingUpdate: {maxSurge: %d, maxUnavailable: %d}}".formatted(surge, unavailable);
    }

    private static String container(String image, String more) {
        return "containers: [{name: web, image: 'shop.example/%s', %s}]".formatted(image, more);
    }

    private static String resources(String requests, String limits) {
        return "resources: {requests: %s, limits: %s}".formatted(requests, limits);
    }

    private static String limitRange() {
        return "{apiVersion: v1, kind: LimitRange, metadata: {name: limits}, spec: {limits: [{type: Container, max:"
                + " {memory: 1Gi}}]}}";
    }

    private static String quota(String hard, String used) {
        return "{apiVersion: v1, kind: ResourceQuota, metadata: {name: compute}, spec: {hard: %1$s}, status: {hard: %1$s, used: %2$s}}"
                .formatted(hard, used);
    }

    private static String service(String selector) {
        return "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {%s}, ports: [{port: 80, protocol: TCP, targetPort: http}]}}"
                .formatted(selector);
    }

    private static void disturbed(Situation it, int most, int wanted) {
        if (served("autoscaling/v2", "HorizontalPodAutoscaler")) {
            it.apply("{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec:"
                    + " {minReplicas: 1, maxReplicas: " + most + ", scaleTargetRef: {apiVersion: apps/v1, kind:"
                    + " Deployment, name: web}}, status: {currentReplicas: 2, desiredReplicas: 2}}");
        }
        if (served("policy/v1", "PodDisruptionBudget")) {
            it.apply("{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web}, spec: {minAvailable: "
                    + wanted + ", selector: {matchLabels: {app: web}}}, status: {desiredHealthy: " + wanted
                    + ", disruptionsAllowed: 0, currentHealthy: 2, expectedPods: 2}}");
        }
    }

    private static boolean served(String version, String kind) {
        return cluster.client().supports(version, kind);
    }

    private static Situation fine(Situation it) {
        it.apply(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {a: '1'}}",
                "{apiVersion: v1, kind: Secret, metadata: {name: password}, stringData: {p: hunter2}}",
                "{apiVersion: v1, kind: ServiceAccount, metadata: {name: shop}}",
                "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: gold-NAMESPACE}, value:"
                        + " 1000}",
                service("app: web"),
                limitRange());
        String named =
                "envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: password}}], ports: [{name: http,"
                        + " containerPort: 8080, protocol: TCP}], " + resources("{cpu: 10m}", "{memory: 64Mi}");
        String bound = "serviceAccountName: shop, priorityClassName: gold-NAMESPACE, ";
        it.released(
                web(
                        "",
                        rolling(1, 0),
                        "app: web",
                        bound + "nodeSelector: {kubernetes.io/os: linux}, " + container("web:1", named)),
                1,
                false);
        it.released(web("", rolling(1, 0), "app: web", bound + container("web:2", named)), 2, true);
        it.apply(quota("{pods: '10', requests.cpu: '10'}", "{pods: '2', requests.cpu: 20m}"));
        disturbed(it, 5, 1);
        return it;
    }

    private static Situation troubled(Situation it) {
        it.apply(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {a: '1'}}",
                service("app: web, track: new"));
        String managed = """
            , labels: {app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: shop,
             kubectl.kubernetes.io/last-applied-configuration: '{"spec":{"template":{"spec":{}}}}'}\
            """;
        it.released(
                web(
                        managed,
                        rolling(0, 1),
                        "app: web",
                        "nodeSelector: {stepback.dev/no-such: node}, imagePullSecrets:"
                                + " [{name: registry}], "
                                + container(
                                        "web:latest",
                                        "envFrom: [{configMapRef: {name: settings}}], "
                                                + resources("{cpu: 2}", "{memory: 2Gi}"))),
                1,
                false);
        it.released(
                web(
                        managed,
                        rolling(0, 1),
                        "app: web, track: new",
                        container("web:2-crash", resources("{cpu: 1}", "{memory: 2Gi}"))),
                2,
                false);
        it.apply(limitRange(), quota("{requests.cpu: '3'}", "{requests.cpu: '3'}"));
        disturbed(it, 2, 2);
        // Times are to the second: it is a change once it is in another second than the revision.
        Situation.await(() -> {
            it.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {a: '" + Instant.now()
                    + "'}}");
            return !it.says("configuration").isEmpty();
        });
        return it;
    }

    private static Situation blocked(Situation it) {
        it.apply(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings-5h7g2b9k4m}, data: {a: '1'}}",
                "{apiVersion: v1, kind: ServiceAccount, metadata: {name: shop}}",
                "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: gold-NAMESPACE}, value:"
                        + " 1000}",
                "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader}, rules: [{apiGroups:"
                        + " ['*'], resources: ['*'], verbs: [get, list, watch]}]}",
                "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: reader}, roleRef:"
                        + " {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}, subjects: [{apiGroup:"
                        + " rbac.authorization.k8s.io, kind: User, name: reader}]}");
        it.released(
                web(
                        "",
                        rolling(1, 0),
                        "app: web",
                        "serviceAccountName: shop, priorityClassName: gold-NAMESPACE,"
                                + " nodeSelector: {kubernetes.io/os: linux}, "
                                + container(
                                        "web:1",
                                        "envFrom: [{configMapRef: {name: settings-5h7g2b9k4m}}], "
                                                + resources("{memory: 64Mi}", "{memory: 2Gi}"))),
                1,
                false);
        it.released(
                web("", rolling(1, 0), "app: web", container("web:2", resources("{cpu: 10m}", "{memory: 64Mi}"))),
                2,
                false);
        it.delete("ConfigMap", "settings-5h7g2b9k4m");
        it.delete("ServiceAccount", "shop");
        it.delete("PriorityClass", "gold-NAMESPACE");
        it.apply(limitRange(), quota("{requests.cpu: '10'}", "{requests.cpu: 20m}"));
        return it;
    }

    private static Situation idle(Situation it) {
        for (int revision = 1; revision <= 2; revision++) {
            String all = web("", "strategy: {type: Recreate}", "app: web", container("web:" + revision, ""));
            it.released(all.replace("replicas: 2", "replicas: 0"), revision, false);
        }
        return it;
    }

    private static Situation database(Situation it) {
        for (int revision = 1; revision <= 2; revision++) {
            it.released("""
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: web}
                spec:
                  replicas: 2
                  serviceName: web
                  podManagementPolicy: Parallel
                  updateStrategy: {rollingUpdate: {partition: 1}}
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      terminationGracePeriodSeconds: 0
                      containers:
                      - name: db
                        image: shop.example/mysql:8.%d
                        volumeMounts: [{name: data, mountPath: /var/lib/mysql}]
                  volumeClaimTemplates:
                  - metadata: {name: data}
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """.formatted(revision == 1 ? 0 : 4), revision, false);
        }
        return it;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dry-run           | PASS The API server accepts the change.",
                "permission        | PASS Stepback may patch this Deployment.",
                "references        | PASS All that the revision refers to still exists.",
                "configuration     | ''",
                "priority-class    | PASS PriorityClass gold-",
                "limits            | PASS The LimitRanges allow the restored pods.",
                "quota             | PASS The ResourceQuotas have room",
                "nodes             | PASS There are nodes for the restored pods.",
                "services          | PASS Its Services find the restored pods.",
                "image-tag         | PASS No image tag is known to move.",
                "rollout           | PASS No other rollout is in progress.",
                "autoscaler        | PASS HorizontalPodAutoscaler web may change the replicas (1 to 5)",
                "disruption-budget | PASS PodDisruptionBudget web holds up evictions, not rollouts.",
                "pace              | PASS 2 pods, one at a time (maxSurge 1, maxUnavailable 0)",
                "managed-by        | ''",
                "known-bad         | ''"
            })
    void whereAllIsWell_itPasses(String check, String expected) {
        assumeServed(check);
        assertSays(fine, check, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "references         | WARN No longer there: Secret registry. Bring it back",
                "configuration      | WARN Changed after that revision was made, and not rolled back: ConfigMap"
                        + " settings",
                "limits             | WARN New pods may be refused, as those of the present revision would be",
                "quota              | WARN ResourceQuota compute has no room for all restored pods",
                "nodes              | WARN No node has what the restored pods ask for (stepback.dev/no-such=node)",
                "services           | WARN Service web will not find the restored pods",
                "image-tag          | WARN shop.example/web:latest may not be what it was",
                "rollout            | WARN A rollout is in progress and will be replaced",
                "managed-by         | WARN Managed by Helm release shop",
                "last-applied-stale | WARN It was made with kubectl apply",
                "autoscaler         | WARN HorizontalPodAutoscaler web is at its maximum of 2",
                "disruption-budget  | WARN The rollout may leave 1 of 2 pods, and PodDisruptionBudget web wants 2"
            })
    void whereSomethingIsAmiss_itWarns(String check, String expected) {
        assumeServed(check);
        assertSays(troubled, check, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "references     | ServiceAccount shop | BLOCK The restored pods could not start:",
                "references     | the name of a kustomize generator | BLOCK The restored pods could not start:",
                "priority-class | is no longer there | BLOCK The restored pods would be refused: PriorityClass gold-",
                "limits         | at most 1Gi memory | BLOCK The restored pods would be refused: container web may"
                        + " have",
                "quota          | say its requests.cpu | BLOCK The restored pods would be refused: ResourceQuota"
                        + " compute"
            })
    void whereItCannotWork_itBlocks(String check, String says, String expected) {
        assertSays(blocked, check, expected);
        assertThat(blocked.says(check)).contains(says);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "permission | BLOCK Stepback may not patch deployments in",
                "dry-run    | BLOCK The API server refuses the change:",
                "priority-class | WARN Checks \"priority-class\" (get priorityclasses.scheduling.k8s.io), \"nodes\""
                        + " (list nodes) could not be made: Stepback lacks the permission.",
            })
    void whoMayOnlyRead_isStopped(String check, String expected) {
        KubernetesClient reader = cluster.as("reader");
        assertThat(says(blocked, check, blocked.target(reader))).startsWith(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "permission | WARN reader may not patch deployments in",
                "dry-run    | WARN The change could not be tried beforehand.",
            })
    void whoAsksAndMayOnlyRead_leavesItToWhoApproves(String check, String expected) {
        TargetType asked = blocked.target(cluster.client()).as(new Identity("reader", List.of()));
        assertThat(says(blocked, check, asked)).startsWith(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "idle     | strategy       | WARN Its strategy is Recreate",
                "idle     | replicas       | WARN It is scaled to 0",
                "idle     | pace           | ''",
                "database | data           | WARN Its volumes are not rolled back",
                "database | data-downgrade | WARN mysql 8.4 → 8.0 is a downgrade over existing data",
                "database | partition      | WARN Its partition stays 1: only web-1 and above get the restored"
                        + " template.",
                "database | strategy       | PASS Its pod management is Parallel"
            })
    void whatTheKindIsLike_isSaid(String where, String check, String expected) {
        assertSays(where.equals("idle") ? idle : database, check, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "fine, PASS There is room for 2 more pods.",
        "troubled, WARN Fast changes nothing: there is no room for more pods"
    })
    void fast_isCappedByTheRoomThatThereIs(String where, String expected) {
        Situation it = where.equals("fine") ? fine : troubled;
        assertThat(it.says("fast", it.target(cluster.client()), FAST, Map.of())).startsWith(expected);
    }

    @Test
    void dataCheck_passesWhereItsJobWouldBeTaken_andWarnsWhereNot() {
        DataCheck check = new DataCheck("orders", Duration.ofMinutes(1), Duration.ofHours(1), false, Yaml.parse(JOB));
        DataChecks checks = (target, labels) -> List.of(check);
        assertThat(says(fine, "data-check", fine.target(cluster.client(), checks)))
                .isEqualTo("PASS The data check orders runs first.");
        assertThat(says(blocked, "data-check", blocked.target(cluster.as("reader"), checks)))
                .startsWith("WARN The data check orders, which has to pass first, cannot run:")
                .contains("reader");
    }

    @ParameterizedTest
    @CsvSource("known-bad, WARN Revision 1 is known bad: its rollout failed at 2026-11-20 10:00 UTC")
    void revisionThatIsKnownBad_isSaidToBe(String check, String expected) {
        TargetType target = fine.target(cluster.client());
        String id = target.history(fine.ref())
                .orElseThrow()
                .revision(1)
                .orElseThrow()
                .id();
        BadRevision bad = BadRevision.rolloutFailed("crashed", Instant.parse("2026-11-20T10:00:00Z"));
        assertThat(fine.says(check, target, PlanOptions.NONE, Map.of(id, bad))).startsWith(expected);
    }

    private static void assumeServed(String check) {
        if (check.equals("autoscaler")) {
            assumeTrue(served("autoscaling/v2", "HorizontalPodAutoscaler"), "the cluster serves no autoscaling/v2");
        } else if (check.equals("disruption-budget")) {
            assumeTrue(served("policy/v1", "PodDisruptionBudget"), "the cluster serves no policy/v1");
        }
    }

    private static String says(Situation it, String check, TargetType target) {
        return it.says(check, target, PlanOptions.NONE, Map.of());
    }

    /** Controllers take their time to write what the checks read. */
    private static void assertSays(Situation it, String check, String expected) {
        Situation.eventually(() -> {
            String said = it.says(check);
            assertThat(said).startsWith(expected);
            assertThat(said.isEmpty()).isEqualTo(expected.isEmpty());
        });
    }
}
