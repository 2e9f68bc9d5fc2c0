package dev.stepback.audit;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** Something that is recorded. Its name in the record is the name of its type, as in {@code breakGlass}. */
public sealed interface AuditEvent {

    /** Puts what is to be recorded into the line, beside time and name. */
    void describe(AuditLine line);

    default String name() {
        String type = getClass().getSimpleName();
        return type.substring(0, 1).toLowerCase(Locale.ROOT) + type.substring(1);
    }

    /** What somebody wanted to do. */
    enum Wish {
        VIEW("view"),
        REQUEST("request"),
        APPROVE("approve"),
        REJECT("reject"),
        BREAK_GLASS("breakGlass"),
        CHOOSE("choose"),
        CANCEL("cancel"),
        STOP("stop"),
        LOCK("lock"),
        UNLOCK("unlock");

        private final String word;

        Wish(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * A Rollback was created.
     *
     * @param toTime what ran then is wanted; empty unless that was asked for
     */
    record Request(By by, On on, OptionalLong toRevision, Optional<Instant> toTime, String reason)
            implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.by(by).on(on).reason(reason);
            toRevision.ifPresent(line::toRevision);
            toTime.ifPresent(line::toTime);
        }
    }

    /**
     * Somebody may not do what they wanted to; nothing changed.
     *
     * @param on empty for what is about no target
     * @param namespace of what would have been locked or unlocked; empty for everything, and for other wishes
     * @param why what the person was told
     */
    record Denial(By by, Wish wish, Optional<On> on, Optional<String> namespace, String why) implements AuditEvent {
        public Denial(By by, Wish wish, Optional<On> on, String why) {
            this(by, wish, on, Optional.empty(), why);
        }

        @Override
        public void describe(AuditLine line) {
            line.by(by).action(wish.word());
            on.ifPresent(line::on);
            if (wish == Wish.LOCK || wish == Wish.UNLOCK) {
                line.namespace(namespace);
            }
            line.why(why);
        }
    }

    /** An approval of a plan was recorded; more may be needed. */
    record Approval(By by, On on, String planHash, String reason) implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.by(by).on(on).planHash(planHash).verdict("Approved").reason(reason);
        }
    }

    /** A rejection of a plan was recorded. */
    record Rejection(By by, On on, String planHash, String reason) implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.by(by).on(on).planHash(planHash).verdict("Rejected").reason(reason);
        }
    }

    /** Whoever asked went alone, without approvals. */
    record BreakGlass(By by, On on, String planHash, String reason) implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.by(by).on(on).planHash(planHash).verdict("BrokeGlass").reason(reason);
        }
    }

    /**
     * Somebody wants it done otherwise than this plan does it: another one is made.
     *
     * @param verdict what was chosen: {@code UpdateLastApplied} or {@code KeepLastApplied}
     */
    record Choice(By by, On on, String planHash, String verdict) implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.by(by).on(on).planHash(planHash).verdict(verdict);
        }
    }

    /** Somebody asked a rollback to stop. Whether it could, its outcome tells. */
    record Cancellation(By by, On on) implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.by(by).on(on);
        }
    }

    /**
     * Somebody ended a rollback in the middle of its rollout.
     *
     * @param verdict what becomes of the rollout: {@code Pause} or {@code GoOn}
     */
    record Stop(By by, On on, String verdict) implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.by(by).on(on).verdict(verdict);
        }
    }

    /**
     * Approvals are no longer waited for.
     *
     * @param by who had asked
     */
    record Expiry(By by, On on, String planHash, String why) implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.by(by).on(on).planHash(planHash).why(why);
        }
    }

    /**
     * The target was changed for the first time.
     *
     * @param by who had asked
     * @param why who let it go: names of approvers, or that none was needed
     */
    record Mutation(By by, On on, String planHash, String reason, String why) implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.by(by).on(on).planHash(planHash).reason(reason).why(why);
        }
    }

    /**
     * A rollback has ended, otherwise than by expiry.
     *
     * @param by who had asked
     * @param planHash empty when there was no plan
     * @param verdict the terminal phase, as in {@code Succeeded}
     */
    record Outcome(By by, On on, String planHash, String verdict, String why) implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.by(by).on(on).planHash(planHash).verdict(verdict).why(why);
        }
    }

    /** @param namespace empty for everything */
    record Lock(By by, Optional<String> namespace, String reason) implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.by(by).namespace(namespace).reason(reason);
        }
    }

    /** @param namespace empty for everything */
    record Unlock(By by, Optional<String> namespace) implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.by(by).namespace(namespace);
        }
    }

    /** This replica works by a changed configuration file from now on. Each replica reads its own, and each says so. */
    record PolicyChange(String why) implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.replica().why(why);
        }
    }

    /** The configuration file was changed and cannot be used: what was in force stays. Each replica reads its own. */
    record PolicyRefusal(String why) implements AuditEvent {
        @Override
        public void describe(AuditLine line) {
            line.replica().why(why);
        }
    }
}
