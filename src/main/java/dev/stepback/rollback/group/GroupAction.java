package dev.stepback.rollback.group;

import dev.stepback.rollback.Person;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Choice;
import java.time.Instant;

/** The one thing to do next for a group, as {@link GroupDecision} found it. */
sealed interface GroupAction {

    /** Create the Rollback of the target with this index. */
    record Create(int target) implements GroupAction {}

    /** Ask how the approvals stand by the policy of this moment, and decide again with the answer. */
    record AskPolicy() implements GroupAction {}

    /** Have this Rollback planned again, as the group shall be done after all. */
    record Choose(Rollback member, Choice choice) implements GroupAction {}

    /** Let this Rollback begin. */
    record Release(Rollback member) implements GroupAction {}

    /** Stop this Rollback, which has not begun. */
    record Cancel(Rollback member, Person by) implements GroupAction {}

    /** End this Rollback, which runs, in this way. */
    record Halt(Rollback member, Cancellation how) implements GroupAction {}

    /** Write the status, then decide again about what was written. */
    record Write(RollbackGroupStatus status) implements GroupAction {}

    /** Nothing until then, unless something changes. */
    record WaitUntil(Instant time) implements GroupAction {}

    /** Nothing, ever. */
    record Leave() implements GroupAction {}
}
