package dev.stepback.rollback.authorization;

import static dev.stepback.rollback.Examples.ASKER;
import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.SECOND;
import static dev.stepback.rollback.Examples.SECONDING;
import static dev.stepback.rollback.Examples.T0;
import static dev.stepback.rollback.Examples.TARGET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.access.ClusterAccess;
import dev.stepback.access.GuardedCluster;
import dev.stepback.policy.Identities;
import dev.stepback.policy.IdentityRule;
import dev.stepback.policy.Who;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Authorizer.Authorization;
import dev.stepback.rollback.Examples;
import dev.stepback.rollback.People;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.TargetRef;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the cluster takes away of what the policy grants. Kubernetes knows the requester, the lead and a second one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterAuthorizerTest {
    private static final Approvals.Terms TERMS = new Approvals.Terms("prod-eu", List.of("@leads"), true);
    private final GuardedCluster cluster = new GuardedCluster();
    private final People people = new People();
    private final Granting policy = new Granting();
    private final ClusterAuthorizer authorizer = new ClusterAuthorizer(
            policy,
            new ClusterAccess(
                    ClusterAccess.Mode.REVIEW,
                    new Identities(List.of(known(ASKER), known(LEAD), known(SECOND))),
                    people,
                    cluster.bot,
                    Clock.systemUTC()));

    private static IdentityRule known(Person person) {
        return new IdentityRule(List.of(new Who.User(person.id())), Optional.of(person.name()), List.of());
    }

    @BeforeAll
    void grant() {
        cluster.mayReview();
        cluster.bind("view", "User", ASKER.name(), "production");
        cluster.bind("edit", "User", LEAD.name(), "production");
    }

    @AfterAll
    void close() throws Exception {
        cluster.close();
    }

    /**
     * {@code lead} may change the target, {@code responder} only look at it, {@code second} neither.
     *
     * @param recorded who approved, as the policy counts them; {@code alone} is the requester who broke the glass
     */
    @ParameterizedTest(name = "{0} needed, {1}: {2}, by {3}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        1 | lead                  | true  | lead
        1 | second                | false | -
        1 | responder             | false | -
        2 | lead second           | false | lead
        1 | lead second           | true  | lead
        1 | -                     | false | -
        0 | -                     | false | -
        1 | alone                 | false | -
        """)
    void approvals_countOnlyOfWhoMayMakeTheChange(int required, String recorded, boolean granted, String counted) {
        policy.required = required;
        policy.recorded.clear();
        for (String name : recorded == null ? new String[0] : recorded.split(" ")) {
            policy.recorded.add(decision(name));
        }

        Approvals approvals = authorizer.approval(Examples.awaiting());

        assertThat(approvals.granted()).isEqualTo(granted);
        assertThat(approvals.counted().stream().map(d -> d.by().name()))
                .containsExactlyElementsOf(counted == null ? List.of() : List.of(counted.split(" ")));
        assertThat(approvals.missing().isEmpty()).isEqualTo(granted);
    }

    @Test
    void whoMayMakeTheChange_mayGoAlone() {
        cluster.bind("edit", "User", ASKER.name(), "production");
        policy.recorded.clear();
        policy.recorded.add(decision("alone"));
        policy.required = 3;
        assertThat(authorizer.approval(Examples.awaiting()).granted()).isTrue();

        policy.recorded.clear();
        policy.required = 0;
        assertThat(authorizer.approval(Examples.awaiting()).granted()).isTrue();
        cluster.unbind("edit", ASKER.name(), "production");
    }

    @Test
    void whileTheClusterDoesNotAnswer_nothingIsGrantedForNow() {
        policy.recorded.clear();
        policy.recorded.add(decision("lead"));
        policy.required = 1;
        cluster.cluster.faults().fail(100, 503, "create", "subjectaccessreviews.authorization.k8s.io");

        Approvals approvals = authorizer.approval(Examples.awaiting());

        cluster.cluster.faults().clear();
        assertThat(approvals.granted()).isFalse();
        assertThat(approvals.undecided()).isTrue();
    }

    @Test
    void planThatDeletesPods_needsThatRightToo() {
        cluster.role("patcher", "{apiGroups: [apps], resources: [deployments], verbs: [get, patch]}");
        cluster.bind("patcher", "User", SECOND.name(), "production");
        cluster.bind("edit", "User", LEAD.name(), "production");
        Rollback deleting = Examples.awaiting();
        Plan plan = Examples.PLAN;
        deleting.setStatus(deleting.statusOrInitial()
                .with(s -> s.plan = new Plan(
                        plan.hash(),
                        plan.targetUid(),
                        plan.from(),
                        plan.to(),
                        List.of(),
                        List.of(),
                        List.of(new PlannedStep("statefulset.delete-stuck-pods", "Delete", Map.of())))));

        assertThat(authorizer
                        .mayDecide(SECONDING, Examples.awaiting(), Verdict.Approved)
                        .allowed())
                .isTrue();
        assertThat(authorizer.mayDecide(SECONDING, deleting, Verdict.Approved).why())
                .contains("second may not delete pods in the namespace production");
        cluster.unbind("patcher", SECOND.name(), "production");
    }

    @Test
    void termsOfThePolicy_stayOnTheCard() {
        assertThat(authorizer.approval(Examples.awaiting()).terms()).isEqualTo(TERMS);
    }

    @Test
    void whoMayNotSeeTheTarget_isNotAskedFurther() {
        Approvals approvals = authorizer.approval(Examples.awaiting());
        assertThat(approvals.refused()).isEmpty();

        cluster.unbind("view", ASKER.name(), "production");
        ClusterAuthorizer fresh = new ClusterAuthorizer(
                policy,
                new ClusterAccess(
                        ClusterAccess.Mode.REVIEW,
                        new Identities(List.of(known(ASKER))),
                        people,
                        cluster.bot,
                        Clock.systemUTC()));
        assertThat(fresh.approval(Examples.awaiting()).refused()).contains("responder may not get deployments.apps");
        assertThat(fresh.mayRequest(ASKING, TARGET, Operation.UNDO).allowed()).isFalse();
        assertThat(fresh.mayCancel(ASKING, Examples.awaiting()).allowed()).isFalse();
        assertThat(fresh.hides(ASKING, TARGET)).isPresent();
        cluster.bind("view", "User", ASKER.name(), "production");
    }

    @Test
    void whatThePolicyDenies_theClusterDoesNotGrant() {
        policy.allowed = Authorization.denied("not you");

        assertThat(authorizer.mayView(LEADING, TARGET)).isEqualTo(policy.allowed);
        assertThat(authorizer.mayRequest(LEADING, TARGET, Operation.UNDO)).isEqualTo(policy.allowed);
        assertThat(authorizer.mayDecide(LEADING, Examples.awaiting(), Verdict.Approved))
                .isEqualTo(policy.allowed);
        assertThat(authorizer.mayCancel(LEADING, Examples.awaiting())).isEqualTo(policy.allowed);
        assertThat(authorizer.mayStop(LEADING, Examples.awaiting())).isEqualTo(policy.allowed);
        assertThat(authorizer.mayConfigure(LEADING, Optional.empty())).isEqualTo(policy.allowed);
        policy.allowed = Authorization.ALLOWED;
    }

    @Test
    void whoIsNobodyInTheCluster_mayNotEvenLock() {
        Actor stranger = new Actor(new Person("U00009", "stranger"), "C1");

        assertThat(authorizer.mayConfigure(LEADING, Optional.empty()).allowed()).isTrue();
        assertThat(authorizer.mayConfigure(stranger, Optional.empty()).why()).contains("Kubernetes does not know you");
        assertThat(authorizer.mayView(stranger, TARGET).why()).contains("Kubernetes does not know you");
    }

    @Test
    void stopping_isAChangeLikeTheRollbackItself() {
        assertThat(authorizer.mayStop(LEADING, Examples.awaiting()).allowed()).isTrue();
        assertThat(authorizer.mayStop(ASKING, Examples.awaiting()).why()).contains("may not patch");
    }

    @Test
    void rejecting_needsNoMoreThanToSee() {
        assertThat(authorizer
                        .mayDecide(ASKING, Examples.awaiting(), Verdict.Rejected)
                        .allowed())
                .isTrue();
        assertThat(authorizer
                        .mayDecide(ASKING, Examples.awaiting(), Verdict.Approved)
                        .allowed())
                .isFalse();
        assertThat(authorizer
                        .mayDecide(ASKING, Examples.awaiting(), Verdict.BrokeGlass)
                        .allowed())
                .isFalse();
        assertThat(authorizer
                        .mayDecide(LEADING, Examples.awaiting(), Verdict.Approved)
                        .allowed())
                .isTrue();
    }

    private static Decision decision(String name) {
        return switch (name) {
            case "alone" -> Examples.decided(Verdict.BrokeGlass, ASKER, T0);
            case "responder" -> Examples.decided(Verdict.Approved, ASKER, T0);
            case "lead" -> Examples.decided(Verdict.Approved, LEAD, T0);
            default -> Examples.decided(Verdict.Approved, SECOND, T0);
        };
    }

    /** A policy that lets everybody do everything and counts what it is told to. */
    private static final class Granting implements Authorizer {
        private Authorization allowed = Authorization.ALLOWED;
        private int required = 1;
        private final List<Decision> recorded = new ArrayList<>();

        @Override
        public Authorization mayView(Actor who, TargetRef target) {
            return allowed;
        }

        @Override
        public Authorization mayRequest(Actor who, TargetRef target, Operation operation) {
            return allowed;
        }

        @Override
        public Authorization mayDecide(Actor who, Rollback rollback, Verdict verdict) {
            return allowed;
        }

        @Override
        public Authorization mayCancel(Actor who, Rollback rollback) {
            return allowed;
        }

        @Override
        public Authorization mayConfigure(Actor who, Optional<String> namespace) {
            return allowed;
        }

        @Override
        public boolean needsReason(TargetRef target) {
            return false;
        }

        @Override
        public Optional<String> toType(Rollback rollback, Verdict verdict) {
            return Optional.empty();
        }

        @Override
        public Approvals approval(Rollback rollback) {
            boolean alone = recorded.stream().anyMatch(d -> d.verdict() == Verdict.BrokeGlass);
            boolean granted = alone || recorded.size() >= required;
            return new Approvals(
                    required,
                    recorded,
                    granted,
                    false,
                    granted ? "" : "too few",
                    "",
                    true,
                    Duration.ofMinutes(15),
                    TERMS);
        }
    }
}
