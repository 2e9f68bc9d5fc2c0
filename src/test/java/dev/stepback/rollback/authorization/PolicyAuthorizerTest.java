package dev.stepback.rollback.authorization;

import static dev.stepback.policy.Permission.APPROVE;
import static dev.stepback.policy.Permission.BREAK_GLASS;
import static dev.stepback.policy.Permission.CONFIGURE;
import static dev.stepback.policy.Permission.REQUEST;
import static dev.stepback.policy.Permission.VIEW;
import static dev.stepback.rollback.Examples.ASKER;
import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.SECOND;
import static dev.stepback.rollback.Examples.SECONDING;
import static dev.stepback.rollback.Examples.T0;
import static dev.stepback.rollback.Examples.TARGET;
import static dev.stepback.rollback.Examples.approved;
import static dev.stepback.rollback.Examples.awaiting;
import static dev.stepback.rollback.Examples.decided;
import static dev.stepback.rollback.Policies.from;
import static dev.stepback.rollback.Policies.may;
import static dev.stepback.rollback.Policies.mayIn;
import static dev.stepback.rollback.Policies.quiet;
import static dev.stepback.rollback.Policies.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.policy.ApprovalRule;
import dev.stepback.policy.ChannelBinding;
import dev.stepback.policy.Glob;
import dev.stepback.policy.Policy;
import dev.stepback.policy.QuietHours;
import dev.stepback.policy.Subject.Standing;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Authorizer.Authorization;
import dev.stepback.rollback.People;
import dev.stepback.rollback.Policies;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.Specs;
import dev.stepback.rollback.lock.Locks;
import dev.stepback.target.Operation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyAuthorizerTest {
    private static final Instant NOW = T0.plusSeconds(100);
    private final People people = new People();
    private Policy policy = Policy.DEFAULT;
    private Locks.State lock = new Locks.State.Open();
    private List<String> served = List.of();

    private PolicyAuthorizer authorizer() {
        return new PolicyAuthorizer(
                () -> policy,
                people,
                namespace -> lock,
                "prod-eu",
                served,
                target -> Optional.of(Map.of()),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private Approvals approval(RollbackSpec.Decision... decisions) {
        return authorizer().approval(awaiting(decisions));
    }

    private static void denied(Authorization authorization, String why) {
        assertThat(authorization.allowed()).isFalse();
        assertThat(authorization.why()).contains(why);
    }

    @Test
    void byDefault_membersAskAndOthersApprove() {
        assertThat(authorizer().mayRequest(ASKING, TARGET, Operation.UNDO).allowed())
                .isTrue();
        assertThat(authorizer().mayDecide(LEADING, awaiting(), Verdict.Approved).allowed())
                .isTrue();
        denied(authorizer().mayDecide(ASKING, awaiting(), Verdict.Approved), "somebody else has to approve");
        assertThat(authorizer().mayDecide(ASKING, awaiting(), Verdict.Rejected).allowed())
                .isTrue();
        denied(authorizer().mayDecide(ASKING, awaiting(), Verdict.BrokeGlass), "You may not");
        denied(authorizer().mayConfigure(LEADING, Optional.of("production")), "You may not");
        people.is(LEAD.id(), Standing.GUEST);
        denied(authorizer().mayDecide(LEADING, awaiting(), Verdict.Approved), "guest");
        denied(authorizer().mayView(LEADING, TARGET), "guest");
        denied(authorizer().mayCancel(LEADING, awaiting()), "guest");
    }

    @Test
    void namespaceThatIsNotServed_isRefusedFirst() {
        served = List.of("staging");
        denied(authorizer().mayView(ASKING, TARGET), "do not serve");
        denied(authorizer().mayRequest(ASKING, TARGET, Operation.UNDO), "do not serve");
        denied(authorizer().mayDecide(LEADING, awaiting(), Verdict.Approved), "do not serve");
        denied(authorizer().mayCancel(ASKING, awaiting()), "do not serve");
        denied(authorizer().mayStop(LEADING, awaiting()), "do not serve");
        assertThat(approval(approved(NOW)).granted()).isFalse();
    }

    @Test
    void whatOneMayNotView_isHidden() {
        people.is(ASKER.id(), Standing.GUEST);
        assertThat(authorizer().hides(ASKING, TARGET)).isPresent();
        assertThat(authorizer().hides(LEADING, TARGET)).isEmpty();
        people.reachable(false);
        assertThat(authorizer().hides(LEADING, TARGET)).isEmpty();
    }

    @Test
    void whatOneMayViewElsewhere_isNoSecret() {
        policy = Policies.of(rule(1), mayIn("C9", "members", VIEW));
        assertThat(authorizer().hides(ASKING, TARGET)).isEmpty();
        denied(authorizer().mayView(ASKING, TARGET), "not from this channel");
        policy = Policies.of(rule(1), mayIn("C9", LEAD.id(), VIEW));
        assertThat(authorizer().hides(ASKING, TARGET)).isPresent();
    }

    @Test
    void whatNoChannelThatOneMayUseReaches_staysHidden() {
        Policy open = Policies.of(rule(1), mayIn("C9", "members", VIEW));
        policy = bound(open, "staging");
        assertThat(authorizer().hides(ASKING, TARGET)).isPresent();
        policy = bound(open, "production");
        assertThat(authorizer().hides(ASKING, TARGET)).isEmpty();
    }

    /** The same, where the channel that it names reaches one namespace only. */
    private static Policy bound(Policy policy, String namespace) {
        return new Policy(
                policy.rules(),
                List.of(new ChannelBinding("C9", Optional.empty(), List.of(new Glob(namespace)))),
                policy.approvalByDefault(),
                policy.approvals());
    }

    @Test
    void lock_closesEverythingButNo() {
        lock = new Locks.State.Locked(new Locks.Lock(Optional.of("production"), SECOND, T0, "migrations"));
        denied(authorizer().mayRequest(ASKING, TARGET, Operation.UNDO), "second has locked rollbacks in production");
        denied(authorizer().mayRequest(ASKING, TARGET, Operation.UNDO), "migrations");
        denied(authorizer().mayDecide(LEADING, awaiting(), Verdict.Approved), "migrations");
        assertThat(authorizer().mayDecide(LEADING, awaiting(), Verdict.Rejected).allowed())
                .isTrue();
        assertThat(authorizer().mayCancel(ASKING, awaiting()).allowed()).isTrue();
        Approvals approvals = approval(approved(NOW));
        assertThat(approvals.granted()).isFalse();
        assertThat(approvals.missing()).contains("migrations");
        assertThat(approvals.counted()).hasSize(1);
    }

    @Test
    void unreadableLock_isClosed() {
        lock = new Locks.State.Unreadable("cannot be read");
        denied(authorizer().mayRequest(ASKING, TARGET, Operation.UNDO), "cannot be read");
        assertThat(approval(approved(NOW)).granted()).isFalse();
    }

    @Test
    void secondAccountOfTheSameHuman_isNobodyElse() {
        people.address(ASKER.id(), "kim@example.com").address(LEAD.id(), "Kim@Example.com");
        denied(authorizer().mayDecide(LEADING, awaiting(), Verdict.Approved), "somebody else has to approve");
        assertThat(approval(approved(NOW)).granted()).isFalse();

        people.address(ASKER.id(), "other@example.com").address(SECOND.id(), "kim@example.com");
        policy = Policies.needing(2);
        assertThat(approval(approved(NOW), decided(Verdict.Approved, SECOND, NOW))
                        .missing())
                .isEqualTo("1 of 2 approvals is there.");
    }

    @Test
    void twoApprovals_areOfTwoPeople() {
        policy = Policies.needing(2);
        assertThat(approval(approved(NOW)).missing()).isEqualTo("1 of 2 approvals is there.");
        assertThat(approval(approved(NOW), approved(NOW)).granted()).isFalse();
        assertThat(approval(approved(NOW), decided(Verdict.Approved, ASKER, NOW))
                        .granted())
                .isFalse();
        assertThat(approval(approved(NOW), decided(Verdict.Approved, SECOND, NOW))
                        .granted())
                .isTrue();
    }

    @Test
    void approverWhoLostTheGroup_doesNotCount() {
        policy = Policies.of(rule(1), may("members", REQUEST), may("@oncall", APPROVE));
        people.group("@oncall", LEAD.id());
        assertThat(approval(approved(NOW)).granted()).isTrue();
        people.group("@oncall", SECOND.id());
        Approvals lost = approval(approved(NOW));
        assertThat(lost.granted()).isFalse();
        assertThat(lost.undecided()).isFalse();
        assertThat(lost.missing()).contains("the approval of lead does not count");
        assertThat(approval(approved(NOW), decided(Verdict.Approved, SECOND, NOW))
                        .granted())
                .isTrue();
    }

    @Test
    void deactivatedApprover_doesNotCount() {
        people.is(LEAD.id(), Standing.DEACTIVATED);
        assertThat(approval(approved(NOW)).granted()).isFalse();
    }

    @Test
    void slackSilent_isUndecidedAndSaysSo() {
        people.reachable(false);
        Approvals approvals = approval(approved(NOW));
        assertThat(approvals.granted()).isFalse();
        assertThat(approvals.undecided()).isTrue();
        assertThat(approvals.refused()).isEmpty();
        assertThat(approvals.missing()).contains("Slack could not tell me").contains("lead");
        denied(authorizer().mayRequest(ASKING, TARGET, Operation.UNDO), "Slack");
    }

    @Test
    void onlySomeApprovals_count() {
        policy = Policies.of(from(SECOND.id()), may("members", REQUEST, APPROVE));
        denied(authorizer().mayDecide(LEADING, awaiting(), Verdict.Approved), "you are not one of them");
        assertThat(authorizer()
                        .mayDecide(SECONDING, awaiting(), Verdict.Approved)
                        .allowed())
                .isTrue();
        assertThat(approval(approved(NOW)).granted()).isFalse();
        assertThat(approval(decided(Verdict.Approved, SECOND, NOW)).granted()).isTrue();
    }

    @Test
    void approvalFromAChannel_countsOnlyFromThere() {
        policy = Policies.of(rule(1), may("members", REQUEST), mayIn("C1", "members", APPROVE));
        assertThat(approval(decided(Verdict.Approved, LEAD, NOW)).granted()).isTrue();
        // Without a channel: written by hand.
        assertThat(approval(approved(NOW)).granted()).isFalse();
        denied(authorizer().mayDecide(new Actor(LEAD, "C2"), awaiting(), Verdict.Approved), "from this channel");
    }

    @Test
    void noApprovalNeeded_isGrantedOnlyIfTheRequesterMayStillAsk() {
        policy = Policies.needing(0);
        assertThat(approval().unapproved()).isTrue();
        people.is(ASKER.id(), Standing.DEACTIVATED);
        assertThat(approval().granted()).isFalse();
        assertThat(approval().missing()).contains("responder may no longer ask");
        assertThat(approval().refused()).contains("responder may not ask");
        people.reachable(false);
        assertThat(approval().undecided()).isTrue();
        assertThat(approval().refused()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        UNDO    | ask for a rollback of | rollback | roll back
        PAUSE   | ask to pause          | pause    | pause
        RESUME  | ask to resume         | resume   | resume
        RESTART | ask to restart        | restart  | restart
        """)
    void refusal_namesWhatWasRefused(Operation operation, String ask, String noun, String verb) {
        Rollback wanted = awaiting();
        wanted.setSpec(Specs.doing(operation, wanted.getSpec()));
        denied(
                authorizer().mayDecide(ASKING, wanted, Verdict.Approved),
                "You asked for this " + noun + ", so somebody else has to approve it.");
        denied(authorizer().mayDecide(LEADING, wanted, Verdict.BrokeGlass), "Only who asked for this " + noun);
        denied(
                authorizer().mayDecide(ASKING, wanted, Verdict.BrokeGlass),
                "You may not " + verb + " " + TARGET + " without an approval.");
        people.is(ASKER.id(), Standing.GUEST);
        people.is(LEAD.id(), Standing.GUEST);
        denied(authorizer().mayRequest(ASKING, TARGET, operation), "You may not " + ask + " " + TARGET + ". ");
        denied(
                authorizer().mayDecide(LEADING, wanted, Verdict.Approved),
                "You may not approve a " + noun + " of " + TARGET + ". ");
        assertThat(authorizer().approval(wanted).refused()).isEqualTo("responder may not " + ask + " " + TARGET);
    }

    @Test
    void glass_isBrokenByTheRequesterWhoMay() {
        policy = Policies.of(rule(2), may("members", REQUEST, APPROVE), may(ASKER.id(), BREAK_GLASS));
        assertThat(authorizer().mayBreakGlass(ASKING, awaiting()).allowed()).isTrue();
        denied(authorizer().mayBreakGlass(LEADING, awaiting()), "Only who asked");
        assertThat(authorizer().toType(awaiting(), Verdict.BrokeGlass)).contains("checkout");
        Approvals approvals = approval(decided(Verdict.BrokeGlass, ASKER, NOW));
        assertThat(approvals.granted()).isTrue();
        assertThat(approvals.brokeGlass()).isTrue();
        assertThat(approvals.unapproved()).isFalse();
        assertThat(approval().breakGlass()).isTrue();
        policy = Policies.needing(2);
        assertThat(approval(decided(Verdict.BrokeGlass, ASKER, NOW)).granted()).isFalse();
        assertThat(approval().breakGlass()).isFalse();
    }

    @Test
    void quietHours_requireMoreOrRefuse() {
        policy = Policies.of(quiet(hours(OptionalInt.of(2))), may("members", REQUEST, APPROVE));
        assertThat(approval(approved(NOW)).required()).isEqualTo(2);
        assertThat(approval(approved(NOW)).granted()).isFalse();
        policy = Policies.of(
                quiet(hours(OptionalInt.empty())), may("members", REQUEST, APPROVE), may(SECOND.id(), BREAK_GLASS));
        denied(authorizer().mayRequest(ASKING, TARGET, Operation.UNDO), "quiet hours");
        denied(authorizer().mayDecide(LEADING, awaiting(), Verdict.Approved), "quiet hours");
        assertThat(authorizer().mayRequest(SECONDING, TARGET, Operation.UNDO).allowed())
                .isTrue();
        assertThat(approval(approved(NOW)).granted()).isFalse();
        assertThat(approval(approved(NOW)).missing()).contains("They end Sun 13:00 Z");
    }

    private static QuietHours hours(OptionalInt required) {
        return new QuietHours(
                EnumSet.allOf(java.time.DayOfWeek.class),
                LocalTime.of(11, 0),
                LocalTime.of(13, 0),
                ZoneOffset.UTC,
                required);
    }

    @Test
    void rule_asksForReasonAndTyping() {
        policy = Policies.of(
                new ApprovalRule(1, List.of(), false, Duration.ofHours(1), true, true, Optional.empty()),
                may("members", REQUEST, APPROVE));
        assertThat(authorizer().needsReason(TARGET)).isTrue();
        assertThat(authorizer().toType(awaiting(), Verdict.Approved)).contains("prod-eu/production/checkout");
        assertThat(authorizer().toType(awaiting(), Verdict.Rejected)).isEmpty();
        assertThat(approval().expiry()).isEqualTo(Duration.ofHours(1));
        policy = Policy.DEFAULT;
        assertThat(authorizer().needsReason(TARGET)).isFalse();
        assertThat(authorizer().toType(awaiting(), Verdict.Approved)).isEmpty();
    }

    @Test
    void whoMayConfigure_mayLock() {
        policy = Policies.of(rule(1), may(LEAD.id(), CONFIGURE), may("members", VIEW));
        assertThat(authorizer().mayConfigure(LEADING, Optional.of("production")).allowed())
                .isTrue();
        assertThat(authorizer().mayConfigure(LEADING, Optional.empty()).allowed())
                .isTrue();
        denied(authorizer().mayConfigure(ASKING, Optional.empty()), "lock or unlock");
        denied(authorizer().mayCancel(ASKING, awaiting()), "You may not");
    }
}
