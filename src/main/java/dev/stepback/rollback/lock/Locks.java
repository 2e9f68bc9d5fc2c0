package dev.stepback.rollback.lock;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Person;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The kill switch. While a namespace, or everything, is locked no rollback is accepted, approved or started there; what runs
 * may finish. Kept in the cluster, so that every replica knows and a restart changes nothing.
 *
 * <p>Methods throw {@link io.fabric8.kubernetes.client.KubernetesClientException} when the cluster does not answer.
 */
public interface Locks {

    /**
     * @param namespace empty for everything
     * @param reason why; may not be blank
     */
    Changed lock(Actor by, Optional<String> namespace, String reason);

    /** Takes away the lock of exactly this namespace, or the one of everything. */
    Changed unlock(Actor by, Optional<String> namespace);

    /** The locks that there are, the one of everything first. */
    List<Lock> current();

    /**
     * One lock.
     *
     * @param namespace empty for everything
     */
    record Lock(Optional<String> namespace, Person by, Instant at, String reason) {
        private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
                .withZone(ZoneOffset.UTC);

        /** Who locked what, since when and why, and what follows from it. */
        public String sentence() {
            return by.name() + " has locked rollbacks"
                    + namespace.map(n -> " in " + n).orElse("")
                    + (at.equals(Instant.EPOCH) ? "" : " since " + UTC.format(at))
                    + (reason.isBlank() ? "" : ": " + reason)
                    + ". Nothing may start until they are unlocked.";
        }
    }

    /** What came of {@link #lock} or {@link #unlock}. */
    sealed interface Changed {
        record Locked(Lock lock) implements Changed {}

        /** @param lock the one that there was */
        record Unlocked(Lock lock) implements Changed {}

        /** It was locked before, and still is as it was. */
        record AlreadyLocked(Lock lock) implements Changed {}

        /** @param others the locks that there are */
        record NotLocked(List<Lock> others) implements Changed {}

        record Denied(String why) implements Changed {}
    }

    /** Whether rollbacks may start in a namespace. */
    sealed interface State {
        /** Why nothing may start; empty when it may. */
        String why();

        record Open() implements State {
            @Override
            public String why() {
                return "";
            }
        }

        record Locked(Lock lock) implements State {
            @Override
            public String why() {
                return lock.sentence();
            }
        }

        /** Nobody knows, so nothing may start. */
        record Unreadable(String why) implements State {}
    }
}
