package dev.stepback.rollback;

import dev.stepback.target.Plan;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which revisions the earlier rollbacks of a target have shown to be bad. */
final class KnownBad {
    private KnownBad() {}

    /**
     * A revision is bad once it was rolled back from or its restoration failed, until its restoration succeeds.
     *
     * @param rollbacks of one target, oldest first
     * @return ids of revisions
     */
    static Set<String> of(List<Rollback> rollbacks) {
        Set<String> bad = new HashSet<>();
        for (Rollback rollback : rollbacks) {
            RollbackStatus status = rollback.statusOrInitial();
            Plan plan = status.plan();
            if (plan == null || status.patchedAt() == null) {
                continue;
            }
            bad.add(plan.from().id());
            if (status.phase() == Phase.SUCCEEDED) {
                bad.remove(plan.to().id());
            } else if (status.phase() == Phase.FAILED) {
                bad.add(plan.to().id());
            }
        }
        return Set.copyOf(bad);
    }
}
