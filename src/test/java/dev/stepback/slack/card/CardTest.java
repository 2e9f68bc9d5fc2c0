package dev.stepback.slack.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackStatus.ApprovalStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.sandbox.slack.SlackRules;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.Rollout;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CardTest {
    private static String draw(Rollback rollback) {
        Message card = Card.of(rollback, Samples.NOW);
        assertThat(SlackRules.violations(card.blocks())).isEmpty();
        return SlackRules.json(card.blocks())
                .replace("\\u003c", "<")
                .replace("\\u003e", ">")
                .replace("\\u0026", "&");
    }

    @Test
    void awaitingApproval_showsWhatWhoWhyAndUntilWhen() {
        assertThat(draw(Samples.awaitingApproval()))
                .contains("Rollback of checkout in production")
                .contains(
                        "*From revision 5*", "shop/checkout:1.5", "*To revision 4*", "shop/checkout:1.4", "release 1.4")
                .contains("&lt;none&gt;")
                .contains("<@U0RESPONDER> because errors since 14:50")
                .contains("- old 0", "+ new 0")
                .contains("last-applied-configuration will be stale", "1 of 2 checks passed")
                .contains("<!date^1795274070^")
                .contains("plan `0123456789ab`")
                .contains("\"production/checkout-x7k2p#0123456789ab\"");
    }

    @Test
    void awaitingApproval_asksBeforeApproveAndReject() {
        assertThat(actionIds(Samples.awaitingApproval())).containsExactly("approve", "reject", "full_diff", "cancel");
        assertThat(draw(Samples.awaitingApproval()))
                .contains("\"style\":\"primary\"", "\"style\":\"danger\"", "Approve this rollback?");
    }

    @Test
    void blockedPlan_cannotBeApproved() {
        Rollback blocked = Samples.rollback("", s -> {
            s.phase = Phase.AWAITING_APPROVAL;
            s.plan = Samples.plan(Samples.changes(1), List.of(Finding.block("dry-run", "the API server refuses it")));
        });
        assertThat(actionIds(blocked)).doesNotContain("approve");
        assertThat(draw(blocked)).contains("*Blocked*: the API server refuses it");
    }

    @Test
    void running_showsProgressAndKeepsTheApprover() {
        assertThat(draw(Samples.running(1)))
                .contains("▓░░ 1/3", "1 of 3 updated replicas are available", "*Running* for 15 s")
                .contains("`checkout-abc-1` *CrashLoopBackOff*: exit code 1, 4 restarts")
                .contains("*Approved by* <@U0LEAD>");
        assertThat(actionIds(Samples.running(1))).containsExactly("full_diff", "stop_here", "go_forward");
    }

    /** The custom resource's schema does not ask for it. */
    @Test
    void stepThatSaysNothing_isDrawnAsOneThatWaits() {
        Rollback running = Samples.running(1);
        StepStatus empty = Serialization.unmarshal("{}", StepStatus.class);
        running.setStatus(running.statusOrInitial().with(s -> s.steps = List.of(empty, empty, empty)));
        assertThat(draw(running)).contains("▫️");
    }

    @Test
    void running_isDrawnTheSameUntilSomethingWorthAnEdit() {
        assertThat(Card.of(Samples.running(1), Samples.NOW.plusSeconds(1)))
                .isEqualTo(Card.of(Samples.running(1), Samples.NOW));
    }

    @Test
    void succeeded_offersUndo() {
        Rollback done = Samples.finished(Phase.SUCCEEDED, "");
        assertThat(draw(done)).contains("*Succeeded* after 42 s", "*Approved by* <@U0LEAD>");
        assertThat(actionIds(done)).containsExactly("undo", "full_diff");
    }

    @Test
    void failedCheck_saysWhoGetsPastIt_whereTheRequesterMayNot() {
        Rollback failed = CheckSamples.failed();
        failed.setStatus(failed.statusOrInitial().with(s -> s.approvals = new ApprovalStatus(1, List.of(), false)));

        assertThat(draw(failed))
                .contains("somebody who may do that has to ask for it themselves")
                .doesNotContain("Break glass…");
    }

    @Test
    void failed_saysWhatFailedAndWhatElseThereIs() {
        Rollback failed = Samples.finished(Phase.FAILED, "deployment \"checkout\" exceeded its progress deadline");
        assertThat(draw(failed)).contains("exceeded its progress deadline", "CrashLoopBackOff");
        assertThat(actionIds(failed)).containsExactly("retry", "other_revision", "full_diff");
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void everyPhase_isNamedAndValidEvenWithoutAPlan(Phase phase) {
        Rollback bare = Samples.rollback("", s -> s.phase = phase);
        assertThat(draw(bare)).contains("*" + phase.apiName() + "*");
        assertThat(Card.of(bare, Samples.NOW).text())
                .contains(phase.apiName())
                .contains("production/deployment/checkout");
        assertThat(SlackRules.violations(Card.minimal(bare, Samples.NOW).blocks()))
                .isEmpty();
    }

    @Test
    void fortyContainersAndTwoThousandChanges_staysWithinTheLimitsAndSaysWhatIsLeftOut() {
        Rollback huge = Samples.running(1);
        huge.setStatus(huge.getStatus().with(s -> {
            s.phase = Phase.AWAITING_APPROVAL;
            s.plan = Samples.plan(
                    Samples.images(40, "1.5"),
                    Samples.images(40, "1.4"),
                    "x".repeat(5000),
                    Samples.changes(2000),
                    IntStream.range(0, 30)
                            .mapToObj(i -> Finding.warn("c" + i, "w".repeat(1000)))
                            .toList());
        }));
        assertThat(draw(huge))
                .contains("… and 34 more containers", "more changes: press *Full diff*", "… and 22 more warnings");
        assertThat(SlackRules.violations(DiffMessages.modal(Samples.CHECKOUT, 5, 4, Samples.changes(2000))))
                .isEmpty();
        assertThat(SlackRules.violations(DiffMessages.message(Samples.CHECKOUT, 5, 4, Samples.changes(2000))
                        .blocks()))
                .isEmpty();
    }

    @Test
    void successWithoutPods_doesNotSayThatItIsLive() {
        Rollback rollback = Samples.running(1);
        Rollout none =
                new Rollout("partitioned roll out complete: 0 new pods have been updated...", 0, 0, 0, 0, List.of());
        rollback.setStatus(rollback.getStatus().with(s -> {
            s.phase = Phase.SUCCEEDED;
            s.rollout = none;
            s.message = none.sentence();
            s.plan = Samples.plan(
                    List.of(),
                    List.of(Finding.warn("partition", "Its partition is 9: no pod gets the restored template.")));
        }));
        assertThat(draw(rollback))
                .contains("is restored, but no pod gets it yet", "Its partition is 9")
                .doesNotContain("is live");
    }

    @Test
    void whatTheFirstStepsEnd_isNoWarningAnyMore() {
        Rollback rollback = Samples.running(1);
        Finding stuck = Finding.warn("stuck-pods", "Pod db-2 is stuck on the broken revision; it will be deleted.");
        Plan plan = Samples.plan(List.of(), List.of(stuck));
        rollback.setStatus(rollback.getStatus().with(s -> s.plan = plan));
        assertThat(draw(rollback)).doesNotContain("will be deleted");

        rollback.setStatus(rollback.getStatus().with(s -> s.phase = Phase.AWAITING_APPROVAL));
        assertThat(draw(rollback)).contains("it will be deleted");
    }

    @Test
    void manyPods_areCountedWhenNotShown() {
        Rollback rollback = Samples.running(1);
        rollback.setStatus(rollback.getStatus()
                .with(s -> s.rollout = new Rollout(
                        "s".repeat(2000),
                        100,
                        50,
                        3,
                        50,
                        IntStream.range(0, 25)
                                .mapToObj(
                                        i -> new Rollout.PodProblem("p".repeat(253), "r".repeat(300), "<".repeat(900)))
                                .toList())));
        assertThat(draw(rollback)).contains("… and 15 more pods");
    }

    private static List<String> actionIds(Rollback rollback) {
        return java.util.regex.Pattern.compile("\"action_id\":\"([^\"]+)\"")
                .matcher(SlackRules.json(Card.of(rollback, Samples.NOW).blocks()))
                .results()
                .map(m -> m.group(1))
                .toList();
    }
}
