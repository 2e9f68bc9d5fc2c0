package dev.stepback.rollback;

import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Rollbacks as they are somewhere along the way. */
public final class Examples {
    public static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");
    public static final Instant EXPIRES = T0.plusSeconds(900);
    public static final Person ASKER = new Person("U00001", "responder");
    public static final Person LEAD = new Person("U00002", "lead");
    public static final Person SECOND = new Person("U00003", "second");
    public static final Actor ASKING = new Actor(ASKER, "C1");
    public static final Actor LEADING = new Actor(LEAD, "C1");
    public static final Actor SECONDING = new Actor(SECOND, "C1");
    public static final TargetRef TARGET = new TargetRef("production", Kind.DEPLOYMENT, "checkout");
    public static final Plan PLAN = plan("7");

    private Examples() {}

    public static Plan plan(String patch) {
        List<PlannedStep> steps = List.of(
                new PlannedStep("fake.undo", "Undo", Map.of("patch", patch)),
                new PlannedStep("fake.await", "Await", Map.of()));
        return plan(steps);
    }

    static Plan plan(List<PlannedStep> steps) {
        return Plan.of(
                TARGET,
                "uid",
                new PlannedRevision(4, "checkout-bad", Map.of(), ""),
                new PlannedRevision(3, "checkout-good", Map.of(), ""),
                List.of(),
                List.of(),
                steps);
    }

    public static Rollback requested() {
        Rollback rollback = new Rollback();
        rollback.setMetadata(new ObjectMetaBuilder()
                .withNamespace("production")
                .withName("checkout-1")
                .withCreationTimestamp(T0.toString())
                .build());
        rollback.setSpec(Specs.undo(
                new RollbackSpec.TargetName(Kind.DEPLOYMENT, "checkout"),
                null,
                "crashes",
                ASKER,
                new RollbackSpec.Origin("C1", null),
                600,
                null,
                List.of()));
        return rollback;
    }

    public static Rollback awaiting(RollbackSpec.Decision... decisions) {
        Rollback rollback = with(requested(), s -> {
            s.phase = Phase.AWAITING_APPROVAL;
            s.plan = PLAN;
            s.plannedAt = T0;
            s.expiresAt = EXPIRES;
            s.steps = List.of(
                    step("fake.undo", RollbackStatus.StepStatus.State.Pending, null),
                    step("fake.await", RollbackStatus.StepStatus.State.Pending, null));
        });
        rollback.setSpec(rollback.getSpec().withDecisions(List.of(decisions)));
        return rollback;
    }

    /** Approved, with the steps in these states. */
    public static Rollback running(RollbackStatus.StepStatus undo, RollbackStatus.StepStatus await) {
        return with(awaiting(approved(T0.plusSeconds(60))), s -> {
            s.phase = Phase.RUNNING;
            s.approvedAt = T0.plusSeconds(60);
            s.approvals = new RollbackStatus.ApprovalStatus(1, List.of(LEAD.id()), false);
            s.steps = List.of(undo, await);
            if (undo.state() != RollbackStatus.StepStatus.State.Pending) {
                s.patchedAt = T0.plusSeconds(61);
                s.deadlineAt = T0.plusSeconds(661);
            }
        });
    }

    public static RollbackStatus.StepStatus step(
            String type, RollbackStatus.StepStatus.State state, @org.jspecify.annotations.Nullable Instant startedAt) {
        return new RollbackStatus.StepStatus(type, state, "", startedAt, null);
    }

    public static RollbackSpec.Decision approved(Instant at) {
        return new RollbackSpec.Decision(RollbackSpec.Decision.Verdict.Approved, LEAD, at, PLAN.hash());
    }

    public static RollbackSpec.Decision decided(RollbackSpec.Decision.Verdict verdict, Person by, Instant at) {
        return new RollbackSpec.Decision(verdict, by, at, PLAN.hash(), "C1", "no colleague awake");
    }

    /** As if the policy required this many approvals and let all of these count. */
    public static Approvals counted(int required, RollbackSpec.Decision... decisions) {
        boolean granted = decisions.length >= required;
        return new Approvals(
                required,
                List.of(decisions),
                granted,
                false,
                granted ? "" : Approvals.tally(decisions.length, required),
                "",
                false,
                Duration.ofSeconds(900));
    }

    /** As if something stood in the way, although one approval counts. */
    public static Approvals missing(String missing, boolean undecided) {
        return new Approvals(1, List.of(), false, undecided, missing, "", false, Duration.ofSeconds(900));
    }

    public static NewDecision approval(Actor by, String hash) {
        return NewDecision.click(RollbackSpec.Decision.Verdict.Approved, by, hash);
    }

    public static NewDecision rejection(Actor by, String hash) {
        return NewDecision.click(RollbackSpec.Decision.Verdict.Rejected, by, hash);
    }

    public static Rollback with(Rollback rollback, Consumer<RollbackStatus.Changes> changes) {
        return Store.with(
                rollback, rollback.getSpec(), rollback.statusOrInitial().with(changes));
    }

    public static Rollback cancelled(Rollback rollback) {
        return Store.with(
                rollback,
                rollback.getSpec().withCancellation(new RollbackSpec.Cancellation(LEAD, T0.plusSeconds(5))),
                rollback.statusOrInitial());
    }
}
