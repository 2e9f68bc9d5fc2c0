package dev.stepback.slack;

import dev.stepback.audit.Audit;
import dev.stepback.audit.AuditEvent;
import dev.stepback.audit.AuditEvent.Wish;
import dev.stepback.audit.On;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Audited;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Authorizer.Authorization;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.target.Denial;
import dev.stepback.target.History;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.Revision;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Looks at targets for whoever clicked, as that person, and only after {@link #mayView}. */
final class ClickedTargets {
    private final List<TargetType> types;
    private final Authorizer authorizer;
    private final Rollbacks rollbacks;
    private final Audit audit;

    ClickedTargets(List<TargetType> types, Authorizer authorizer, Rollbacks rollbacks, Audit audit) {
        this.types = List.copyOf(types);
        this.authorizer = authorizer;
        this.rollbacks = rollbacks;
        this.audit = audit;
    }

    /** A denial is recorded as one of what was wished for. */
    Authorization mayView(Actor who, Wish wish, On on) {
        return recorded(who, wish, on, authorizer.mayView(who, on.target()));
    }

    /** A denial is recorded. */
    Authorization mayRequest(Actor who, On on, Operation operation) {
        return recorded(who, Wish.REQUEST, on, authorizer.mayRequest(who, on.target(), operation));
    }

    /** Whether somebody could go alone with the same, if they asked for it. A denial is recorded. */
    Authorization mayGoAlone(Actor who, Rollback rollback) {
        Rollback own = new Rollback();
        own.setMetadata(rollback.getMetadata());
        own.setSpec(rollback.getSpec().askedBy(who.person()));
        own.setStatus(rollback.getStatus());
        return recorded(who, Wish.BREAK_GLASS, Audited.on(rollback), authorizer.mayBreakGlass(who, own));
    }

    /** Records that somebody came with something that the bot did not make. */
    void forged(Actor who, Wish wish, String value) {
        String why = "a button or a window that Stepback did not make: " + value;
        audit.record(new AuditEvent.Denial(Audited.by(who), wish, Optional.empty(), why));
    }

    /** Records what the cluster denied to the person; what it denied to the bot is no denial. */
    void forbidden(Actor who, Wish wish, Denial denial) {
        if (authorizer.acting(who.person()).meets(denial)) {
            audit.record(new AuditEvent.Denial(Audited.by(who), wish, Optional.empty(), denial.sentence()));
        }
    }

    /** Whether nobody may ask for a rollback of it without saying why. */
    boolean needsReason(TargetRef target) {
        return authorizer.needsReason(target);
    }

    private Authorization recorded(Actor who, Wish wish, On on, Authorization may) {
        if (!may.allowed()) {
            audit.record(new AuditEvent.Denial(Audited.by(who), wish, Optional.of(on), may.why()));
        }
        return may;
    }

    /** The number that this revision has now; empty when it is no longer in the history. */
    OptionalLong numberNow(Actor who, TargetRef target, String revisionId) {
        return type(who, target).flatMap(type -> type.history(target)).map(History::revisions).stream()
                .flatMap(List::stream)
                .filter(revision -> revision.id().equals(revisionId))
                .mapToLong(Revision::number)
                .findFirst();
    }

    /** Known at once, so that nobody waits for a card that only says no. */
    Optional<PlanResult.Refused> refusal(
            Actor who, TargetRef target, Operation operation, OptionalLong number, PlanOptions options) {
        return type(who, target)
                .flatMap(type ->
                        type.refusal(target, new PlanRequest(operation, number, rollbacks.knownBad(target), options)));
    }

    private Optional<TargetType> type(Actor who, TargetRef target) {
        return types.stream()
                .filter(type -> type.kind() == target.kind())
                .findFirst()
                .map(authorizer.acting(who.person())::on);
    }
}
