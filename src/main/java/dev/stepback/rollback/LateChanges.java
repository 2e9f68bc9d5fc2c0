package dev.stepback.rollback;

import dev.stepback.audit.Audit;
import dev.stepback.audit.AuditEvent;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices a change that was on its way when its Rollback was given up: the process that sent it stood still between its last
 * look and the sending, another one took over, and somebody cancelled. The API server takes it all the same, if the target is
 * still as it was approved. It cannot be prevented from here, but it must not stay unsaid: the target bears the Rollback's mark,
 * and a Rollback that ended without having changed anything says otherwise.
 */
final class LateChanges {
    /** How long after the end of a Rollback its target is looked at again. */
    static final Duration WATCHED = Duration.ofHours(3);

    private static final Logger LOG = LoggerFactory.getLogger(LateChanges.class);

    private final Store store;
    private final TargetObjects targets;
    private final RollbackListener listener;
    private final Audit audit;
    private final Clock clock;

    /** @param listener told of what is found: a write of the status alone wakes nobody */
    LateChanges(KubernetesClient client, Store store, RollbackListener listener, Audit audit, Clock clock) {
        this.store = store;
        this.targets = new TargetObjects(client);
        this.listener = listener;
        this.audit = audit;
        this.clock = clock;
    }

    /** Looks whether any of them changed its target after its end. Costs a read for each that ended a short while ago. */
    void look(List<Rollback> rollbacks) {
        rollbacks.stream().filter(this::endedUnchanged).forEach(this::look);
        // Another process may have found it, or this one has died before it was shown.
        rollbacks.stream()
                .filter(r -> r.statusOrInitial().changedAfterTheEnd()
                        && !r.statusOrInitial().card().complete())
                .forEach(listener::changed);
    }

    /** Looks at the Rollback as it is now, and at its target. */
    void look(String namespace, String name) {
        store.find(namespace, name).filter(this::endedUnchanged).ifPresent(this::look);
    }

    private boolean endedUnchanged(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        Instant finishedAt = status.finishedAt();
        return status.phase().terminal()
                && status.patchedAt() == null
                && status.plan() != null
                && finishedAt != null
                && finishedAt.plus(WATCHED).isAfter(clock.instant());
    }

    private void look(Rollback rollback) {
        String name = rollback.getMetadata().getName();
        if (mark(rollback.target()).filter(name::equals).isPresent()) {
            store.lookAndTry(rollback.getMetadata().getNamespace(), name, this::tell)
                    .ifPresent(listener::changed);
        }
    }

    /** The name of the Rollback that changed the target last. */
    private Optional<String> mark(TargetRef target) {
        return targets.find(target)
                .map(o -> o.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Rollback.MARK));
    }

    /** The phase stays; the card is drawn once more. */
    private Rollback tell(Rollback rollback) {
        if (!endedUnchanged(rollback)) {
            return rollback;
        }
        RollbackStatus status = rollback.statusOrInitial();
        String why = "the change was on its way already and was made after that: look at the target";
        Rollback told = store.updateStatus(rollback, status.with(s -> {
            s.patchedAt = clock.instant();
            s.message = s.message.isBlank() ? why : s.message + "; " + why;
            s.card = new RollbackStatus.CardStatus(s.card.channel(), s.card.ts(), s.card.sent(), false);
        }));
        LOG.atError()
                .addKeyValue("rollback", rollback.getMetadata().getName())
                .addKeyValue("target", rollback.target())
                .log("changed after its end, by a process that no longer led");
        audit.record(new AuditEvent.Mutation(
                Audited.requester(told),
                Audited.on(told),
                Audited.planHash(told),
                told.getSpec().reason(),
                "made after the end, " + status.phase().apiName() + ", by a process that no longer led"));
        return told;
    }
}
