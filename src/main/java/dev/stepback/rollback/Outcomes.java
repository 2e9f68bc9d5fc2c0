package dev.stepback.rollback;

import dev.stepback.ops.Metrics;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listener, the log and the metrics what became of a Rollback. */
final class Outcomes {
    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

    private final RollbackListener listener;
    private final Metrics metrics;

    Outcomes(RollbackListener listener, Metrics metrics) {
        this.listener = listener;
        this.metrics = metrics;
    }

    /** Tells the listener how things stand. */
    void tell(Rollback rollback) {
        listener.changed(rollback);
    }

    /** A status was written. */
    void changed(Rollback before, Rollback after) {
        RollbackStatus was = before.statusOrInitial();
        RollbackStatus is = after.statusOrInitial();
        if (was.patchedAt() == null && is.patchedAt() != null && is.approvedAt() != null) {
            metrics.approvalToPatch(Duration.between(is.approvedAt(), is.patchedAt()));
            log(after, "target patched");
        }
        if (was.phase() != is.phase()) {
            log(after, is.phase().apiName());
            if (is.phase().terminal()) {
                metrics.outcome(is.phase().apiName());
                Instant patched = is.patchedAt();
                Instant finished = is.finishedAt();
                if (patched != null && finished != null) {
                    metrics.rollout(Duration.between(patched, finished));
                }
            }
        }
        tell(after);
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
