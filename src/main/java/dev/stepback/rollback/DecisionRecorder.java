package dev.stepback.rollback;

import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.Rollbacks.Decided;
import dev.stepback.target.Plan;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Records what people decide about a plan. Whether it counts is found out when it matters. */
final class DecisionRecorder {
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
    Decided decide(Rollback rollback, NewDecision wanted) {
        Ruling ruling = Ruling.on(new Alone(rollback, authorizer), wanted, clock.instant());
        if (ruling instanceof Ruling.Take take) {
            List<RollbackSpec.Decision> decisions =
                    new ArrayList<>(rollback.getSpec().decisions());
            decisions.add(take.decision());
            Rollback written = store.update(
                    Store.with(rollback, rollback.getSpec().withDecisions(decisions), rollback.statusOrInitial()));
            KubernetesRollbacks.log(written, wanted.by(), "decided: " + wanted.verdict());
            return new Decided.Recorded(written);
        } else if (ruling instanceof Ruling.Denied denied) {
            boolean approval = wanted.verdict() == Verdict.Approved;
            KubernetesRollbacks.log(rollback, wanted.by(), approval ? "approval denied" : "rejection denied");
            return new Decided.Denied(denied.why());
        } else if (ruling instanceof Ruling.TooLate late) {
            return new Decided.TooLate(rollback, late.why());
        } else if (ruling instanceof Ruling.NeedsTyping typing) {
            return new Decided.NeedsTyping(rollback, typing.expected());
        }
        return new Decided.AlreadyRecorded(rollback);
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
        if (plan == null || !Ruling.abbreviates(choice.planHash(), plan.hash())) {
            return new Decided.TooLate(rollback, Ruling.ANOTHER_PLAN);
        }
        Optional<Person> rejecter = Approval.rejection(rollback).map(RollbackSpec.Decision::by);
        if (rejecter.isPresent()) {
            return new Decided.TooLate(rollback, rejecter.get().name() + " has already rejected it.");
        }
        Instant now = clock.instant();
        Optional<String> tooLate = Ruling.tooLate(new Alone(rollback, authorizer), now);
        if (tooLate.isPresent() || spec.choices().size() >= RollbackSpec.MAX_DECISIONS) {
            return new Decided.TooLate(rollback, tooLate.orElse(Ruling.TOO_MUCH));
        }
        List<RollbackSpec.Choice> choices = new ArrayList<>(spec.choices());
        choices.add(
                new RollbackSpec.Choice(choice.updateLastApplied(), choice.by().person(), now, plan.hash()));
        Rollback written = store.update(Store.with(rollback, spec.withChoices(choices), rollback.statusOrInitial()));
        KubernetesRollbacks.log(
                written, choice.by(), "chosen: last-applied " + (choice.updateLastApplied() ? "too" : "stays"));
        return new Decided.Recorded(written);
    }

    /** One rollback that is decided on by itself. */
    private record Alone(Rollback rollback, Authorizer authorizer) implements Matter {
        @Override
        public Authorizer.Authorization may(Actor who, Verdict verdict) {
            return authorizer.mayDecide(who, rollback, verdict);
        }

        @Override
        public Optional<String> hash() {
            return Optional.ofNullable(rollback.statusOrInitial().plan()).map(Plan::hash);
        }

        @Override
        public Optional<String> held() {
            return Approval.choicePending(rollback) ? Optional.of(PLANNED_AGAIN) : Optional.empty();
        }

        @Override
        public List<RollbackSpec.Decision> decisions() {
            return rollback.getSpec().decisions();
        }

        @Override
        public Phase phase() {
            return rollback.statusOrInitial().phase();
        }

        @Override
        public RollbackSpec.@Nullable Cancellation cancellation() {
            return rollback.getSpec().cancellation();
        }

        @Override
        public @Nullable Instant expiresAt() {
            return rollback.statusOrInitial().expiresAt();
        }

        @Override
        public Approvals approvals() {
            return authorizer.approval(rollback);
        }

        @Override
        public Optional<String> toType(Verdict verdict) {
            return authorizer.toType(rollback, verdict);
        }
    }
}
