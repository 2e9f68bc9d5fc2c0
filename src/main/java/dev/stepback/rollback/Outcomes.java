package dev.stepback.rollback;

import dev.stepback.audit.Audit;
import dev.stepback.audit.AuditEvent;
import dev.stepback.ops.Metrics;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listener, the log, the audit record and the metrics what became of a Rollback. */
final class Outcomes {
    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

    private final RollbackListener listener;
    private final Metrics metrics;
    private final Audit audit;

    Outcomes(RollbackListener listener, Metrics metrics, Audit audit) {
        this.listener = listener;
        this.metrics = metrics;
        this.audit = audit;
    }

    Audit audit() {
        return audit;
    }

    /** Tells the listener how things stand. */
    void tell(Rollback rollback) {
        listener.changed(rollback);
    }

    /** A status was written, by this replica and no other. */
    void changed(Rollback before, Rollback after) {
        RollbackStatus was = before.statusOrInitial();
        RollbackStatus is = after.statusOrInitial();
        if (was.patchedAt() == null && is.patchedAt() != null && is.approvedAt() != null) {
            metrics.approvalToPatch(Duration.between(is.approvedAt(), is.patchedAt()));
            log(after, "target patched");
        }
        if (was.patchedAt() == null && is.patchedAt() != null) {
            audit.record(new AuditEvent.Mutation(
                    Audited.requester(after),
                    Audited.on(after),
                    Audited.planHash(after),
                    after.getSpec().reason(),
                    Audited.letGo(after)));
        }
        if (was.phase() != is.phase()) {
            log(after, is.phase().apiName());
            if (is.phase().terminal()) {
                metrics.outcome(is.phase().apiName());
                audit.record(end(after));
                Instant patched = is.patchedAt();
                Instant finished = is.finishedAt();
                if (patched != null && finished != null) {
                    metrics.rollout(Duration.between(patched, finished));
                }
            }
        }
        tell(after);
    }

    private static AuditEvent end(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        var by = Audited.requester(rollback);
        var on = Audited.on(rollback);
        String hash = Audited.planHash(rollback);
        return status.phase() == Phase.EXPIRED
                ? new AuditEvent.Expiry(by, on, hash, status.message())
                : new AuditEvent.Outcome(by, on, hash, status.phase().apiName(), status.message());
    }

    private static void log(Rollback rollback, String event) {
        LOG.atInfo()
                .addKeyValue("rollback", rollback.getMetadata().getName())
                .addKeyValue("target", rollback.target())
                .addKeyValue("user", rollback.getSpec().requestedBy().id())
                .addKeyValue("message", rollback.statusOrInitial().message())
                .log(event);
    }
}
