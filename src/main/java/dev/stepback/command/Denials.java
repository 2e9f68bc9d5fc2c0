package dev.stepback.command;

import dev.stepback.audit.Audit;
import dev.stepback.audit.AuditEvent;
import dev.stepback.audit.AuditEvent.Wish;
import dev.stepback.audit.On;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Audited;
import dev.stepback.target.TargetRef;
import java.util.Optional;

/** Refuses what somebody may not do, and records that. */
final class Denials {
    private final Audit audit;

    Denials(Audit audit) {
        this.audit = audit;
    }

    Reply refused(Actor who, Wish wish, TargetRef target, String why) {
        record(who, wish, target, why);
        return new Reply.Refused(why);
    }

    /** Of what the person is not told. */
    void record(Actor who, Wish wish, TargetRef target, String why) {
        audit.record(new AuditEvent.Denial(Audited.by(who), wish, Optional.of(new On(target)), why));
    }

    /** About no target in particular. */
    Reply refused(Actor who, Wish wish, String why) {
        audit.record(new AuditEvent.Denial(Audited.by(who), wish, Optional.empty(), why));
        return new Reply.Refused(why);
    }

    static Wish wish(Command command) {
        if (command instanceof Command.Rollback || command instanceof Command.Several) {
            return Wish.REQUEST;
        }
        return command instanceof Command.Cancel ? Wish.CANCEL : Wish.VIEW;
    }
}
