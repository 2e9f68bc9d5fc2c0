package dev.stepback.rollback;

import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.Rollbacks.Decided;
import dev.stepback.target.Plan;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Records what people decide about a plan. Whether it counts is found out when it matters. */
final class DecisionRecorder {
    /** A shorter abbreviation of a hash could mean another plan. */
    private static final int SHORTEST_HASH = 12;

    private static final String ANOTHER_PLAN = "The plan is another one now; look at the card again.";
    private static final String TOO_MUCH =
            "So much was decided about it that no more fits; cancel it and ask for the rollback again.";
    private static final String PLANNED_AGAIN =
            "The plan is just being made again, because somebody chose another way; look at the card again.";

    private final Store store;
    private final Authorizer authorizer;
    private final Clock clock;

    DecisionRecorder(Store store, Authorizer authorizer, Clock clock) {
        this.store = store;
        this.authorizer = authorizer;
        this.clock = clock;
    }

    /** Throws a conflict when somebody else wrote in between: look again then. */
    Decided decide(Rollback rollback, NewDecision decision) {
        Verdict verdict = decision.verdict();
        var authorization = authorizer.mayDecide(decision.by(), rollback, verdict);
        if (!authorization.allowed()) {
            KubernetesRollbacks.log(
                    rollback, decision.by(), verdict == Verdict.Approved ? "approval denied" : "rejection denied");
            return new Decided.Denied(authorization.why());
        }
        Plan plan = rollback.statusOrInitial().plan();
        if (plan == null || !abbreviates(decision.planHash(), plan.hash())) {
            return new Decided.TooLate(rollback, ANOTHER_PLAN);
        }
        Optional<Decided> settled = settled(rollback, decision, plan);
        if (settled.isPresent()) {
            return settled.get();
        }
        if (verdict != Verdict.Rejected && Approval.choicePending(rollback)) {
            return new Decided.TooLate(rollback, PLANNED_AGAIN);
        }
        Instant now = clock.instant();
        Optional<String> tooLate = tooLateToDecide(rollback, now);
        if (tooLate.isPresent()) {
            return new Decided.TooLate(rollback, tooLate.get());
        }
        Optional<String> toType = authorizer.toType(rollback, verdict);
        if (toType.isPresent() && !confirmed(decision, toType.get())) {
            return new Decided.NeedsTyping(rollback, toType.get());
        }
        List<RollbackSpec.Decision> decisions =
                new ArrayList<>(rollback.getSpec().decisions());
        decisions.add(new RollbackSpec.Decision(
                verdict,
                decision.by().person(),
                now,
                plan.hash(),
                decision.by().channel(),
                decision.reason().isBlank() ? null : decision.reason().strip(),
                toType.isPresent() ? true : null));
        Rollback written = store.update(
                Store.with(rollback, rollback.getSpec().withDecisions(decisions), rollback.statusOrInitial()));
        KubernetesRollbacks.log(written, decision.by(), "decided: " + verdict);
        return new Decided.Recorded(written);
    }

    /** Throws a conflict when somebody else wrote in between: look again then. */
    Decided choose(Rollback rollback, NewChoice choice) {
        var authorization = authorizer.mayChoose(choice.by(), rollback);
        if (!authorization.allowed()) {
            KubernetesRollbacks.log(rollback, choice.by(), "choice denied");
            return new Decided.Denied(authorization.why());
        }
        Plan plan = rollback.statusOrInitial().plan();
        RollbackSpec spec = rollback.getSpec();
        if (spec.wantedOptions().updateLastApplied() == choice.updateLastApplied()) {
            return new Decided.AlreadyRecorded(rollback);
        }
        if (plan == null || !abbreviates(choice.planHash(), plan.hash())) {
            return new Decided.TooLate(rollback, ANOTHER_PLAN);
        }
        Optional<Person> rejecter = Approval.rejection(rollback).map(RollbackSpec.Decision::by);
        if (rejecter.isPresent()) {
            return new Decided.TooLate(rollback, rejecter.get().name() + " has already rejected it.");
        }
        Instant now = clock.instant();
        Optional<String> tooLate = tooLateToDecide(rollback, now);
        if (tooLate.isPresent() || spec.choices().size() >= RollbackSpec.MAX_DECISIONS) {
            return new Decided.TooLate(rollback, tooLate.orElse(TOO_MUCH));
        }
        List<RollbackSpec.Choice> choices = new ArrayList<>(spec.choices());
        choices.add(
                new RollbackSpec.Choice(choice.updateLastApplied(), choice.by().person(), now, plan.hash()));
        Rollback written = store.update(Store.with(rollback, spec.withChoices(choices), rollback.statusOrInitial()));
        KubernetesRollbacks.log(
                written, choice.by(), "chosen: last-applied " + (choice.updateLastApplied() ? "too" : "stays"));
        return new Decided.Recorded(written);
    }

    /** What there is to say when it is decided already, or this person has said the same before. */
    private Optional<Decided> settled(Rollback rollback, NewDecision decision, Plan plan) {
        Verdict verdict = decision.verdict();
        List<RollbackSpec.Decision> earlier = rollback.getSpec().decisions().stream()
                .filter(d -> d.planHash().equals(plan.hash()))
                .toList();
        if (verdict == Verdict.Rejected && earlier.stream().anyMatch(d -> d.verdict() == verdict)) {
            return Optional.of(new Decided.AlreadyRecorded(rollback));
        }
        Optional<Person> rejecter = Approval.rejection(rollback).map(RollbackSpec.Decision::by);
        if (rejecter.isPresent()) {
            return Optional.of(new Decided.TooLate(rollback, rejecter.get().name() + " has already rejected it."));
        }
        boolean saidBefore = earlier.stream().anyMatch(d -> said(d, verdict, decision.by()));
        if (rollback.statusOrInitial().phase() != Phase.AWAITING_APPROVAL) {
            return saidBefore ? Optional.of(new Decided.AlreadyRecorded(rollback)) : Optional.empty();
        }
        if (earlier.isEmpty()) {
            return Optional.empty();
        }
        Approvals approvals = authorizer.approval(rollback);
        if (approvals.counted().stream().anyMatch(d -> said(d, verdict, decision.by()))) {
            return Optional.of(new Decided.AlreadyRecorded(rollback));
        }
        if (!approvals.granted() || approvals.unapproved()) {
            // Also when the same was said before, but does not count: it may now.
            return Optional.empty();
        }
        String approvers = Sentences.names(
                approvals.counted().stream().map(d -> d.by().name()).toList());
        return Optional.of(
                verdict == Verdict.Rejected
                        ? new Decided.TooLate(rollback, approvers + " has already approved it.")
                        : new Decided.AlreadyRecorded(rollback));
    }

    private static boolean said(RollbackSpec.Decision earlier, Verdict verdict, Actor by) {
        return earlier.verdict() == verdict && earlier.by().same(by.person());
    }

    /** Phones begin words with capitals, and nothing that is typed here differs by them alone. */
    private static boolean confirmed(NewDecision decision, String expected) {
        boolean said =
                decision.verdict() != Verdict.BrokeGlass || !decision.reason().isBlank();
        return said
                && decision.typed()
                        .filter(t -> t.strip().equalsIgnoreCase(expected))
                        .isPresent();
    }

    private static Optional<String> tooLateToDecide(Rollback rollback, Instant now) {
        RollbackStatus status = rollback.statusOrInitial();
        if (status.phase() != Phase.AWAITING_APPROVAL) {
            return Optional.of("The rollback does not wait for an approval any more: it is "
                    + status.phase().apiName() + ".");
        }
        if (rollback.getSpec().cancellation() != null) {
            return Optional.of(rollback.getSpec().cancellation().by().name() + " has cancelled it.");
        }
        if (rollback.getSpec().decisions().size() >= RollbackSpec.MAX_DECISIONS) {
            return Optional.of(TOO_MUCH);
        }
        Instant expiresAt = status.expiresAt();
        return expiresAt == null || now.isBefore(expiresAt)
                ? Optional.empty()
                : Optional.of("The request has expired; ask for the rollback again.");
    }

    private static boolean abbreviates(String shorter, String hash) {
        return shorter.length() >= SHORTEST_HASH && hash.startsWith(shorter);
    }
}
