package dev.stepback.rollback;

import static dev.stepback.policy.Permission.APPROVE;
import static dev.stepback.policy.Permission.BREAK_GLASS;
import static dev.stepback.policy.Permission.CONFIGURE;
import static dev.stepback.policy.Permission.REQUEST;
import static dev.stepback.rollback.Examples.ASKER;
import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.SECOND;
import static dev.stepback.rollback.Examples.SECONDING;
import static dev.stepback.rollback.Examples.approval;
import static dev.stepback.rollback.Examples.rejection;
import static dev.stepback.rollback.Policies.may;
import static dev.stepback.rollback.Policies.mayIn;
import static dev.stepback.rollback.Policies.needing;
import static dev.stepback.rollback.Policies.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.access.Acting;
import dev.stepback.policy.ApprovalRule;
import dev.stepback.policy.Policy;
import dev.stepback.policy.Subject.Standing;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.Rollbacks.Decided;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is true at the moment of the change counts, whatever was true when somebody clicked. */
class ApprovalFlowTest {
    private static final Policy ONCALL_APPROVES =
            Policies.of(rule(1), may("members", REQUEST), may("@oncall", APPROVE), may(LEAD.id(), CONFIGURE));
    private static final Policy TYPED = Policies.of(
            new ApprovalRule(1, List.of(), false, Duration.ofMinutes(15), false, true, Optional.empty()),
            Policy.DEFAULT.rules().get(0));
    private final Shop shop = new Shop();

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @Test
    void twoApprovals_areBothNeeded() {
        shop.policy = needing(2);
        shop.engine();
        String name = planned();
        assertThat(shop.now(name).statusOrInitial().message()).isEqualTo("2 approvals are needed.");
        assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.Recorded.class);
        awaitMessage(name, "1 of 2 approvals is there.");
        assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.AlreadyRecorded.class);
        assertThat(shop.approve(name, ASKING)).isInstanceOf(Decided.Denied.class);
        assertThat(shop.undos()).isZero();
        assertThat(shop.approve(name, SECONDING)).isInstanceOf(Decided.Recorded.class);
        RollbackStatus running = shop.awaitPhase(name, Phase.RUNNING);
        assertThat(running.approvals())
                .isEqualTo(new RollbackStatus.ApprovalStatus(2, List.of(LEAD.id(), SECOND.id()), false));
        shop.finishRollout(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isEqualTo(1);
    }

    @Test
    void approversAtOnce_asManyAsNeededAreRecorded() {
        shop.policy = needing(2);
        String name = plannedWithoutEngine();
        String hash = shop.hash(name);
        List<CompletableFuture<Decided>> clicks = IntStream.range(0, 6)
                .mapToObj(i -> new Actor(new Person("A0000" + i, "approver " + i), "C1"))
                .map(by -> CompletableFuture.supplyAsync(
                        () -> shop.rollbacks.decide("production", name, approval(by, hash))))
                .toList();
        assertThat(clicks.stream().map(CompletableFuture::join))
                .filteredOn(Decided.Recorded.class::isInstance)
                .hasSize(2);
        assertThat(shop.now(name).getSpec().decisions()).hasSize(2);
        shop.engine();
        shop.awaitPhase(name, Phase.RUNNING);
    }

    @Test
    void rejectionAfterTheFirstOfTwo_ends() {
        shop.policy = needing(2);
        shop.engine();
        String name = planned();
        shop.approve(name, LEADING);
        assertThat(shop.rollbacks.decide("production", name, rejection(LEADING, shop.hash(name))))
                .isInstanceOf(Decided.Recorded.class);
        assertThat(shop.awaitPhase(name, Phase.REJECTED).message()).isEqualTo("rejected by lead");
        assertThat(shop.approve(name, SECONDING)).isInstanceOf(Decided.TooLate.class);
    }

    @Test
    void approverWhoLostTheGroupBetweenClickAndRun_doesNotCount() {
        shop.policy = ONCALL_APPROVES;
        shop.people.group("@oncall", LEAD.id());
        String name = plannedWithoutEngine();
        assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.Recorded.class);
        shop.people.group("@oncall", SECOND.id());
        shop.engine();
        awaitMessage(name, "approval of lead does not count");
        assertThat(shop.undos()).isZero();
        shop.approve(name, SECONDING);
        RollbackStatus running = shop.awaitPhase(name, Phase.RUNNING);
        assertThat(Objects.requireNonNull(running.approvals()).by()).containsExactly(SECOND.id());
    }

    @Test
    void approverWhoLosesTheGroupRightBeforeTheChange_stopsIt() {
        shop.policy = ONCALL_APPROVES;
        shop.people.group("@oncall", LEAD.id());
        shop.beforeGuard = () -> shop.people.group("@oncall", SECOND.id());
        shop.engine();
        String name = planned();
        shop.approve(name, LEADING);
        awaitMessage(name, "approval of lead does not count");
        RollbackStatus waiting = shop.now(name).statusOrInitial();
        assertThat(waiting.phase()).isEqualTo(Phase.AWAITING_APPROVAL);
        assertThat(waiting.approvedAt()).isNull();
        assertThat(shop.undos()).isZero();
        assertThat(shop.rollbacks.cancel("production", name, ASKING)).isInstanceOf(Decided.Recorded.class);
        shop.awaitPhase(name, Phase.CANCELLED);
    }

    /** The change would be made in the name of somebody who may not. */
    @Test
    void approverWhoLosesTheGroupRightBeforeTheChange_isNotNamedThoughOthersAreEnough() {
        shop.policy = Policies.of(rule(2), may("members", REQUEST), may("@oncall", APPROVE));
        shop.people.group("@oncall", LEAD.id(), SECOND.id());
        shop.beforeGuard = () -> {
            shop.policy = Policies.of(rule(1), may("members", REQUEST), may("@oncall", APPROVE));
            shop.people.group("@oncall", LEAD.id());
        };
        shop.engine();
        String name = planned();
        shop.approve(name, LEADING);
        shop.approve(name, SECONDING);

        await().until(() -> shop.undos() == 1);

        assertThat(Objects.requireNonNull(shop.now(name).statusOrInitial().approvals())
                        .by())
                .containsExactly(LEAD.id());
    }

    @Test
    void policyTightenedRightBeforeTheChange_stopsIt() {
        shop.beforeGuard = () -> shop.policy = needing(2);
        shop.engine();
        String name = planned();
        shop.approve(name, LEADING);
        awaitMessage(name, "1 of 2 approvals is there.");
        assertThat(shop.undos()).isZero();
        shop.approve(name, SECONDING);
        shop.awaitPhase(name, Phase.RUNNING);
    }

    @Test
    void lockRightBeforeTheChange_stopsIt() {
        shop.policy = ONCALL_APPROVES;
        shop.people.group("@oncall", LEAD.id());
        shop.beforeGuard = () -> shop.locks.lock(LEADING, Optional.empty(), "stop everything");
        shop.engine();
        String name = planned();
        shop.approve(name, LEADING);
        awaitMessage(name, "stop everything");
        assertThat(shop.undos()).isZero();
        shop.beforeGuard = () -> {};
        shop.locks.unlock(LEADING, Optional.empty());
        shop.awaitPhase(name, Phase.RUNNING);
        await().until(() -> shop.undos() == 1);
    }

    @Test
    void slackThatDoesNotAnswer_isWaitedFor() {
        String name = plannedWithoutEngine();
        shop.approve(name, LEADING);
        shop.people.reachable(false);
        shop.engine();
        awaitMessage(name, "Slack could not tell me whether the approval of lead still counts");
        assertThat(shop.undos()).isZero();
        shop.people.reachable(true);
        shop.awaitPhase(name, Phase.RUNNING);
    }

    @Test
    void policyAtTheTimeOfTheChange_counts() {
        String name = plannedWithoutEngine();
        shop.approve(name, LEADING);
        shop.policy = needing(2);
        shop.engine();
        awaitMessage(name, "1 of 2 approvals is there.");
        shop.policy = needing(1);
        shop.awaitPhase(name, Phase.RUNNING);
    }

    @Test
    void lock_keepsWhatWaitsFromStarting() {
        shop.policy = ONCALL_APPROVES;
        shop.people.group("@oncall", LEAD.id());
        String name = plannedWithoutEngine();
        shop.approve(name, LEADING);
        assertThat(shop.locks.lock(LEADING, Optional.of("production"), "migrations"))
                .isInstanceOf(Locks.Changed.Locked.class);
        assertThat(shop.rollbacks.create(Shop.newRollback("other")))
                .isInstanceOfSatisfying(
                        Rollbacks.Created.Denied.class,
                        denied -> assertThat(denied.why())
                                .contains("lead has locked rollbacks in production")
                                .contains("migrations"));
        shop.engine();
        awaitMessage(name, "migrations");
        assertThat(shop.undos()).isZero();
        shop.locks.unlock(LEADING, Optional.of("production"));
        shop.awaitPhase(name, Phase.RUNNING);
    }

    @Test
    void whatRuns_isSeenThrough() {
        shop.policy = ONCALL_APPROVES;
        shop.people.group("@oncall", LEAD.id());
        shop.engine();
        String name = planned();
        shop.approve(name, LEADING);
        await().until(() -> shop.now(name).statusOrInitial().patchedAt() != null);
        shop.locks.lock(LEADING, Optional.empty(), "stop everything");
        shop.people.group("@oncall", SECOND.id());
        shop.finishRollout(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isEqualTo(1);
    }

    @Test
    void brokenGlass_needsNobodyElse() {
        shop.policy = Policies.of(rule(2), may("members", REQUEST, APPROVE), may(ASKER.id(), BREAK_GLASS));
        shop.engine();
        String name = planned();
        assertThat(Objects.requireNonNull(shop.now(name).statusOrInitial().approvals())
                        .breakGlass())
                .isTrue();
        assertThat(breakGlass(name, Optional.empty(), "nobody awake")).isInstanceOf(Decided.NeedsTyping.class);
        assertThat(breakGlass(name, Optional.of("chekout"), "nobody awake")).isInstanceOf(Decided.NeedsTyping.class);
        assertThat(breakGlass(name, Optional.of("checkout"), " ")).isInstanceOf(Decided.NeedsTyping.class);
        assertThat(breakGlass(name, Optional.of("Checkout "), "nobody awake")).isInstanceOf(Decided.Recorded.class);
        shop.awaitPhase(name, Phase.RUNNING);
        assertThat(shop.now(name).getSpec().decisions()).singleElement().satisfies(d -> {
            assertThat(d.verdict()).isEqualTo(Verdict.BrokeGlass);
            assertThat(d.reason()).isEqualTo("nobody awake");
            assertThat(d.channel()).isEqualTo("C1");
        });
    }

    @Test
    void decisionsWrittenByHand_countAsThePolicySays() {
        shop.policy = ONCALL_APPROVES;
        shop.people.group("@oncall", LEAD.id());
        shop.engine();
        String name = planned();
        writeApproval(name, SECOND);
        awaitMessage(name, "approval of second does not count");
        writeApproval(name, LEAD);
        shop.awaitPhase(name, Phase.RUNNING);
    }

    @Test
    void approvalThatDoesNotCount_canBeGivenAgainByTheSamePerson() {
        shop.policy = Policies.of(rule(1), may("members", REQUEST), mayIn("C1", "members", APPROVE));
        shop.engine();
        String name = planned();
        // Without a channel, so a rule for one channel does not hold.
        writeApproval(name, LEAD);
        awaitMessage(name, "approval of lead does not count");
        assertThat(shop.approve(name, new Actor(LEAD, "C2"))).isInstanceOf(Decided.Denied.class);
        assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.Recorded.class);
        shop.awaitPhase(name, Phase.RUNNING);
        await().until(() -> shop.undos() == 1);
        assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.AlreadyRecorded.class);
        assertThat(shop.now(name).getSpec().decisions()).hasSize(2);
    }

    @Test
    void rollbackWrittenByHand_needsSomebodyWhoMayAsk() {
        shop.people.is(ASKER.id(), Standing.DEACTIVATED);
        shop.engine();
        Rollback made = Examples.requested();
        made.getMetadata().setCreationTimestamp(null);
        shop.client.resource(made).create();
        assertThat(shop.awaitPhase("checkout-1", Phase.REJECTED).message())
                .isEqualTo("responder may not ask for a rollback of production/deployment/checkout");
    }

    @Test
    void changeMadeBeforeACrash_isSeenAlthoughNobodyMayLookAnyMore() {
        String name = running();
        shop.annotate(FakeTarget.RELEASE, "good");
        shop.annotate(Rollback.MARK, name);
        shop.rollout("done");
        shop.engine(new ActingAuthorizer(shop.authorizer, new Acting.Nobody("lead has left", false)));
        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isZero();
    }

    @Test
    void changeForNobody_isNotMade() {
        String name = running();
        shop.engine(new ActingAuthorizer(shop.authorizer, new Acting.Nobody("lead has left", false)));
        assertThat(shop.awaitPhase(name, Phase.FAILED).message()).isEqualTo("lead has left");
        assertThat(shop.undos()).isZero();
    }

    @Test
    void approvalFromBeforeALongOutage_changesNothing() {
        String name = runningSinceAnHour();
        shop.engine();
        assertThat(shop.awaitPhase(name, Phase.EXPIRED).message()).startsWith("approved at");
        assertThat(shop.undos()).isZero();
    }

    @Test
    void changeFromBeforeALongOutage_isSeenThrough() {
        String name = runningSinceAnHour();
        shop.annotate(FakeTarget.RELEASE, "good");
        shop.annotate(Rollback.MARK, name);
        shop.rollout("done");
        shop.engine();
        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isZero();
    }

    @Test
    void clickFromBeforeTheNameHadToBeTyped_doesNotCountUntilItIs() {
        String name = plannedWithoutEngine();
        shop.approve(name, LEADING);
        shop.policy = TYPED;
        shop.engine();
        awaitMessage(name, "so the click of lead does not count");
        assertThat(shop.undos()).isZero();

        assertThat(shop.approve(name, LEADING)).isInstanceOf(Decided.NeedsTyping.class);
        var typed = new NewDecision(
                Verdict.Approved, LEADING, shop.hash(name), Optional.of("prod-eu/production/checkout"), "");
        assertThat(shop.rollbacks.decide("production", name, typed)).isInstanceOf(Decided.Recorded.class);
        shop.awaitPhase(name, Phase.RUNNING);
        assertThat(shop.now(name).getSpec().decisions())
                .extracting(RollbackSpec.Decision::typed)
                .containsExactly(null, true);
    }

    @Test
    void policyThatBeginsToWantTypingRightBeforeTheChange_stopsIt() {
        shop.beforeGuard = () -> shop.policy = TYPED;
        shop.engine();
        String name = planned();
        shop.approve(name, LEADING);
        awaitMessage(name, "so the click of lead does not count");
        assertThat(shop.undos()).isZero();
    }

    /** Approved an hour ago and written down as running, when everything went away. */
    private String runningSinceAnHour() {
        String name = plannedWithoutEngine();
        Instant then = Instant.now().minus(Duration.ofHours(1));
        writeApproval(name, LEAD, then);
        run(name, then);
        return name;
    }

    /** Approved and written down as running, when the process died. */
    private String running() {
        String name = plannedWithoutEngine();
        shop.approve(name, LEADING);
        run(name, Instant.now());
        return name;
    }

    private void run(String name, Instant at) {
        Rollback approved = shop.now(name);
        new Store(shop.client).updateStatus(approved, approved.statusOrInitial().with(s -> {
            s.phase = Phase.RUNNING;
            s.approvedAt = at;
            s.expiresAt = at.plusSeconds(1);
            s.approvals = new RollbackStatus.ApprovalStatus(1, List.of(LEAD.id()), false);
            s.steps = List.of(Examples.step("fake.undo", RollbackStatus.StepStatus.State.Pending, at), s.steps.get(1));
        }));
    }

    private Decided breakGlass(String name, Optional<String> typed, String reason) {
        return shop.rollbacks.decide(
                "production", name, new NewDecision(Verdict.BrokeGlass, ASKING, shop.hash(name), typed, reason));
    }

    /** As somebody would with kubectl. */
    private void writeApproval(String name, Person by) {
        writeApproval(name, by, Instant.now());
    }

    private void writeApproval(String name, Person by, Instant at) {
        String hash = shop.hash(name);
        shop.client
                .resources(Rollback.class)
                .inNamespace("production")
                .withName(name)
                .edit(r -> {
                    List<RollbackSpec.Decision> decisions =
                            new ArrayList<>(r.getSpec().decisions());
                    decisions.add(new RollbackSpec.Decision(Verdict.Approved, by, at, hash));
                    r.setSpec(r.getSpec().withDecisions(decisions));
                    return r;
                });
    }

    private String planned() {
        String name = shop.request("delivery").getMetadata().getName();
        shop.awaitPhase(name, Phase.AWAITING_APPROVAL);
        return name;
    }

    private String plannedWithoutEngine() {
        try (RollbackOperator engine = shop.engine()) {
            return planned();
        }
    }

    private void awaitMessage(String name, String words) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> shop.now(name).statusOrInitial().message().contains(words));
    }
}
