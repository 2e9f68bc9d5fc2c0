package dev.stepback.target.workload.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stepback.target.BadRevision;
import dev.stepback.target.Identity;
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
    private static Situations situations;

    @BeforeAll
    static void prepare() throws Exception {
        situations = new Situations();
    }

    @AfterAll
    static void close() throws Exception {
        situations.close();
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
        assertSays(situations.fine, check, expected);
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
        assertSays(situations.troubled, check, expected);
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
        assertSays(situations.blocked, check, expected);
        assertThat(situations.blocked.says(check)).contains(says);
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
        KubernetesClient reader = situations.cluster.as("reader");
        assertThat(says(situations.blocked, check, situations.blocked.target(reader)))
                .startsWith(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "permission | WARN reader may not patch deployments in",
                "dry-run    | WARN The change could not be tried beforehand.",
            })
    void whoAsksAndMayOnlyRead_leavesItToWhoApproves(String check, String expected) {
        TargetType asked =
                situations.blocked.target(situations.cluster.client()).as(new Identity("reader", List.of()));
        assertThat(says(situations.blocked, check, asked)).startsWith(expected);
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
        assertSays(where.equals("idle") ? situations.idle : situations.database, check, expected);
    }

    @ParameterizedTest
    @CsvSource({
        "fine, PASS There is room for 2 more pods.",
        "troubled, WARN Fast changes nothing: there is no room for more pods"
    })
    void fast_isCappedByTheRoomThatThereIs(String where, String expected) {
        Situation it = where.equals("fine") ? situations.fine : situations.troubled;
        assertThat(it.says("fast", it.target(situations.cluster.client()), FAST, Map.of()))
                .startsWith(expected);
    }

    @Test
    void dataCheck_passesWhereItsJobWouldBeTaken_andWarnsWhereNot() {
        DataCheck check = new DataCheck("orders", Duration.ofMinutes(1), Duration.ofHours(1), false, Yaml.parse(JOB));
        DataChecks checks = (target, labels) -> List.of(check);
        assertThat(says(situations.fine, "data-check", situations.fine.target(situations.cluster.client(), checks)))
                .isEqualTo("PASS The data check orders runs first.");
        assertThat(says(
                        situations.blocked,
                        "data-check",
                        situations.blocked.target(situations.cluster.as("reader"), checks)))
                .startsWith("WARN The data check orders, which has to pass first, cannot run:")
                .contains("reader");
    }

    @ParameterizedTest
    @CsvSource("known-bad, WARN Revision 1 is known bad: its rollout failed at 2026-11-20 10:00 UTC")
    void revisionThatIsKnownBad_isSaidToBe(String check, String expected) {
        TargetType target = situations.fine.target(situations.cluster.client());
        String id = target.history(situations.fine.ref())
                .orElseThrow()
                .revision(1)
                .orElseThrow()
                .id();
        BadRevision bad = BadRevision.rolloutFailed("crashed", Instant.parse("2026-11-20T10:00:00Z"));
        assertThat(situations.fine.says(check, target, PlanOptions.NONE, Map.of(id, bad)))
                .startsWith(expected);
    }

    private static void assumeServed(String check) {
        if (check.equals("autoscaler")) {
            assumeTrue(
                    situations.served("autoscaling/v2", "HorizontalPodAutoscaler"),
                    "the cluster serves no autoscaling/v2");
        } else if (check.equals("disruption-budget")) {
            assumeTrue(situations.served("policy/v1", "PodDisruptionBudget"), "the cluster serves no policy/v1");
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
