package dev.stepback.policy;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who may do what, and which approvals are needed. A value: the same questions have the same answers, in whatever order the
 * rules stand, as long as Slack and the cluster say the same.
 *
 * @param rules what any of them grants is granted, everything else is denied
 * @param approvals the first whose scope matches holds
 * @param approvalByDefault what holds when none matches
 */
public record Policy(
        List<Rule> rules,
        List<ChannelBinding> channels,
        ApprovalRule approvalByDefault,
        List<ScopedApproval> approvals) {
    /** What is in force when nothing is configured: members may look, ask and approve everywhere. */
    public static final Policy DEFAULT = new Policy(
            List.of(new Rule(
                    List.of(new Who.Members()),
                    Set.of(Permission.VIEW, Permission.REQUEST, Permission.APPROVE),
                    Scope.ANY,
                    List.of())),
            List.of(),
            ApprovalRule.DEFAULT,
            List.of());

    public Policy {
        rules = List.copyOf(rules);
        channels = List.copyOf(channels);
        approvals = List.copyOf(approvals);
    }

    /**
     * Whether somebody may do something with a target.
     *
     * @param channel the id of the channel from which it is wanted; empty when that does not matter any more: then no
     *     binding applies, and rules for certain channels grant nothing
     */
    public Verdict allows(
            Subject subject, Permission permission, Facts facts, Optional<String> channel, Directory directory) {
        return new Evaluation(subject, permission, new Place.Target(facts), channel, directory).of(this);
    }

    /**
     * Whether somebody may lock and unlock a whole namespace. Rules for certain kinds, names or labels do not grant it.
     *
     * @param namespace empty for all of the cluster
     */
    public Verdict mayConfigure(
            Subject subject,
            String cluster,
            Optional<String> namespace,
            Optional<String> channel,
            Directory directory) {
        Place place = new Place.Namespace(cluster, namespace);
        return new Evaluation(subject, Permission.CONFIGURE, place, channel, directory).of(this);
    }

    /** What the target needs; empty when it depends on labels that cannot be read, so that nothing may go ahead. */
    public Optional<ApprovalRule> approval(Facts facts) {
        for (ScopedApproval approval : approvals) {
            switch (approval.scope().matches(facts)) {
                case YES -> {
                    return Optional.of(approval.rule());
                }
                case UNKNOWN -> {
                    return Optional.empty();
                }
                case NO -> {}
            }
        }
        return Optional.of(approvalByDefault);
    }
}
