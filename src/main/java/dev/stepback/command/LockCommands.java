package dev.stepback.command;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.lock.Locks;
import dev.stepback.rollback.lock.Locks.Changed;
import dev.stepback.rollback.lock.Locks.Lock;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Locks and unlocks, and says what is locked. */
final class LockCommands {
    private final Locks locks;
    private final Authorizer authorizer;
    private final Workloads workloads;

    LockCommands(Locks locks, Authorizer authorizer, Workloads workloads) {
        this.locks = locks;
        this.authorizer = authorizer;
        this.workloads = workloads;
    }

    Reply lock(Command.Lock command, Actor by) {
        Optional<String> namespace = command.namespace();
        return reply(locks.lock(by, namespace, command.reason()), namespace, by);
    }

    Reply unlock(Command.Unlock command, Actor by) {
        return reply(locks.unlock(by, command.namespace()), command.namespace(), by);
    }

    private Reply reply(Changed changed, Optional<String> namespace, Actor by) {
        if (changed instanceof Changed.Locked locked) {
            return new Reply.Locked(
                    locked.lock(), namespace.map(workloads::anyIn).orElse(true));
        } else if (changed instanceof Changed.Unlocked unlocked) {
            return new Reply.Unlocked(unlocked.lock(), by.person());
        } else if (changed instanceof Changed.AlreadyLocked already) {
            return new Reply.Refused("It is locked already: " + already.lock().sentence());
        } else if (changed instanceof Changed.NotLocked not) {
            String others = not.others().stream()
                    .filter(lock -> shown(lock, by))
                    .map(Lock::sentence)
                    .collect(Collectors.joining(" "));
            return new Reply.Refused(
                    ("No lock" + namespace.map(n -> " of " + n).orElse(" of everything") + " is there. " + others)
                            .strip());
        }
        return new Reply.Refused(((Changed.Denied) changed).why());
    }

    /** A sentence for each lock that somebody may know of; never throws. */
    List<String> sentences(Actor who) {
        try {
            return locks.current().stream()
                    .filter(lock -> shown(lock, who))
                    .map(Lock::sentence)
                    .toList();
        } catch (KubernetesClientException e) {
            return List.of("Whether rollbacks are locked cannot be read right now, so nothing may start.");
        }
    }

    /** Nobody learns by a lock of a namespace that they may not see. */
    private boolean shown(Lock lock, Actor who) {
        return lock.namespace()
                .map(n -> Arrays.stream(Kind.values())
                        .anyMatch(kind -> authorizer
                                .mayView(who, new TargetRef(n, kind, "any"))
                                .allowed()))
                .orElse(true);
    }
}
