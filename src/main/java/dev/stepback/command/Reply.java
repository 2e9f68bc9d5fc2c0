package dev.stepback.command;

import dev.stepback.rollback.Person;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.rollback.lock.Locks;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Change;
import dev.stepback.target.History;
import dev.stepback.target.PlanResult;
import dev.stepback.target.Step;
import dev.stepback.target.TargetRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a command is answered with. */
public sealed interface Reply {

    /** What somebody is told who asked for several at once. */
    static Reply of(RollbackGroups.Created created) {
        if (created instanceof RollbackGroups.Created.Ok ok) {
            return new OpenedTogether(ok.view());
        } else if (created instanceof RollbackGroups.Created.AlreadyOpen already) {
            return new AlreadyOpen(already.open());
        } else if (created instanceof RollbackGroups.Created.NeedsReason needs) {
            return new Refused("Say why " + needs.target() + " shall be rolled back: ask again with `because …`.");
        }
        RollbackGroups.Created.Denied denied = (RollbackGroups.Created.Denied) created;
        return new Refused(denied.why() + " This is about " + denied.target() + "; nothing was begun.");
    }

    /** @param needsReason what is said when nobody may ask without saying why */
    static Reply of(Rollbacks.Created created, String needsReason) {
        if (created instanceof Rollbacks.Created.Ok ok) {
            return new Opened(ok.rollback());
        } else if (created instanceof Rollbacks.Created.AlreadyOpen already) {
            return new AlreadyOpen(already.open());
        } else if (created instanceof Rollbacks.Created.NeedsReason) {
            return new Refused(needsReason);
        }
        return new Refused(((Rollbacks.Created.Denied) created).why());
    }

    /** Why there is no plan, with the way out where there is one. */
    static Reply of(PlanResult.Refused refusal, TargetRef target) {
        return refusal.reason() == PlanResult.Reason.PAUSED
                ? new Paused(target, refusal.message())
                : new Refused(refusal.message());
    }

    /**
     * A rollback was opened (or had been, by an earlier delivery); its card is on the way.
     *
     * @param understood what was made of the words that can be taken in several ways; a sentence, or empty
     */
    record Opened(Rollback rollback, String understood) implements Reply {
        public Opened(Rollback rollback) {
            this(rollback, "");
        }
    }

    /**
     * Several were opened together; their card is on the way.
     *
     * @param understood as for {@link Opened}
     */
    record OpenedTogether(GroupView view, String understood) implements Reply {
        OpenedTogether(GroupView view) {
            this(view, "");
        }
    }

    /** Another rollback of the target is open; {@code open} says where its card is. */
    record AlreadyOpen(Rollback open) implements Reply {}

    /** @param knownBad the revisions that are known bad, by their ids */
    record ShowHistory(History history, OptionalLong proposed, Map<String, BadRevision> knownBad) implements Reply {}

    record ShowDiff(TargetRef target, long from, long to, List<Change> changes) implements Reply {}

    record ShowStatus(TargetRef target, Optional<Step.Observation> rollout, Optional<Rollback> latest)
            implements Reply {}

    /**
     * @param groups what was asked for together, with those of its Rollbacks that may be seen
     * @param rollbacks what was asked for by itself
     * @param locks sentences about what is locked; empty when nothing is
     */
    record ShowList(List<GroupView> groups, List<Rollback> rollbacks, List<String> locks) implements Reply {
        /** Without any that were asked for together. */
        public ShowList(List<Rollback> rollbacks, List<String> locks) {
            this(List.of(), rollbacks, locks);
        }
    }

    /**
     * What was rolled back, newest first.
     *
     * @param about the target or the namespace that was asked about; empty for all
     * @param since how far back, as it is typed; empty for as far as there is anything
     * @param more whether there are older ones
     */
    record ShowAudit(Optional<String> about, Optional<String> since, List<Rollback> rollbacks, boolean more)
            implements Reply {}

    /** @param known whether anything in that namespace is known; if not, its name may be a slip */
    record Locked(Locks.Lock lock, boolean known) implements Reply {}

    /** @param lock the one that there was */
    record Unlocked(Locks.Lock lock, Person by) implements Reply {}

    record CancelRequested(Rollback rollback) implements Reply {}

    /** It was asked for together with others, and only all of it can be stopped: on its card. */
    record PartOfSeveral(Rollback rollback) implements Reply {}

    /** @param locks as in {@link ShowList} */
    record Help(List<String> locks) implements Reply {}

    /**
     * Several targets have that name.
     *
     * @param remaining what was typed besides the target; a target put before it is a complete command
     */
    record Choose(List<TargetRef> matches, String remaining) implements Reply {}

    /**
     * There is no such target.
     *
     * @param suggestions the nearest names, nearest first; may be empty
     * @param remaining what was typed besides the target
     */
    record NotFound(String wanted, List<TargetRef> suggestions, String remaining) implements Reply {}

    /**
     * The text was not understood.
     *
     * @param understood what was, in words; may be empty
     * @param problem what is wrong
     * @param instead a command that would work
     */
    record NotUnderstood(String understood, String problem, String instead) implements Reply {}

    /** It cannot be done while the target is paused; resuming it is offered. {@code why} says so. */
    record Paused(TargetRef target, String why) implements Reply {}

    /** It was understood but cannot be done; {@code why} says what to do instead. */
    record Refused(String why) implements Reply {}
}
