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
        String wish = wanted.verdict() == Verdict.Approved ? "approval" : "rejection";
        return carryOut(rollback, wanted.by(), wish, ruling);
    }

    /** Throws a conflict when somebody else wrote in between: look again then. */
    Decided choose(Rollback rollback, NewChoice wanted) {
        Ruling ruling = Ruling.on(new Alone(rollback, authorizer), wanted, clock.instant());
        return carryOut(rollback, wanted.by(), "choice", ruling);
    }

    private Decided carryOut(Rollback rollback, Actor by, String wish, Ruling ruling) {
        RollbackSpec spec = rollback.getSpec();
        if (ruling instanceof Ruling.Take take) {
            List<RollbackSpec.Decision> decisions = new ArrayList<>(spec.decisions());
            decisions.add(take.decision());
            return recorded(
                    rollback,
                    by,
                    spec.withDecisions(decisions),
                    "decided: " + take.decision().verdict());
        } else if (ruling instanceof Ruling.Choose choose) {
            List<RollbackSpec.Choice> choices = new ArrayList<>(spec.choices());
            choices.add(choose.choice());
            return recorded(rollback, by, spec.withChoices(choices), choose.said());
        } else if (ruling instanceof Ruling.Denied denied) {
            KubernetesRollbacks.log(rollback, by, wish + " denied");
            return new Decided.Denied(denied.why());
        } else if (ruling instanceof Ruling.TooLate late) {
            return new Decided.TooLate(rollback, late.why());
        } else if (ruling instanceof Ruling.NeedsTyping typing) {
            return new Decided.NeedsTyping(rollback, typing.expected());
        }
        return new Decided.AlreadyRecorded(rollback);
    }

    private Decided recorded(Rollback rollback, Actor by, RollbackSpec spec, String event) {
        Rollback written = store.update(Store.with(rollback, spec, rollback.statusOrInitial()));
        KubernetesRollbacks.log(written, by, event);
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
        public Authorizer.Authorization mayChoose(Actor who) {
            return authorizer.mayChoose(who, rollback);
        }

        @Override
        public boolean plannedAgain() {
            return rollback.choicePending();
        }

        @Override
        public List<RollbackSpec.Decision> decisions() {
            return rollback.getSpec().decisions();
        }

        @Override
        public List<RollbackSpec.Choice> choices() {
            return rollback.getSpec().choices();
        }

        @Override
        public boolean updatesLastApplied() {
            return rollback.getSpec().wantedOptions().updateLastApplied();
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
