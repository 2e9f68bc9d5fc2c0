package dev.stepback.rollback.authorization;

import dev.stepback.policy.ApprovalRule;
import dev.stepback.policy.Directory;
import dev.stepback.policy.Facts;
import dev.stepback.policy.Permission;
import dev.stepback.policy.Policy;
import dev.stepback.policy.PolicySource;
import dev.stepback.policy.Subject;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.lock.Locks;
import dev.stepback.target.Operation;
import dev.stepback.target.TargetRef;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Authorizes by the policy in force, by what Slack says of people and groups, by the locks, and by the namespaces that are
 * served. Remembers nothing: every question is answered from what is true now.
 */
public final class PolicyAuthorizer implements Authorizer {
    private final PolicySource policies;
    private final Directory directory;
    private final Function<String, Locks.State> locks;
    private final String cluster;
    private final List<String> served;
    private final Function<TargetRef, Optional<Map<String, String>>> labels;
    private final ApprovalCount count;
    private final Clock clock;

    /**
     * @param cluster the name by which people know the cluster
     * @param served the namespaces that are served; empty for all
     * @param locks whether rollbacks may start in a namespace
     * @param labels a workload's labels as they are now; empty when there is no such workload
     */
    public PolicyAuthorizer(
            PolicySource policies,
            Directory directory,
            Function<String, Locks.State> locks,
            String cluster,
            List<String> served,
            Function<TargetRef, Optional<Map<String, String>>> labels,
            Clock clock) {
        this.policies = policies;
        this.directory = directory;
        this.locks = locks;
        this.cluster = cluster;
        this.served = List.copyOf(served);
        this.labels = labels;
        this.clock = clock;
        this.count = new ApprovalCount(directory, clock);
    }

    /**
     * What the policy lets somebody look at from no channel is as if it were not there. What they may look at elsewhere is no
     * secret, and they hear that it is the channel. Which namespaces are served makes no difference.
     */
    @Override
    public Optional<String> hides(Actor who, TargetRef target) {
        var verdict = allows(policies.policy(), who, Permission.VIEW, facts(target));
        return verdict.allowed() || verdict.undecided() || verdict.elsewhere()
                ? Optional.empty()
                : Optional.of(verdict.why());
    }

    @Override
    public Authorization mayView(Actor who, TargetRef target) {
        return served(target).orElseGet(() -> may(who, Permission.VIEW, facts(target)));
    }

    @Override
    public Authorization mayRequest(Actor who, TargetRef target, Operation operation) {
        return served(target).orElseGet(() -> {
            Policy policy = policies.policy();
            Facts facts = facts(target, operation);
            Authorization may = may(policy, who, Permission.REQUEST, facts);
            if (!may.allowed()) {
                return may;
            }
            Optional<Authorization> locked = locked(target);
            if (locked.isPresent()) {
                return locked.get();
            }
            Optional<ApprovalRule> rule = policy.approval(facts);
            if (rule.isEmpty()) {
                return Authorization.denied(Sentences.unknownRule(target));
            }
            Instant now = clock.instant();
            return rule.get().required(now).isPresent()
                            || may(policy, who, Permission.BREAK_GLASS, facts).allowed()
                    ? Authorization.ALLOWED
                    : Authorization.denied(Sentences.quietForAsking(rule.get(), now));
        });
    }

    @Override
    public Authorization mayDecide(Actor who, Rollback rollback, Verdict verdict) {
        TargetRef target = rollback.target();
        return served(target)
                .or(() -> Optional.of(decided(who, rollback, verdict)).filter(a -> !a.allowed()))
                .or(() -> verdict == Verdict.Rejected ? Optional.empty() : locked(target))
                .orElse(Authorization.ALLOWED);
    }

    private Authorization decided(Actor who, Rollback rollback, Verdict verdict) {
        return switch (verdict) {
            case Rejected -> mayCancel(who, rollback);
            case Approved -> mayApprove(who, rollback);
            case BrokeGlass ->
                who.person().same(rollback.getSpec().requestedBy())
                        ? may(who, Permission.BREAK_GLASS, facts(rollback))
                        : Authorization.denied("Only who asked for this " + noun(rollback) + " can go alone with it.");
        };
    }

    private Authorization mayApprove(Actor who, Rollback rollback) {
        Policy policy = policies.policy();
        Facts facts = facts(rollback);
        Optional<ApprovalRule> rule = policy.approval(facts);
        if (rule.isEmpty()) {
            return Authorization.denied(Sentences.unknownRule(rollback.target()));
        }
        Subject subject = subject(who.person());
        if (!rule.get().requesterMayApprove()
                && subject.sameHuman(subject(rollback.getSpec().requestedBy()))) {
            return Authorization.denied(
                    "You asked for this " + noun(rollback) + ", so somebody else has to approve it.");
        }
        var verdict = policy.allows(subject, Permission.APPROVE, facts, Optional.of(who.channel()), directory);
        if (!verdict.allowed()) {
            return Authorization.denied(verdict.why());
        }
        Instant now = clock.instant();
        if (rule.get().required(now).isEmpty()) {
            return Authorization.denied(Sentences.quiet(rule.get(), now));
        }
        return switch (rule.get().counts(subject, directory)) {
            case YES -> Authorization.ALLOWED;
            case NO ->
                Authorization.denied("Only the approvals of certain people count for " + rollback.target()
                        + ", and you are not one of them.");
            case UNKNOWN ->
                Authorization.denied("Slack could not tell me whether your approval counts for " + rollback.target()
                        + ". Try again in a moment.");
        };
    }

    @Override
    public Authorization mayCancel(Actor who, Rollback rollback) {
        return served(rollback.target()).orElseGet(() -> {
            Facts facts = facts(rollback);
            Authorization may = may(who, Permission.REQUEST, facts);
            return may.allowed() || !may(who, Permission.APPROVE, facts).allowed() ? may : Authorization.ALLOWED;
        });
    }

    /** Whoever may approve, the requester included: standing still cannot wait, and a lock does not keep it going. */
    @Override
    public Authorization mayStop(Actor who, Rollback rollback) {
        return served(rollback.target()).orElseGet(() -> may(who, Permission.APPROVE, facts(rollback)));
    }

    @Override
    public Authorization mayConfigure(Actor who, Optional<String> namespace) {
        return namespace
                .flatMap(this::served)
                .orElseGet(() -> authorization(policies.policy()
                        .mayConfigure(
                                subject(who.person()), cluster, namespace, Optional.of(who.channel()), directory)));
    }

    @Override
    public boolean needsReason(TargetRef target) {
        return policies.policy()
                .approval(facts(target))
                .map(ApprovalRule::requireReason)
                .orElse(true);
    }

    @Override
    public Optional<String> toType(Rollback rollback, Verdict verdict) {
        TargetRef target = rollback.target();
        return switch (verdict) {
            case Rejected -> Optional.empty();
            case BrokeGlass -> Optional.of(target.name());
            case Approved ->
                policies.policy()
                        .approval(facts(target))
                        .filter(rule -> !rule.typeToConfirm())
                        .map(rule -> Optional.<String>empty())
                        .orElseGet(() -> Optional.of(cluster + "/" + target.namespace() + "/" + target.name()));
        };
    }

    @Override
    public Approvals approval(Rollback rollback) {
        TargetRef target = rollback.target();
        String closed = served(target)
                .map(Authorization::why)
                .orElseGet(() -> locks.apply(target.namespace()).why());
        return count.of(rollback, policies.policy(), facts(rollback), closed);
    }

    private Optional<Authorization> served(TargetRef target) {
        return served(target.namespace());
    }

    private Optional<Authorization> served(String namespace) {
        return served.isEmpty() || served.contains(namespace)
                ? Optional.empty()
                : Optional.of(Authorization.denied("I do not serve the namespace " + namespace + "."));
    }

    private Optional<Authorization> locked(TargetRef target) {
        String closed = locks.apply(target.namespace()).why();
        return closed.isEmpty() ? Optional.empty() : Optional.of(Authorization.denied(closed));
    }

    private Authorization may(Actor who, Permission permission, Facts facts) {
        return may(policies.policy(), who, permission, facts);
    }

    private Authorization may(Policy policy, Actor who, Permission permission, Facts facts) {
        return authorization(allows(policy, who, permission, facts));
    }

    private dev.stepback.policy.Verdict allows(Policy policy, Actor who, Permission permission, Facts facts) {
        return policy.allows(subject(who.person()), permission, facts, Optional.of(who.channel()), directory);
    }

    private static Authorization authorization(dev.stepback.policy.Verdict verdict) {
        return verdict.allowed() ? Authorization.ALLOWED : Authorization.denied(verdict.why());
    }

    private Subject subject(Person person) {
        return directory.subject(person.id(), person.team());
    }

    private Facts facts(TargetRef target) {
        return facts(target, Operation.UNDO);
    }

    private Facts facts(Rollback rollback) {
        return facts(rollback.target(), rollback.getSpec().wanted());
    }

    private Facts facts(TargetRef target, Operation operation) {
        return new Facts(cluster, target, () -> labels(target), operation);
    }

    private static String noun(Rollback rollback) {
        return rollback.getSpec().wanted().noun();
    }

    /** A workload that is gone has no labels; one that cannot be read has unknown ones. */
    private Optional<Map<String, String>> labels(TargetRef target) {
        try {
            return Optional.of(labels.apply(target).orElse(Map.of()));
        } catch (io.fabric8.kubernetes.client.KubernetesClientException e) {
            return Optional.empty();
        }
    }
}
