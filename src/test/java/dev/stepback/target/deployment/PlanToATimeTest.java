package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlanResult.Reason;
import dev.stepback.target.PlanResult.Refused;
import dev.stepback.target.PointInTime;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which revision ran at a time, and what is said of it. */
class PlanToATimeTest {
    @RegisterExtension
    private final FakeApiServer api = Shop.open();

    private final DeploymentTarget target =
            new DeploymentTarget(api.client(), new Redactor(List.of()), Clock.systemUTC());

    /** Revisions 1 to 3 are of the first three days of the month, at ten o'clock. */
    @Test
    void time_choosesTheRevisionThatWasCurrentThen() {
        Plan plan = ((PlanResult.Planned) at("2026-11-03T09:00:00Z")).plan();

        assertThat(plan.to().number()).isEqualTo(2);
        assertThat(plan.findings())
                .contains(Finding.pass(
                        "time",
                        "Revision 2 was the current one at 2026-11-03 09:00 UTC, since 2026-11-02 10:00 UTC,"
                                + " until 2026-11-03 10:00 UTC."));
        assertThat(target.changedSince(Shop.CHECKOUT, plan)).isEmpty();
    }

    @Test
    void timeThatIsNotSure_warns() {
        ObjectNode again = Shop.replicaSet(2, "2.0");
        ((ObjectNode) again.at("/metadata/annotations"))
                .put("deployment.kubernetes.io/revision", "4")
                .put("deployment.kubernetes.io/revision-history", "2");
        Shop.putReplicaSet(api, again);
        Shop.putReplicaSet(api, Shop.replicaSet(5, "5.0"));
        api.put(Shop.PATH, Shop.deployment(5, "5.0"));

        Plan plan = ((PlanResult.Planned) at("2026-11-04T09:00:00Z")).plan();

        assertThat(plan.to().number()).isEqualTo(3);
        assertThat(plan.findings())
                .contains(Finding.warn(
                        "time",
                        "Revision 3 is the most likely one for 2026-11-04 09:00 UTC, but not for sure. It may have been"
                                + " revision 4, which was used again about that time: Kubernetes does not keep when."));
    }

    @Test
    void timeBeforeAllThatIsKept_isRefused_andTimeOfTheCurrentOneIsSkipped() {
        assertThat(at("2026-11-01T09:59:00Z"))
                .isEqualTo(new Refused(
                        Reason.UNKNOWN_REVISION,
                        "unable to find the revision of 2026-11-01 09:59 UTC in history: it goes back to"
                                + " 2026-11-01 10:00 UTC. Name one of 3, 2, 1, as in"
                                + " 'production/deployment/checkout to 1'"));
        assertThat(at("2026-11-20T10:00:00Z"))
                .isEqualTo(new Refused(
                        Reason.ALREADY_THERE,
                        "skipped rollback (current template already matches revision 3): it was the current one at"
                                + " 2026-11-20 10:00 UTC, too"));
    }

    /** As when a plan is made again for the revision that the card has shown. */
    @Test
    void revisionTogetherWithATime_counts_andTheTimeIsExplainedStill() {
        assertThat(((PlanResult.Planned) at("2026-11-03T09:00:00Z", OptionalLong.of(2)))
                        .plan()
                        .findings())
                .extracting(Finding::check)
                .contains("time");
        Plan other = ((PlanResult.Planned) at("2026-11-03T09:00:00Z", OptionalLong.of(1))).plan();
        assertThat(other.to().number()).isEqualTo(1);
        assertThat(other.findings()).extracting(Finding::check).doesNotContain("time");
    }

    private PlanResult at(String time) {
        return at(time, OptionalLong.empty());
    }

    private PlanResult at(String time, OptionalLong revision) {
        return target.plan(
                Shop.CHECKOUT,
                new PlanRequest(
                        Operation.UNDO,
                        revision,
                        Optional.of(new PointInTime(Instant.parse(time), List.of())),
                        Map.of(),
                        PlanOptions.NONE));
    }
}
