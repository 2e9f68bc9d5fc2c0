package dev.stepback.rollback.group;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request for several targets as it came from Slack.
 *
 * @param deliveryKey the same for every delivery of the same request; makes creation idempotent
 * @param targets all in one namespace, no two of them the same
 * @param toTime each goes to the revision that was its current one then; empty unless that is wanted
 * @param follows name of the group that this one undoes; null for none
 */
public record NewGroup(
        String deliveryKey,
        List<Wish> targets,
        RollbackGroupSpec.Order order,
        Optional<Instant> toTime,
        PlanOptions options,
        String reason,
        Actor requestedBy,
        RollbackSpec.Origin origin,
        @Nullable String follows) {

    /** @throws IllegalArgumentException when there are none, too many, or some of another namespace */
    public NewGroup {
        targets = List.copyOf(targets);
        long namespaces =
                targets.stream().map(t -> t.target().namespace()).distinct().count();
        if (namespaces != 1 || targets.size() > RollbackGroupSpec.MAX_TARGETS) {
            throw new IllegalArgumentException(targets.size() + " targets in " + namespaces + " namespaces");
        }
    }

    /**
     * @param toRevision empty lets the plan choose
     * @param follows name of the Rollback of this target that is undone; null for none
     */
    public record Wish(
            TargetRef target,
            OptionalLong toRevision,
            @Nullable String follows) {
        public Wish(TargetRef target, OptionalLong toRevision) {
            this(target, toRevision, null);
        }
    }

    public String namespace() {
        return targets.get(0).target().namespace();
    }

    /**
     * What is written down of it.
     *
     * @param deadline how long each rollout may take
     */
    RollbackGroupSpec spec(Duration deadline) {
        return new RollbackGroupSpec(
                targets.stream()
                        .map(w -> new RollbackGroupSpec.Target(
                                w.target().kind(),
                                w.target().name(),
                                w.toRevision().isPresent() ? w.toRevision().getAsLong() : null,
                                w.follows()))
                        .toList(),
                order,
                toTime.orElse(null),
                options.equals(PlanOptions.NONE) ? null : options,
                reason,
                requestedBy.person(),
                origin,
                deadline.toSeconds(),
                follows);
    }
}
