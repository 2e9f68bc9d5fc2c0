package dev.stepback.slack.card;

import dev.stepback.rollback.Person;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.Specs;
import dev.stepback.target.Change;
import dev.stepback.target.Finding;
import dev.stepback.target.History;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Revision;
import dev.stepback.target.Rollout;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Rollbacks and histories to draw. */
public final class Samples {
    public static final Instant NOW = Instant.parse("2026-11-21T15:00:00Z");
    public static final Person RESPONDER = new Person("U0RESPONDER", "responder");
    public static final Person LEAD = new Person("U0LEAD", "lead");
    public static final TargetRef CHECKOUT = new TargetRef("production", Kind.DEPLOYMENT, "checkout");
    public static final String HASH = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private Samples() {}

    public static Rollback rollback(String reason, Consumer<RollbackStatus.Changes> status) {
        Rollback rollback = new Rollback();
        rollback.setMetadata(new ObjectMetaBuilder()
                .withNamespace("production")
                .withName("checkout-x7k2p")
                .withUid("6f0c8d8e-0000-4000-8000-000000000001")
                .withCreationTimestamp(NOW.minusSeconds(60).toString())
                .build());
        rollback.setSpec(Specs.undo(
                new RollbackSpec.TargetName(Kind.DEPLOYMENT, "checkout"),
                null,
                reason,
                RESPONDER,
                new RollbackSpec.Origin("C0INCIDENTS", null),
                600,
                null,
                List.of()));
        rollback.setStatus(RollbackStatus.initial().with(status));
        return rollback;
    }

    public static Rollback awaitingApproval() {
        return rollback("errors since 14:50", s -> {
            s.phase = Phase.AWAITING_APPROVAL;
            s.cluster = "prod-eu";
            s.plan = plan(changes(2), findings());
            s.plannedAt = NOW.minusSeconds(30);
            s.expiresAt = NOW.plusSeconds(870);
        });
    }

    public static Rollback running(int available) {
        Rollback rollback = awaitingApproval();
        approve(rollback);
        rollback.setStatus(rollback.getStatus().with(s -> {
            s.phase = Phase.RUNNING;
            s.approvedAt = NOW.minusSeconds(17);
            s.patchedAt = NOW.minusSeconds(16);
            s.deadlineAt = NOW.plusSeconds(584);
            s.steps = List.of(
                    new RollbackStatus.StepStatus(
                            "deployment.undo", RollbackStatus.StepStatus.State.Done, "", NOW, NOW),
                    new RollbackStatus.StepStatus(
                            "deployment.await-rollout", RollbackStatus.StepStatus.State.Started, "", NOW, null));
            s.rollout = new Rollout(
                    "Waiting for deployment \"checkout\" rollout to finish: " + available
                            + " of 3 updated replicas are available...",
                    3,
                    3,
                    available,
                    0,
                    List.of(new Rollout.PodProblem("checkout-abc-1", "CrashLoopBackOff", "exit code 1, 4 restarts")));
        }));
        return rollback;
    }

    public static Rollback finished(Phase phase, String message) {
        Rollback rollback = running(3);
        rollback.setStatus(rollback.getStatus().with(s -> {
            s.phase = phase;
            s.message = message;
            s.finishedAt = NOW.plusSeconds(25);
        }));
        return rollback;
    }

    public static void approve(Rollback rollback) {
        rollback.setSpec(rollback.getSpec()
                .withDecisions(List.of(new Decision(Decision.Verdict.Approved, LEAD, NOW.minusSeconds(17), HASH))));
    }

    public static Plan plan(List<Change> changes, List<Finding> findings) {
        return plan(
                Map.of("checkout", "shop/checkout:1.5"),
                Map.of("checkout", "shop/checkout:1.4"),
                "release 1.4",
                changes,
                findings);
    }

    public static Plan plan(
            Map<String, String> from,
            Map<String, String> to,
            String changeCause,
            List<Change> changes,
            List<Finding> findings) {
        return new Plan(
                HASH,
                "uid-1",
                new PlannedRevision(5, "checkout-5", from, ""),
                new PlannedRevision(4, "checkout-4", to, changeCause),
                changes,
                findings,
                List.of(
                        new PlannedStep("deployment.undo", "Restore the template of revision 4", Map.of()),
                        new PlannedStep("deployment.await-rollout", "Wait for the rollout", Map.of())));
    }

    public static List<Finding> findings() {
        return List.of(
                Finding.pass("dry-run", "the API server accepts the change"),
                Finding.warn("last-applied", "last-applied-configuration will be stale"));
    }

    public static List<Change> changes(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Change("containers[checkout].env[V" + i + "]", "old " + i, "new " + i))
                .toList();
    }

    public static Map<String, String> images(int containers, String tag) {
        Map<String, String> images = new LinkedHashMap<>();
        IntStream.range(0, containers)
                .forEach(i -> images.put("container-" + i, "registry.example.com/team/service-" + i + ":" + tag));
        return images;
    }

    public static History history(int revisions) {
        return history(revisions, LongStream.rangeClosed(2, revisions).toArray());
    }

    /** @param available the revisions that were seen available */
    public static History history(int revisions, long... available) {
        return new History(
                CHECKOUT,
                "uid-1",
                OptionalLong.of(revisions),
                LongStream.iterate(revisions, n -> n - 1)
                        .limit(revisions)
                        .mapToObj(n -> new Revision(
                                n,
                                "checkout-" + n,
                                n == 4 ? List.of(2L) : List.of(),
                                Map.of("checkout", "shop/checkout:1." + n),
                                n == 3 ? "" : "release 1." + n,
                                NOW.minusSeconds(86_400 * (revisions - n) + 90),
                                n == revisions ? 3 : 0,
                                "checkout-" + n,
                                LongStream.of(available).anyMatch(a -> a == n),
                                Optional.empty()))
                        .toList(),
                10);
    }
}
