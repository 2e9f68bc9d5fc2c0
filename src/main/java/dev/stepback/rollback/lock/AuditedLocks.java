package dev.stepback.rollback.lock;

import dev.stepback.audit.Audit;
import dev.stepback.audit.AuditEvent;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Audited;
import java.util.List;
import java.util.Optional;

/** Records who locked and unlocked, and to whom it was denied. */
public final class AuditedLocks implements Locks {
    private final Locks locks;
    private final Audit audit;

    public AuditedLocks(Locks locks, Audit audit) {
        this.locks = locks;
        this.audit = audit;
    }

    @Override
    public Changed lock(Actor by, Optional<String> namespace, String reason) {
        Changed changed = locks.lock(by, namespace, reason);
        if (changed instanceof Changed.Locked) {
            audit.record(new AuditEvent.Lock(Audited.by(by), namespace, reason));
        } else {
            denied(by, AuditEvent.Wish.LOCK, namespace, changed);
        }
        return changed;
    }

    @Override
    public Changed unlock(Actor by, Optional<String> namespace) {
        Changed changed = locks.unlock(by, namespace);
        if (changed instanceof Changed.Unlocked) {
            audit.record(new AuditEvent.Unlock(Audited.by(by), namespace));
        } else {
            denied(by, AuditEvent.Wish.UNLOCK, namespace, changed);
        }
        return changed;
    }

    private void denied(Actor by, AuditEvent.Wish wish, Optional<String> namespace, Changed changed) {
        if (changed instanceof Changed.Denied denied) {
            audit.record(new AuditEvent.Denial(Audited.by(by), wish, Optional.empty(), namespace, denied.why()));
        }
    }

    @Override
    public List<Lock> current() {
        return locks.current();
    }
}
