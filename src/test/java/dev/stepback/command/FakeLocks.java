package dev.stepback.command;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.lock.Locks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Locks in memory. */
final class FakeLocks implements Locks {
    static final Instant NOW = Instant.parse("2026-11-21T14:00:00Z");
    private final Map<Optional<String>, Lock> locks = new LinkedHashMap<>();

    /** Why nobody may lock; empty when everybody may. */
    String denied = "";

    @Override
    public Changed lock(Actor by, Optional<String> namespace, String reason) {
        if (!denied.isEmpty()) {
            return new Changed.Denied(denied);
        }
        Lock before = locks.putIfAbsent(namespace, new Lock(namespace, by.person(), NOW, reason));
        return before == null ? new Changed.Locked(locks.get(namespace)) : new Changed.AlreadyLocked(before);
    }

    @Override
    public Changed unlock(Actor by, Optional<String> namespace) {
        Lock before = locks.remove(namespace);
        return before == null ? new Changed.NotLocked(current()) : new Changed.Unlocked(before);
    }

    @Override
    public List<Lock> current() {
        return new ArrayList<>(locks.values());
    }
}
