package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Finding;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.Revision;
import dev.stepback.target.workload.AvailableMark;
import dev.stepback.target.workload.CameRightMark;
import dev.stepback.target.workload.FailureMark;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.UndoStep;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The revisions 1 to 3, of which the third is being rolled out. */
class FailedRolloutsTest {
    private static final String SECOND = "/apis/apps/v1/namespaces/production/replicasets/checkout-h20";
    private static final String THIRD = "/apis/apps/v1/namespaces/production/replicasets/checkout-h30";
    private static final BadRevision TOO_LATE =
            BadRevision.rolloutFailed("exceeded its progress deadline", Instant.parse("2026-11-21T02:58:00Z"));

    @RegisterExtension
    private final FakeApiServer api = Shop.open();

    private final DeploymentTarget target =
            new DeploymentTarget(api.client(), new Redactor(List.of()), Clock.systemUTC());

    @Test
    void healthyHistory_hasNoFailures_andNothingIsWritten() {
        condition("NewReplicaSetAvailable", "checkout-h30");
        target.noteFailedRollouts(Shop.CHECKOUT);

        assertThat(target.failedRollouts(Shop.CHECKOUT)).isEmpty();
        assertThat(api.patches).isEmpty();
    }

    @Test
    void deadlineExceeded_isSeenWhileCurrent_andKnownAfterwardsWhenNoted() {
        condition("ProgressDeadlineExceeded", "checkout-h30");
        assertThat(target.failedRollouts(Shop.CHECKOUT)).containsOnly(entry("checkout-h30", TOO_LATE));

        target.noteFailedRollouts(Shop.CHECKOUT);
        target.noteFailedRollouts(Shop.CHECKOUT);
        fourthIsDeployed();

        assertThat(target.failedRollouts(Shop.CHECKOUT)).containsOnly(entry("checkout-h30", TOO_LATE));
        assertThat(api.patches).hasSize(1);
    }

    @Test
    void deadlineOfTheRevisionBefore_saysNothingAboutTheNewOne() {
        condition("ProgressDeadlineExceeded", "checkout-h20");

        assertThat(target.failedRollouts(Shop.CHECKOUT)).isEmpty();
    }

    @Test
    void replacedWhileAnOlderOneStillRan_andItsPodsWereWarnedAbout_failed() {
        running("/apis/apps/v1/namespaces/production/replicasets/checkout-h10", 3);
        warning(
                "checkout-h20-x7k2p",
                "BackOff",
                "Back-off restarting failed container in pod checkout-h20-x7k2p_production(1-2)");

        assertThat(target.failedRollouts(Shop.CHECKOUT))
                .containsOnly(entry(
                        "checkout-h20",
                        BadRevision.rolloutFailed(
                                "BackOff: Back-off restarting failed container",
                                Instant.parse("2026-11-21T02:50:00Z"))));
    }

    @Test
    void replacedWithoutAWarning_orAfterItsEnd_isNotBad() {
        running("/apis/apps/v1/namespaces/production/replicasets/checkout-h10", 3);
        assertThat(target.failedRollouts(Shop.CHECKOUT)).isEmpty();

        running("/apis/apps/v1/namespaces/production/replicasets/checkout-h10", 0);
        warning("checkout-h20-x7k2p", "Unhealthy", "Readiness probe failed");
        assertThat(target.failedRollouts(Shop.CHECKOUT)).isEmpty();
    }

    @Test
    void eventsThatMayNotBeRead_areNoFailure() {
        running("/apis/apps/v1/namespaces/production/replicasets/checkout-h10", 3);
        api.fail("/events", 403);

        assertThat(target.failedRollouts(Shop.CHECKOUT)).isEmpty();
    }

    @Test
    void revisionThatIsUsedAgain_getsAnotherChance() {
        condition("ProgressDeadlineExceeded", "checkout-h30");
        target.noteFailedRollouts(Shop.CHECKOUT);
        fourthIsDeployed();
        annotations(THIRD).put(Workload.REVISION, "5");

        assertThat(target.failedRollouts(Shop.CHECKOUT)).isEmpty();
    }

    @Test
    void markThatKubectlCopiedToAnotherReplicaSet_saysNothingAboutThat() {
        condition("ProgressDeadlineExceeded", "checkout-h30");
        target.noteFailedRollouts(Shop.CHECKOUT);
        fourthIsDeployed();
        annotations(SECOND)
                .put(
                        FailureMark.ANNOTATION,
                        annotations(THIRD).path(FailureMark.ANNOTATION).asText());

        assertThat(target.failedRollouts(Shop.CHECKOUT)).containsOnlyKeys("checkout-h30");
    }

    @Test
    void rolloutThatCameRightAfterItsDeadline_isNoLongerNoted() {
        condition("ProgressDeadlineExceeded", "checkout-h30");
        target.noteFailedRollouts(Shop.CHECKOUT);
        condition("NewReplicaSetAvailable", "checkout-h30");
        assertThat(target.failedRollouts(Shop.CHECKOUT)).isEmpty();

        target.noteFailedRollouts(Shop.CHECKOUT);
        fourthIsDeployed();

        assertThat(target.failedRollouts(Shop.CHECKOUT)).isEmpty();
    }

    @Test
    void rolloutThatEndedWellAfterARollback_isWrittenDownOnce() {
        annotations(Shop.PATH).put(UndoStep.MARK, "checkout-1");
        target.noteFailedRollouts(Shop.CHECKOUT);
        target.noteFailedRollouts(Shop.CHECKOUT);

        assertThat(target.cameRight(Shop.CHECKOUT)).containsOnly(entry("checkout-h30", "checkout-1"));
        assertThat(api.patches).hasSize(1);

        api.get(Shop.PATH).withObject("/status").put("availableReplicas", 0);
        annotations(SECOND)
                .put(
                        CameRightMark.ANNOTATION,
                        annotations(THIRD).path(CameRightMark.ANNOTATION).asText());
        annotations(Shop.PATH).put(UndoStep.MARK, "checkout-2");
        target.noteFailedRollouts(Shop.CHECKOUT);

        assertThat(target.cameRight(Shop.CHECKOUT))
                .as("under way, and copied")
                .containsOnly(entry("checkout-h30", "checkout-1"));
    }

    /** One that never became ready is not the last known good one, only the one before. */
    @Test
    void revisionThatWasAvailable_isKnownToHaveBeen_alsoWhenItsPodsAreGone() {
        available(SECOND, 1);
        assertThat(wereAvailable()).containsExactly(2L);
        target.noteFailedRollouts(Shop.CHECKOUT);
        target.noteFailedRollouts(Shop.CHECKOUT);
        assertThat(api.patches).hasSize(1);

        available(SECOND, 0);
        annotations(THIRD)
                .put(
                        AvailableMark.ANNOTATION,
                        annotations(SECOND).path(AvailableMark.ANNOTATION).asText());

        assertThat(wereAvailable()).containsExactly(2L);
    }

    @Test
    void proposalOfWhatWasNeverSeenAvailable_isWarnedAbout_whereAnOlderOneWas() {
        assertThat(warned(OptionalLong.empty())).as("nobody may have looked").isEmpty();
        available("/apis/apps/v1/namespaces/production/replicasets/checkout-h10", 1);
        assertThat(warned(OptionalLong.empty()))
                .containsExactly("Nothing shows that revision 2 was ever available. Is it the one you want?");
        assertThat(warned(OptionalLong.of(2))).as("named").isEmpty();
        available(SECOND, 1);
        assertThat(warned(OptionalLong.empty())).isEmpty();
    }

    private List<String> warned(OptionalLong revision) {
        PlanResult result =
                target.plan(Shop.CHECKOUT, new PlanRequest(Operation.UNDO, revision, Map.of(), PlanOptions.NONE));
        return ((PlanResult.Planned) result)
                .plan().findings().stream()
                        .filter(f -> f.check().equals("never-available"))
                        .map(Finding::message)
                        .toList();
    }

    private List<Long> wereAvailable() {
        return target.history(Shop.CHECKOUT).orElseThrow().revisions().stream()
                .filter(Revision::wasAvailable)
                .map(Revision::number)
                .toList();
    }

    private void available(String replicaSet, int pods) {
        api.get(replicaSet).withObject("/status").put("availableReplicas", pods);
    }

    private void condition(String reason, String replicaSet) {
        ObjectNode status = (ObjectNode) api.get(Shop.PATH).path("status");
        status.putArray("conditions")
                .addObject()
                .put("type", "Progressing")
                .put("status", reason.equals("ProgressDeadlineExceeded") ? "False" : "True")
                .put("reason", reason)
                .put("message", "ReplicaSet \"" + replicaSet + "\" is as it is.")
                .put("lastUpdateTime", "2026-11-21T02:58:00Z");
    }

    private void running(String replicaSet, int replicas) {
        ((ObjectNode) api.get(replicaSet).path("status")).put("replicas", replicas);
    }

    private void warning(String pod, String reason, String message) {
        ObjectNode event =
                Json.object().put("type", "Warning").put("reason", reason).put("message", message);
        event.putObject("metadata").put("name", pod + ".1");
        event.putObject("involvedObject").put("kind", "Pod").put("name", pod);
        event.put("lastTimestamp", "2026-11-21T02:50:00Z");
        api.put("/api/v1/namespaces/production/events/" + pod + ".1", event);
    }

    private void fourthIsDeployed() {
        api.put(Shop.PATH, Shop.deployment(4, "4.0"));
        Shop.putReplicaSet(api, Shop.replicaSet(4, "4.0"));
    }

    private ObjectNode annotations(String path) {
        return (ObjectNode) api.get(path).path("metadata").path("annotations");
    }
}
