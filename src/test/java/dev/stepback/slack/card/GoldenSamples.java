package dev.stepback.slack.card;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.RollbackStatus.ApprovalStatus;
import dev.stepback.target.Finding;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Rollout;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A rollback for every outcome that a card can show. */
final class GoldenSamples {
    static final List<Finding> FINDINGS = List.of(
            Finding.pass("dry-run", "The API server accepts the change."),
            Finding.warn(
                    "rollout", "The present rollout is stuck: deployment \"checkout\" exceeded its progress deadline."),
            Finding.warn(
                    "configuration",
                    "Changed after that revision was made, and not rolled back: Secret checkout (26 h ago)."));

    record Sample(String name, Rollback rollback) {
        @Override
        public String toString() {
            return name;
        }
    }

    private GoldenSamples() {}

    static Stream<Sample> samples() {
        return Stream.of(
                new Sample("planning", Samples.rollback("", s -> {})),
                new Sample("awaiting-approval", status(Samples.awaitingApproval(), s -> {})),
                new Sample("applied", applied(Samples.awaitingApproval())),
                new Sample("applied-planning-again", plannedAgain(applied(Samples.awaitingApproval()))),
                new Sample("applied-countdown", counting(applied(Samples.awaitingApproval()))),
                new Sample(
                        "applied-countdown-planning-again",
                        plannedAgain(counting(applied(Samples.awaitingApproval())))),
                new Sample("applied-chosen", chosen()),
                new Sample("one-of-two", approved(s -> {
                    s.approvals = new ApprovalStatus(2, List.of(Samples.LEAD.id()), true, List.of("@oncall"), true);
                    s.message = "1 of 2 approvals is there.";
                })),
                new Sample(
                        "one-of-a-group",
                        status(
                                Samples.awaitingApproval(),
                                s -> s.approvals = new ApprovalStatus(
                                        1, List.of(), false, List.of("@oncall", "S0DBATEAM", "U0SECOND"), false))),
                new Sample("locked", approved(s -> {
                    s.approvals = new ApprovalStatus(1, List.of(Samples.LEAD.id()), false);
                    s.message = "lead has locked rollbacks in production since 2026-11-21 14:00 UTC: database is being"
                            + " moved. Nothing may start until they are unlocked.";
                })),
                new Sample("countdown", status(Samples.awaitingApproval(), s -> {
                    s.approvals = new ApprovalStatus(0, List.of(), false);
                    s.startsAt = Samples.NOW.plusMillis(7500);
                })),
                new Sample("without-an-approval", status(Samples.running(1), s -> {
                    s.approvals = new ApprovalStatus(0, List.of(), false);
                    s.message = sentence(s.rollout);
                })),
                new Sample("broken-glass", alone()),
                new Sample("running", status(Samples.running(1), s -> s.message = sentence(s.rollout))),
                new Sample(
                        "running-without-an-answer",
                        status(
                                Samples.running(1),
                                s -> s.message = "the cluster does not answer as it should, trying again: HTTP 503")),
                new Sample("check-first", CheckSamples.waiting()),
                new Sample("check-running", CheckSamples.running()),
                new Sample("check-failed", CheckSamples.failed()),
                new Sample("check-overridden", CheckSamples.overridden()),
                new Sample("check-cancelled", CheckSamples.cancelled()),
                new Sample("verifying", status(Samples.running(3), s -> {
                    s.phase = Phase.VERIFYING;
                    s.message = sentence(s.rollout);
                })),
                new Sample("succeeded", status(Samples.finished(Phase.SUCCEEDED, ""), s -> {
                    s.rollout = new Rollout("deployment \"checkout\" successfully rolled out", 3, 3, 3, 0, List.of());
                    s.message = sentence(s.rollout);
                })),
                new Sample("fast", PaceSamples.fast(Phase.AWAITING_APPROVAL, "")),
                new Sample("fast-succeeded", PaceSamples.fast(Phase.SUCCEEDED, PaceSamples.PUT_BACK)),
                new Sample("fast-failed", PaceSamples.fast(Phase.FAILED, PaceSamples.NOT_PUT_BACK)),
                new Sample(
                        "fast-stopped-here",
                        PaceSamples.stopped(PaceSamples.fast(Phase.CANCELLED, PaceSamples.PUT_BACK))),
                new Sample("by-partition", PaceSamples.byPartition(Phase.AWAITING_APPROVAL)),
                new Sample("by-partition-running", PaceSamples.byPartition(Phase.RUNNING)),
                new Sample("by-partition-failed", PaceSamples.byPartition(Phase.FAILED)),
                new Sample("by-partition-switched", PaceSamples.switched()),
                new Sample("by-partition-cancelled", PaceSamples.byPartition(Phase.CANCELLED)),
                new Sample("by-partition-stopped", PaceSamples.heldBack()),
                new Sample("stopped-here", midway(RollbackSpec.Midway.Pause)),
                new Sample("gone-forward", midway(RollbackSpec.Midway.GoOn)),
                new Sample("to-a-time", toTime()),
                new Sample("pause", waiting(Operation.PAUSE)),
                new Sample("paused", ended(Operation.PAUSE)),
                new Sample("resume", waiting(Operation.RESUME)),
                new Sample("resumed", ended(Operation.RESUME)),
                new Sample("restart", waiting(Operation.RESTART)),
                new Sample("restarted", ended(Operation.RESTART)),
                new Sample("skipped", Samples.rollback("", s -> {
                    s.phase = Phase.SUCCEEDED;
                    s.message = "skipped rollback (current template already matches revision 4)";
                    s.finishedAt = Samples.NOW;
                })),
                new Sample("failed", status(Samples.finished(Phase.FAILED, ""), s -> {
                    s.rollout = new Rollout(
                            "deployment \"checkout\" exceeded its progress deadline",
                            3,
                            1,
                            0,
                            2,
                            List.of(new Rollout.PodProblem(
                                    "checkout-abc-1", "CrashLoopBackOff", "exit code 1, 4 restarts")));
                    s.message = sentence(s.rollout);
                })),
                new Sample("blocked", status(Samples.awaitingApproval(), s -> {
                    Finding block = Finding.block(
                            "references",
                            "The restored pods could not start: ConfigMap gone is no longer there. Bring it back"
                                    + " first.");
                    s.plan = Samples.plan(Samples.changes(1), List.of(FINDINGS.get(0), block));
                    s.phase = Phase.FAILED;
                    s.message = block.message();
                    s.finishedAt = Samples.NOW;
                })),
                new Sample("refused", Samples.rollback("", s -> {
                    s.phase = Phase.FAILED;
                    s.message = "unable to find specified revision 9 in history; there are 5, 4";
                    s.finishedAt = Samples.NOW;
                })),
                new Sample("rejected", rejected()),
                new Sample("expired", ended(Phase.EXPIRED, "nobody approved in time")),
                new Sample("cancelled", cancelled()),
                new Sample(
                        "superseded",
                        ended(
                                Phase.SUPERSEDED,
                                "The pod template was changed by kubectl-edit at 2026-11-21 14:59:11 UTC.")));
    }

    static String sentence(@org.jspecify.annotations.Nullable Rollout rollout) {
        return rollout == null ? "" : rollout.sentence();
    }

    static Rollback status(Rollback rollback, Consumer<RollbackStatus.Changes> changes) {
        rollback.setStatus(rollback.statusOrInitial().with(s -> {
            s.plan = Samples.plan(Samples.changes(2), FINDINGS);
            changes.accept(s);
        }));
        return rollback;
    }

    private static Rollback ended(Phase phase, String message) {
        return status(Samples.awaitingApproval(), s -> {
            s.phase = phase;
            s.message = message;
            s.finishedAt = Samples.NOW;
        });
    }

    private static Rollback midway(RollbackSpec.Midway midway) {
        Rollback rollback = status(Samples.running(1), s -> {
            s.phase = Phase.CANCELLED;
            s.message = "";
            s.standstill = midway == RollbackSpec.Midway.Pause
                    ? new RollbackStatus.Standstill(
                            "It is paused where it is: pods of both revisions serve until somebody goes on.", true)
                    : null;
            s.finishedAt = Samples.NOW;
        });
        rollback.setSpec(
                rollback.getSpec().withCancellation(new RollbackSpec.Cancellation(Samples.LEAD, Samples.NOW, midway)));
        return rollback;
    }

    private static Rollback waiting(Operation operation) {
        return of(operation, status(Samples.awaitingApproval(), s -> s.plan = plan(operation)));
    }

    private static Rollback ended(Operation operation) {
        return of(operation, status(Samples.finished(Phase.SUCCEEDED, ""), s -> {
            s.plan = plan(operation);
            s.rollout = operation == Operation.PAUSE
                    ? null
                    : new Rollout("deployment \"checkout\" successfully rolled out", 3, 3, 3, 0, List.of());
            s.steps = s.steps.subList(0, operation == Operation.PAUSE ? 1 : 2);
            s.message = sentence(s.rollout);
        }));
    }

    private static Plan plan(Operation operation) {
        Plan undo = Samples.plan(Samples.changes(2), List.of(FINDINGS.get(0)));
        PlannedStep change =
                new PlannedStep("deployment." + operation.lowerCase(), operation.apiName() + " it", Map.of());
        boolean resume = operation == Operation.RESUME;
        return new Plan(
                undo.hash(),
                undo.targetUid(),
                resume ? undo.to() : undo.from(),
                undo.from(),
                resume ? undo.changes() : List.of(),
                undo.findings(),
                List.of(change, undo.steps().get(1)));
    }

    private static Rollback toTime() {
        return asked(Samples.awaitingApproval(), null, Samples.NOW.minusSeconds(1200));
    }

    private static Rollback of(Operation operation, Rollback rollback) {
        return asked(rollback, operation, null);
    }

    private static Rollback asked(Rollback rollback, @Nullable Operation operation, @Nullable Instant toTime) {
        RollbackSpec s = rollback.getSpec();
        rollback.setSpec(new RollbackSpec(
                s.target(),
                operation,
                null,
                toTime,
                null,
                s.reason(),
                s.requestedBy(),
                s.origin(),
                600,
                null,
                s.decisions(),
                List.of(),
                null));
        return rollback;
    }

    private static Rollback applied(Rollback rollback) {
        return status(
                rollback,
                s -> s.plan = Samples.plan(
                        Samples.changes(1),
                        List.of(
                                MemberSamples.PASSED_OVER,
                                Finding.pass(
                                        "pace",
                                        "10 pods, one at a time (maxSurge 1, maxUnavailable 0); about 2 min, as the"
                                                + " last one took."),
                                Finding.warn(
                                        "last-applied-stale",
                                        "It was made with kubectl apply: correct the manifest, or the next apply brings"
                                                + " revision 5 back. What kubectl remembers goes stale, so parts of"
                                                + " revision 4 may outlive later applies."))));
    }

    private static Rollback chosen() {
        Rollback rollback = status(
                Samples.awaitingApproval(),
                s -> s.plan = Samples.plan(
                        Samples.changes(1),
                        List.of(Finding.warn(
                                "last-applied",
                                "It was made with kubectl apply: correct the manifest, or the next apply brings"
                                        + " revision 5 back."))));
        rollback.setStatus(rollback.getStatus().with(s -> s.choices = 1));
        // An approval of the plan before that is history.
        rollback.setSpec(rollback.getSpec()
                .withDecisions(List.of(new RollbackSpec.Decision(
                        Verdict.Approved, Samples.LEAD, Samples.NOW.minusSeconds(60), "f".repeat(64)))));
        return plannedAgain(rollback);
    }

    private static Rollback counting(Rollback rollback) {
        rollback.setStatus(rollback.getStatus().with(s -> s.startsAt = Samples.NOW.plusSeconds(7)));
        return rollback;
    }

    private static Rollback plannedAgain(Rollback rollback) {
        rollback.setSpec(rollback.getSpec()
                .withChoices(List.of(new RollbackSpec.Choice(true, Samples.LEAD, Samples.NOW, Samples.HASH))));
        return rollback;
    }

    private static Rollback rejected() {
        Rollback rollback = ended(Phase.REJECTED, "rejected by lead");
        rollback.setSpec(rollback.getSpec().withDecisions(List.of(decision(Verdict.Rejected))));
        return rollback;
    }

    private static RollbackSpec.Decision decision(Verdict verdict) {
        Rollback approved = Samples.awaitingApproval();
        Samples.approve(approved);
        RollbackSpec.Decision d = approved.getSpec().decisions().get(0);
        return new RollbackSpec.Decision(verdict, d.by(), d.at(), d.planHash());
    }

    private static Rollback approved(Consumer<RollbackStatus.Changes> changes) {
        Rollback rollback = status(Samples.awaitingApproval(), changes);
        Samples.approve(rollback);
        return rollback;
    }

    private static Rollback alone() {
        Rollback rollback = status(Samples.finished(Phase.SUCCEEDED, ""), s -> {
            s.approvals = new ApprovalStatus(1, List.of(Samples.RESPONDER.id()), true);
            s.rollout = new Rollout("deployment \"checkout\" successfully rolled out", 3, 3, 3, 0, List.of());
            s.message = sentence(s.rollout);
        });
        RollbackSpec.Decision alone = new RollbackSpec.Decision(
                Verdict.BrokeGlass,
                Samples.RESPONDER,
                Samples.NOW.minusSeconds(17),
                Samples.HASH,
                "C0INCIDENTS",
                "customers pay twice, nobody answers");
        rollback.setSpec(rollback.getSpec().withDecisions(List.of(alone)));
        return rollback;
    }

    private static Rollback cancelled() {
        Rollback rollback = ended(Phase.CANCELLED, "cancelled by responder");
        rollback.setSpec(
                rollback.getSpec().withCancellation(new RollbackSpec.Cancellation(Samples.RESPONDER, Samples.NOW)));
        return rollback;
    }
}
