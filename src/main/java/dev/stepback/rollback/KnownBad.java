package dev.stepback.rollback;

import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Which revisions of a target are bad, from its earlier rollbacks and from what the cluster shows of its rollouts. */
final class KnownBad {
    private KnownBad() {}

    /**
     * What the rollbacks and the target's rollouts have shown.
     *
     * @param rollbacks of the target, oldest first
     * @return by the ids of revisions
     */
    static Map<String, BadRevision> of(List<Rollback> rollbacks, List<TargetType> targets, TargetRef target) {
        Map<String, BadRevision> bad = new HashMap<>();
        Map<String, String> cameRight = new HashMap<>();
        boolean failed = rollbacks.stream().anyMatch(KnownBad::failed);
        targets.stream().filter(type -> type.kind() == target.kind()).forEach(type -> {
            bad.putAll(type.failedRollouts(target));
            cameRight.putAll(failed ? type.cameRight(target) : Map.of());
        });
        bad.putAll(of(rollbacks, cameRight));
        return Map.copyOf(bad);
    }

    /** What the rollbacks alone have shown. */
    static Map<String, BadRevision> of(List<Rollback> rollbacks) {
        return of(rollbacks, Map.of());
    }

    /**
     * A revision is bad once it was rolled back from or its restoration failed, until its restoration succeeds, or is seen to
     * have come right after all. Who undoes a rollback says that it was not needed, and who deploys in the middle of one ends
     * it: neither says that what it restored is bad.
     *
     * @param rollbacks of one target, oldest first
     * @param cameRight as {@link TargetType#cameRight}
     * @return by the ids of revisions
     */
    static Map<String, BadRevision> of(List<Rollback> rollbacks, Map<String, String> cameRight) {
        Map<String, BadRevision> bad = new HashMap<>();
        for (Rollback rollback : rollbacks) {
            RollbackStatus status = rollback.statusOrInitial();
            Plan plan = status.plan();
            Instant patchedAt = status.patchedAt();
            if (plan == null || patchedAt == null || rollback.getSpec().wanted() != Operation.UNDO) {
                continue;
            }
            if (!undone(rollbacks, rollback, plan)) {
                String by = rollback.getSpec().requestedBy().name();
                bad.put(plan.from().id(), BadRevision.rolledBack(by, patchedAt));
            }
            String name = rollback.getMetadata().getName();
            if (status.phase() == Phase.SUCCEEDED
                    || name.equals(cameRight.get(plan.to().id()))) {
                bad.remove(plan.to().id());
            } else if (failed(rollback)) {
                Instant at = Objects.requireNonNullElse(status.finishedAt(), patchedAt);
                bad.put(plan.to().id(), BadRevision.rolloutFailed(status.message(), at));
            }
        }
        return Map.copyOf(bad);
    }

    /** Whether it could not get to its end, and not because somebody else came in between. */
    private static boolean failed(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        return status.phase() == Phase.FAILED
                && status.steps().stream().noneMatch(step -> step.state() == StepStatus.State.Overtaken);
    }

    /** Whether it leads back exactly where the one came from that it follows. */
    private static boolean undone(List<Rollback> rollbacks, Rollback rollback, Plan plan) {
        return rollbacks.stream()
                .filter(r -> r.getMetadata().getName().equals(rollback.getSpec().follows()))
                .map(r -> r.statusOrInitial().plan())
                .anyMatch(followed -> followed != null
                        && followed.from().id().equals(plan.to().id())
                        && followed.to().id().equals(plan.from().id()));
    }
}
