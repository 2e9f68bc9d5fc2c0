package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.approval;
import static dev.stepback.rollback.Examples.rejection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.Rollbacks.Created;
import dev.stepback.rollback.Rollbacks.Decided;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RollbackOperatorTest {
    private final Shop shop = new Shop();

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @Test
    void approvedRollback_patchesOnceAndSucceeds() {
        List<Phase> told = new CopyOnWriteArrayList<>();
        shop.engine(r -> told.add(r.statusOrInitial().phase()));

        String name = shop.requestAndApprove("delivery");
        shop.finishRollout(name);
        RollbackStatus status = shop.awaitPhase(name, Phase.SUCCEEDED);

        assertThat(shop.undos()).isEqualTo(1);
        assertThat(shop.deployment().getMetadata().getAnnotations()).containsEntry(Rollback.MARK, name);
        assertThat(status.message()).isEqualTo("successfully rolled out");
        assertThat(status.patchedAt()).isAfterOrEqualTo(status.approvedAt());
        await().until(() -> told.contains(Phase.SUCCEEDED));
        assertThat(told).contains(Phase.AWAITING_APPROVAL, Phase.RUNNING, Phase.VERIFYING);
        assertThat(shop.rollbacks.knownBad(Examples.TARGET)).containsOnlyKeys("checkout-bad");
    }

    @Test
    void everyDeliveryDoubled_nothingHappensTwice() {
        shop.engine();
        assertThat(shop.rollbacks.create(Shop.newRollback("same")))
                .isInstanceOfSatisfying(
                        Created.Ok.class, ok -> assertThat(ok.repeated()).isFalse());
        assertThat(shop.rollbacks.create(Shop.newRollback("same")))
                .isInstanceOfSatisfying(
                        Created.Ok.class, ok -> assertThat(ok.repeated()).isTrue());
        assertThat(shop.rollbacks.create(Shop.newRollback("other"))).isInstanceOf(Created.AlreadyOpen.class);
        String name = shop.rollbacks
                .latest(Examples.TARGET)
                .orElseThrow()
                .getMetadata()
                .getName();
        shop.awaitPhase(name, Phase.AWAITING_APPROVAL);

        assertThat(shop.approve(name)).isInstanceOf(Decided.Recorded.class);
        assertThat(shop.approve(name)).isInstanceOf(Decided.AlreadyRecorded.class);
        shop.finishRollout(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.approve(name)).isInstanceOf(Decided.AlreadyRecorded.class);

        assertThat(shop.now(name).getSpec().decisions()).hasSize(1);
        assertThat(shop.undos()).isEqualTo(1);
    }

    @Test
    void approversAtOnce_oneIsRecorded() {
        String name = shop.plannedWithoutEngine();
        String hash = shop.hash(name).substring(0, 12);

        List<CompletableFuture<Decided>> clicks = IntStream.range(0, 6)
                .mapToObj(i -> new Actor(new Person("A" + i, "approver " + i), "C1"))
                .map(by -> CompletableFuture.supplyAsync(
                        () -> shop.rollbacks.decide("production", name, approval(by, hash))))
                .toList();
        List<Decided> answers = clicks.stream().map(CompletableFuture::join).toList();

        assertThat(answers).filteredOn(Decided.Recorded.class::isInstance).hasSize(1);
        assertThat(answers)
                .filteredOn(Decided.AlreadyRecorded.class::isInstance)
                .hasSize(5);
        assertThat(shop.now(name).getSpec().decisions()).hasSize(1);
    }

    @Test
    void requester_mayNotApproveButMayReject() {
        String name = shop.plannedWithoutEngine();
        String hash = shop.hash(name);

        assertThat(shop.rollbacks.decide("production", name, approval(ASKING, hash)))
                .isInstanceOf(Decided.Denied.class);
        assertThat(shop.rollbacks.decide("production", name, approval(LEADING, "000000000000")))
                .isInstanceOf(Decided.TooLate.class);
        assertThat(shop.rollbacks.decide("production", name, approval(LEADING, hash.substring(0, 11))))
                .isInstanceOf(Decided.TooLate.class);
        assertThat(shop.rollbacks.decide("production", name, rejection(ASKING, hash)))
                .isInstanceOf(Decided.Recorded.class);
        assertThat(shop.rollbacks.decide("production", name, approval(LEADING, hash)))
                .isInstanceOf(Decided.TooLate.class);
        assertThat(shop.rollbacks.decide("production", "nobody", approval(LEADING, hash)))
                .isInstanceOf(Decided.Gone.class);
    }

    @Test
    void cancellation_endsARollbackThatWaits() {
        shop.engine();
        String name = shop.request("delivery").getMetadata().getName();
        shop.awaitPhase(name, Phase.AWAITING_APPROVAL);

        assertThat(shop.rollbacks.cancel("production", name, ASKING)).isInstanceOf(Decided.Recorded.class);
        assertThat(shop.rollbacks.cancel("production", name, ASKING)).isInstanceOf(Decided.AlreadyRecorded.class);
        shop.awaitPhase(name, Phase.CANCELLED);

        assertThat(shop.undos()).isZero();
        assertThat(shop.rollbacks.open(Examples.TARGET)).isEmpty();
    }

    @Test
    void deployBetweenPlanAndApproval_voidsTheApproval() {
        shop.engine();
        String name = shop.request("delivery").getMetadata().getName();
        shop.awaitPhase(name, Phase.AWAITING_APPROVAL);
        shop.annotate(FakeTarget.RELEASE, "newer");
        shop.approve(name);

        RollbackStatus status = shop.awaitPhase(name, Phase.SUPERSEDED);

        assertThat(status.message()).isEqualTo("somebody deployed");
        assertThat(shop.deployment().getMetadata().getAnnotations()).containsEntry(FakeTarget.RELEASE, "newer");
    }

    @Test
    void failedRollout_fails() {
        shop.engine();
        String name = shop.requestAndApprove("delivery");
        shop.awaitPhase(name, Phase.RUNNING);
        shop.rollout("failed");

        assertThat(shop.awaitPhase(name, Phase.FAILED).message()).isEqualTo("exceeded its progress deadline");
    }

    @Test
    void handMadeRollback_isPlannedAndFound() {
        shop.engine();
        Rollback made = Examples.requested();
        made.getMetadata().setCreationTimestamp(null);
        shop.client.resource(made).create();

        shop.awaitPhase("checkout-1", Phase.AWAITING_APPROVAL);

        assertThat(shop.rollbacks.open(Examples.TARGET)).isPresent();
    }

    @Test
    void apiErrors_delayButDoNotChangeTheOutcome() {
        shop.engine();
        String name = shop.request("delivery").getMetadata().getName();
        shop.awaitPhase(name, Phase.AWAITING_APPROVAL);
        shop.cluster.faults().fail(4, 500, "patch", "deployments.apps");
        shop.cluster.faults().dropAnswers(1, "patch", "deployments.apps");
        shop.cluster.faults().fail(2, 503, "update", "rollbacks.stepback.dev");
        await().ignoreExceptions().until(() -> shop.approve(name) != null);
        await().until(() -> shop.deployment().getMetadata().getAnnotations().containsKey(Rollback.MARK));
        shop.cluster.faults().closeWatches();
        shop.cluster.faults().expireHistory();
        shop.finishRollout(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);

        assertThat(shop.deployment().getMetadata().getAnnotations()).containsEntry(FakeTarget.RELEASE, "good");
    }

    @Test
    void approvalGivenWhileWatchesAreExpired_isSeen() {
        shop.engine();
        String name = shop.request("delivery").getMetadata().getName();
        shop.awaitPhase(name, Phase.AWAITING_APPROVAL);
        shop.cluster.faults().closeWatches();
        shop.cluster.faults().expireHistory();
        shop.approve(name);
        shop.finishRollout(name);

        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isEqualTo(1);
    }

    @Test
    void secondReplica_standsByUntilTheFirstEnds() {
        RollbackOperator first = shop.engine();
        await().until(first::leading);
        List<Phase> told = new CopyOnWriteArrayList<>();
        RollbackOperator second = shop.engine(r -> told.add(r.statusOrInitial().phase()));
        String name = shop.requestAndApprove("delivery");
        shop.awaitPhase(name, Phase.RUNNING);
        assertThat(second.leading()).isFalse();
        assertThat(told).isEmpty();

        first.close();
        await().atMost(Duration.ofSeconds(20)).until(second::leading);
        shop.finishRollout(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);

        assertThat(shop.undos()).isEqualTo(1);
        await().until(() -> told.contains(Phase.SUCCEEDED));
    }

    @Test
    void engineThatStops_leavesNoThreadsOfItsFrameworkBehind() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (RollbackOperator engine = shop.engine()) {
            await().until(engine::leading);
            assertThat(ofTheFramework(before)).isNotEmpty();
        }
        await().untilAsserted(() -> assertThat(ofTheFramework(before)).isEmpty());
    }

    private static List<Thread> ofTheFramework(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .filter(thread -> thread.getName().matches("pool-\\d+-thread-\\d+"))
                .toList();
    }

    @Test
    void updateCard_survivesConflicts() {
        String name = shop.plannedWithoutEngine();

        IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.runAsync(() -> shop.rollbacks.updateCard(
                        "production",
                        name,
                        card -> new RollbackStatus.CardStatus(
                                "C1",
                                "1.2",
                                java.util.stream.Stream.concat(
                                                card.sent().stream(), java.util.stream.Stream.of("k" + i))
                                        .toList(),
                                false))))
                .toList()
                .forEach(CompletableFuture::join);

        assertThat(shop.now(name).statusOrInitial().card().sent()).hasSize(6);
    }

    @Test
    void forbiddenPatch_failsAndDoesNotLieInWait() {
        shop.engine();
        String name = shop.request("delivery").getMetadata().getName();
        shop.awaitPhase(name, Phase.AWAITING_APPROVAL);
        shop.cluster.faults().deny("patch", "deployments.apps");
        shop.approve(name);

        RollbackStatus status = shop.awaitPhase(name, Phase.FAILED);

        assertThat(status.message()).startsWith("Kubernetes forbids it: ").contains(" may not patch deployments.apps");
        assertThat(status.patchedAt()).isNull();
    }

    @Test
    void spec_isImmutableButForDecisionsAndCancellation() {
        Rollback rollback = shop.request("delivery");
        RollbackSpec spec = rollback.getSpec();
        RollbackSpec other = Specs.undo(
                spec.target(),
                7L,
                spec.reason(),
                spec.requestedBy(),
                spec.origin(),
                spec.deadlineSeconds(),
                spec.follows(),
                List.of());

        assertThatThrownBy(() -> shop.client
                        .resource(Store.with(rollback, other, rollback.statusOrInitial()))
                        .update())
                .isInstanceOfSatisfying(KubernetesClientException.class, e -> {
                    assertThat(e.getCode()).isEqualTo(422);
                    assertThat(e).hasMessageContaining("toRevision is immutable");
                });
    }

    @Test
    void decisions_areOnlyEverAppended() {
        Rollback rollback = shop.request("delivery");
        var approved = new RollbackSpec.Decision(Verdict.Approved, LEAD, Instant.parse("2026-01-01T00:00:00Z"), "a");
        var rejected = new RollbackSpec.Decision(Verdict.Rejected, LEAD, Instant.parse("2026-01-01T00:00:00Z"), "b");
        decide(rollback, List.of(approved));
        decide(rollback, List.of(approved, rejected));

        for (List<RollbackSpec.Decision> rewritten :
                List.of(List.of(approved), List.of(rejected, approved), List.of(approved, approved, rejected))) {
            assertThatThrownBy(() -> decide(rollback, rewritten)).hasMessageContaining("only ever appended");
        }
    }

    private void decide(Rollback rollback, List<RollbackSpec.Decision> decisions) {
        Rollback now = shop.now(rollback.getMetadata().getName());
        shop.client
                .resource(Store.with(now, now.getSpec().withDecisions(decisions), now.statusOrInitial()))
                .update();
    }
}
