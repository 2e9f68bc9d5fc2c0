package dev.stepback.target.workload.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.LiveWorkload;
import dev.stepback.target.workload.UndoPatch;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All checks together: side by side, and each for itself. */
class PreflightTest {

    @RegisterExtension
    static final Ground ground = new Ground();

    private static void released() {
        ground.released("{containers: [{name: web, image: 'web:1'}]}", "{containers: [{name: web, image: 'web:2'}]}");
    }

    @Test
    void plainWorkload_hasNothingToComplainAbout() {
        ground.apply("{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web},"
                + " ports: [{port: 80, targetPort: 8080}]}}");
        released();

        // Without a controller, the rollout that brought revision 2 is never over.
        assertThat(ground.complaints()).extracting(Finding::check).containsOnly("rollout");
    }

    @Test
    void serverSideApply_isWarnedAbout_whereNothingElseManagesIt() {
        released();
        assertThat(ground.says("last-applied")).isEmpty();

        ground.client
                .resource(ground.item("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {selector:"
                        + " {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers:"
                        + " [{name: web, image: 'web:2'}]}}}}"))
                .inNamespace(ground.ref().namespace())
                .fieldManager("shop-ci")
                .forceConflicts()
                .serverSideApply();
        assertThat(ground.says("last-applied"))
                .hasSizeLessThan(300)
                .startsWith("WARN It is deployed by server-side apply (shop-ci). Correct the manifest: applying"
                        + " anything but revision 1 meets a conflict");
    }

    private static final String MANIFEST = """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: web, annotations: {%s}}, spec: {selector:
             {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image:
             'web:2'}]}}}}\
            """;
    private static final String REMEMBERED =
            "kubectl.kubernetes.io/last-applied-configuration: '{\"spec\":{\"template\":{\"spec\":{}}}}'";

    private static void appliedByServer() {
        ground.client
                .resource(ground.item(MANIFEST.formatted("")))
                .inNamespace(ground.ref().namespace())
                .fieldManager("kubectl")
                .forceConflicts()
                .serverSideApply();
    }

    private static void applied() {
        ground.apply(MANIFEST.formatted("deployment.kubernetes.io/revision: '2', " + REMEMBERED));
    }

    /** The release to leave was set with {@code kubectl set image}, or is a rollback that is undone. */
    @Test
    void whatKubectlRemembersOfTheRestoredRevision_doesNotGoStale() {
        released();
        String manifest = MANIFEST.formatted(
                "deployment.kubernetes.io/revision: '2', kubectl.kubernetes.io/last-applied-configuration: '"
                        + "{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"app\":\"web\"}},\"spec\":{\"containers\":"
                        + "[{\"image\":\"web:1\",\"name\":\"web\"}]}}}}'");
        ground.apply(manifest);
        assertThat(ground.says("last-applied-stale")).isEmpty();
        assertThat(ground.says("last-applied")).startsWith("PASS What kubectl apply remembers is revision 1");

        ground.apply(manifest.replace("\"web:1\"", "\"web:2\""));
        assertThat(ground.says("last-applied-stale")).startsWith("WARN It was made with kubectl apply");
    }

    /** kubectl goes on to keep what it remembers for who returns to client-side apply. */
    @Test
    void whoAppliedLast_decidesWhatTheNextApplyGoesBy() {
        released();
        applied();
        assertThat(ground.says("last-applied-stale")).startsWith("WARN It was made with kubectl apply");

        ground.later(Duration.ofHours(1));
        appliedByServer();
        assertThat(ground.says("last-applied-stale")).isEmpty();
        assertThat(ground.says("last-applied")).startsWith("WARN It is deployed by server-side apply (kubectl).");
    }

    @Test
    void checkThatMayNotBeMade_warnsAndHoldsUpNoOther() {
        released();
        ground.cluster.faults().deny("list", "services");
        try {
            Plan plan = ground.plan();
            assertThat(plan.findings())
                    .filteredOn(f -> f.check().equals("services"))
                    .singleElement()
                    .satisfies(f -> assertThat(f.message())
                            .isEqualTo("Check \"services\" (list services) could not be made: Stepback lacks the"
                                    + " permission."));
            assertThat(plan.findings()).extracting(Finding::check).contains("dry-run", "references", "pace");
            assertThat(plan.blocked()).isFalse();
        } finally {
            ground.cluster.faults().clear();
        }
    }

    @Test
    void checksThatFailForTheSameReason_areOneLine() {
        ground.apply("{apiVersion: v1, kind: LimitRange, metadata: {name: l}, spec: {limits: []}}");
        released();
        ground.cluster.faults().deny("list", "limitranges");
        ground.apply("{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {pods: 9}}}");
        try {
            assertThat(ground.complaints())
                    .extracting(Finding::message)
                    .filteredOn(m -> m.contains("limitranges"))
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .startsWith(
                            "Checks \"limits\" (list limitranges), \"quota\" (list limitranges) could not be made:");
        } finally {
            ground.cluster.faults().clear();
        }
    }

    private record Live(TargetRef ref, ObjectNode object) implements LiveWorkload {
        @Override
        public String changeCause() {
            return "";
        }
    }

    @Test
    void checkThatDoesNotEnd_isNotWaitedFor() {
        released();
        ApiServer api = new ApiServer(ground.client, Optional.empty());
        ObjectNode object = api.get(ApiServer.path(ground.ref())).orElseThrow();
        Live live = new Live(ground.ref(), object);
        Preflight.Subject subject = new Preflight.Subject(live, object, UndoPatch.from(live, live.template()), 2, 1);
        CountDownLatch never = new CountDownLatch(1);
        Preflight preflight = new Preflight(api, new Redactor(List.of()), Clock.systemUTC(), Duration.ofSeconds(1));

        List<Finding> findings = preflight.run(subject, Map.of("endless", () -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return List.of();
        }));

        assertThat(findings)
                .contains(Finding.warn(
                        "endless", "Check \"endless\" could not be made: the API server gave no answer within 1 s."));
        assertThat(findings).extracting(Finding::check).contains("references");
    }
}
