package dev.stepback.command;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.target.TargetRef;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lists who asked for what, who approved it and what came of it, from the Rollback objects. */
final class AuditCommand {
    /** How many are shown: as many as one reads on a phone. */
    static final int SHOWN = 12;

    /** How many are read, because some may not be for everybody's eyes. */
    private static final int READ = 1000;

    private final Rollbacks rollbacks;
    private final Authorizer authorizer;
    private final Clock clock;

    AuditCommand(Rollbacks rollbacks, Authorizer authorizer, Clock clock) {
        this.rollbacks = rollbacks;
        this.authorizer = authorizer;
        this.clock = clock;
    }

    /** A target need not exist any more. */
    Reply list(Command.AuditList command, Actor who) {
        Instant now = clock.instant();
        Optional<Instant> oldest = command.since().map(now::minus);
        Map<TargetRef, Boolean> seen = new HashMap<>();
        List<Rollback> found = rollbacks.list(READ).stream()
                .filter(r -> command.namespace()
                        .map(r.getMetadata().getNamespace()::equals)
                        .orElse(true))
                .filter(r -> command.target().map(t -> t.matches(r.target())).orElse(true))
                .filter(r -> oldest.map(o -> !created(r, now).isBefore(o)).orElse(true))
                .sorted(Comparator.comparing((Rollback r) -> created(r, now)).reversed())
                .filter(r -> seen.computeIfAbsent(
                        r.target(), t -> authorizer.mayView(who, t).allowed()))
                .limit(SHOWN + 1)
                .toList();
        return new Reply.ShowAudit(
                command.target().map(Wanted::toString).or(command::namespace),
                command.since().map(Past::text),
                found.stream().limit(SHOWN).toList(),
                found.size() > SHOWN);
    }

    private static Instant created(Rollback rollback, Instant now) {
        String created = rollback.getMetadata().getCreationTimestamp();
        return created == null ? now : Instant.parse(created);
    }
}
