package dev.stepback.rollback.lock;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Authorizer;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Locks in a ConfigMap beside the Lease. */
public final class KubernetesLocks implements Locks {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesLocks.class);
    private final LockMap map;
    private final Authorizer authorizer;
    private final Clock clock;

    public KubernetesLocks(LockMap map, Authorizer authorizer, Clock clock) {
        this.map = map;
        this.authorizer = authorizer;
        this.clock = clock;
    }

    @Override
    public Changed lock(Actor by, Optional<String> namespace, String reason) {
        var may = authorizer.mayConfigure(by, namespace);
        if (!may.allowed()) {
            return new Changed.Denied(may.why());
        }
        if (reason.isBlank()) {
            return new Changed.Denied("Say why, for those who will want to roll back: `because …`.");
        }
        String key = LockMap.key(namespace);
        Lock lock = new Lock(namespace, by.person(), clock.instant(), reason.strip());
        Lock before = map.change(locks -> {
                    Map<String, Lock> more = new HashMap<>(locks);
                    more.putIfAbsent(key, lock);
                    return more;
                })
                .get(key);
        if (before != null) {
            return new Changed.AlreadyLocked(before);
        }
        log(by, key, "rollbacks locked");
        return new Changed.Locked(lock);
    }

    @Override
    public Changed unlock(Actor by, Optional<String> namespace) {
        var may = authorizer.mayConfigure(by, namespace);
        if (!may.allowed()) {
            return new Changed.Denied(may.why());
        }
        String key = LockMap.key(namespace);
        Map<String, Lock> before = map.change(locks -> {
            Map<String, Lock> fewer = new HashMap<>(locks);
            fewer.remove(key);
            return fewer;
        });
        Lock lock = before.get(key);
        if (lock == null) {
            return new Changed.NotLocked(LockMap.sorted(before));
        }
        log(by, key, "rollbacks unlocked");
        return new Changed.Unlocked(lock);
    }

    @Override
    public List<Lock> current() {
        return LockMap.sorted(map.read());
    }

    private static void log(Actor by, String key, String event) {
        LOG.atInfo().addKeyValue("user", by.id()).addKeyValue("lock", key).log(event);
    }
}
