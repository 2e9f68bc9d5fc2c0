package dev.stepback.rollback.authorization;

import dev.stepback.access.Acting;
import dev.stepback.access.ClusterAccess;
import dev.stepback.policy.Verdict;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.TargetRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Grants what the policy grants and the cluster lets the person do themselves: to look at a target one must be allowed to
 * read it, to approve a change or to go alone one must be allowed to make it.
 */
public final class ClusterAuthorizer implements Authorizer {
    private final Authorizer policy;
    private final ClusterAccess cluster;

    public ClusterAuthorizer(Authorizer policy, ClusterAccess cluster) {
        this.policy = policy;
        this.cluster = cluster;
    }

    @Override
    public Acting acting(Person who) {
        return cluster.acting(who.id(), who.team());
    }

    @Override
    public Optional<String> hides(Actor who, TargetRef target) {
        return policy.hides(who, target).or(() -> {
            Verdict verdict = cluster.mayView(who.id(), who.person().team(), target);
            return verdict.allowed() || verdict.undecided() ? Optional.empty() : Optional.of(verdict.why());
        });
    }

    @Override
    public Authorization mayView(Actor who, TargetRef target) {
        return seen(who, target).orElseGet(() -> policy.mayView(who, target));
    }

    @Override
    public Authorization mayRequest(Actor who, TargetRef target, Operation operation) {
        return seen(who, target).orElseGet(() -> policy.mayRequest(who, target, operation));
    }

    @Override
    public Authorization mayDecide(Actor who, Rollback rollback, Decision.Verdict verdict) {
        Authorization may = policy.mayDecide(who, rollback, verdict);
        if (!may.allowed()) {
            return may;
        }
        return verdict == Decision.Verdict.Rejected
                ? seen(who, rollback.target()).orElse(may)
                : authorization(mayChange(who.person(), rollback));
    }

    @Override
    public Authorization mayCancel(Actor who, Rollback rollback) {
        return seen(who, rollback.target()).orElseGet(() -> policy.mayCancel(who, rollback));
    }

    @Override
    public Authorization mayStop(Actor who, Rollback rollback) {
        Authorization may = policy.mayStop(who, rollback);
        return may.allowed() ? authorization(mayChange(who.person(), rollback)) : may;
    }

    @Override
    public Authorization mayConfigure(Actor who, Optional<String> namespace) {
        return acting(who.person()) instanceof Acting.Nobody nobody
                ? Authorization.denied(nobody.why())
                : policy.mayConfigure(who, namespace);
    }

    @Override
    public boolean needsReason(TargetRef target) {
        return policy.needsReason(target);
    }

    @Override
    public Optional<String> toType(Rollback rollback, Decision.Verdict verdict) {
        return policy.toType(rollback, verdict);
    }

    /** An approval counts only while the cluster lets whoever gave it make the change. */
    @Override
    public Approvals approval(Rollback rollback) {
        Approvals approvals = policy.approval(rollback);
        Person requester = rollback.getSpec().requestedBy();
        List<Decision> counted = new ArrayList<>();
        List<String> objections = new ArrayList<>();
        boolean undecided = approvals.undecided();
        for (Decision decision : approvals.counted()) {
            Verdict verdict = mayChange(decision.by(), rollback);
            if (verdict.allowed()) {
                counted.add(decision);
            } else {
                objections.add("The approval of " + decision.by().name() + " does not count. " + verdict.why());
                undecided |= verdict.undecided();
            }
        }
        if (approvals.unapproved()) {
            Verdict verdict = mayChange(requester, rollback);
            if (!verdict.allowed()) {
                objections.add(verdict.why());
                undecided |= verdict.undecided();
            }
        }
        boolean enough;
        if (approvals.unapproved()) {
            enough = objections.isEmpty();
        } else {
            enough = approvals.brokeGlass() ? !counted.isEmpty() : counted.size() >= approvals.required();
        }
        boolean granted = approvals.granted() && enough;
        String missing = granted || objections.isEmpty()
                ? approvals.missing()
                : (approvals.missing() + " " + String.join(" ", objections)).strip();
        return new Approvals(
                approvals.required(),
                counted,
                granted,
                !granted && undecided,
                missing,
                refused(approvals, rollback),
                approvals.breakGlass() && mayChange(requester, rollback).allowed(),
                approvals.expiry(),
                approvals.terms());
    }

    private String refused(Approvals approvals, Rollback rollback) {
        if (!approvals.refused().isEmpty()) {
            return approvals.refused();
        }
        Person requester = rollback.getSpec().requestedBy();
        Verdict view = cluster.mayView(requester.id(), requester.team(), rollback.target());
        return view.allowed() || view.undecided() ? "" : view.why();
    }

    private Verdict mayChange(Person who, Rollback rollback) {
        Verdict change = cluster.mayChange(who.id(), who.team(), rollback.target());
        Plan plan = rollback.statusOrInitial().plan();
        if (change.allowed() && plan != null && plan.steps().stream().anyMatch(PlannedStep::checks)) {
            change = cluster.mayCreateJobs(who.id(), who.team(), rollback.target());
        }
        return change.allowed() && plan != null && plan.steps().stream().anyMatch(PlannedStep::deletesPods)
                ? cluster.mayDeletePods(who.id(), who.team(), rollback.target())
                : change;
    }

    /** Why not; empty when the cluster lets the person see it. */
    private Optional<Authorization> seen(Actor who, TargetRef target) {
        Verdict verdict = cluster.mayView(who.id(), who.person().team(), target);
        return verdict.allowed() ? Optional.empty() : Optional.of(authorization(verdict));
    }

    private static Authorization authorization(Verdict verdict) {
        return verdict.allowed() ? Authorization.ALLOWED : Authorization.denied(verdict.why());
    }
}
