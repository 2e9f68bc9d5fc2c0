package dev.stepback.rollback.group;

import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.ForwardingAuthorizer;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Optional;

/**
 * Lets nothing count in a Rollback of a group that the group itself does not say: neither a decision, nor that it may begin.
 * Everything else is as another authorizer has it.
 */
public final class GroupedAuthorizer extends ForwardingAuthorizer {
    private final Groups groups;

    public GroupedAuthorizer(Authorizer authorizer, KubernetesClient client) {
        super(authorizer);
        this.groups = new Groups(client);
    }

    @Override
    public Approvals approval(Rollback rollback) {
        String group = rollback.getSpec().group();
        if (group == null || rollback.statusOrInitial().phase() == Phase.PLANNING) {
            return super.approval(rollback);
        }
        Optional<GroupView> view = groups.view(rollback.getMetadata().getNamespace(), group);
        List<Decision> said = view.map(v -> v.decisions(rollback)).orElse(List.of());
        Approvals approvals = super.approval(with(
                rollback,
                rollback.getSpec().decisions().stream().filter(said::contains).toList()));
        return view.map(v -> objection(v, rollback))
                .orElse(Optional.of("Its group is gone."))
                .map(approvals::withheld)
                .orElse(approvals);
    }

    private static Optional<String> objection(GroupView view, Rollback rollback) {
        RollbackGroupStatus status = view.group().statusOrInitial();
        String name = rollback.getMetadata().getName();
        if (!view.byName().containsKey(name)) {
            return Optional.of("It is none of its group.");
        }
        if (status.ending() != null || view.group().getSpec().cancellation() != null) {
            return Optional.of("Its group does not begin anything more.");
        }
        boolean approved = status.phase() == Phase.RUNNING
                && status.members().stream()
                        .anyMatch(m -> m.rollback().equals(name)
                                && Optional.ofNullable(m.planHash()).equals(GroupHash.planHash(Optional.of(rollback))));
        return approved ? Optional.empty() : Optional.of("Its group has not let it go.");
    }

    private static Rollback with(Rollback rollback, List<Decision> decisions) {
        Rollback copy = new Rollback();
        copy.setMetadata(rollback.getMetadata());
        copy.setSpec(rollback.getSpec().withDecisions(decisions));
        copy.setStatus(rollback.getStatus());
        return copy;
    }
}
