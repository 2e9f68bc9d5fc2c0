package dev.stepback.slack;

import dev.stepback.command.Reply;
import dev.stepback.rollback.Audited;
import dev.stepback.rollback.Authorizer.Authorization;
import dev.stepback.rollback.NewRollback;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.rollback.Rollbacks.Created;
import dev.stepback.rollback.Rollbacks.Decided;
import dev.stepback.slack.Clicks.Click;
import dev.stepback.slack.card.Actions;
import dev.stepback.slack.card.Message;
import dev.stepback.slack.card.Mrkdwn;
import dev.stepback.slack.card.Ref;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedRevision;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Opens another rollback of the same target, because of a button on the card of one: retry, undo and the like. */
final class AnotherRollback {
    static final Set<String> ACTIONS =
            Set.of(Actions.RETRY, Actions.PLAN_AGAIN, Actions.OVERRIDE, Actions.GO_FORWARD, Actions.UNDO);

    private final SlackApi api;
    private final Rollbacks rollbacks;
    private final ClickedTargets targets;
    private final Commands commands;
    private final DecisionClicks decisions;

    AnotherRollback(
            SlackApi api, Rollbacks rollbacks, ClickedTargets targets, Commands commands, DecisionClicks decisions) {
        this.api = api;
        this.rollbacks = rollbacks;
        this.targets = targets;
        this.commands = commands;
        this.decisions = decisions;
    }

    /** @param click its action is one of {@link #ACTIONS}, and the person may look at the rollback */
    void run(Click click, Rollback rollback, Answers answers) {
        Plan plan = rollback.statusOrInitial().plan();
        switch (click.action()) {
            case Actions.RETRY, Actions.PLAN_AGAIN -> {
                // A revision that nobody named is chosen anew: the world may have changed.
                boolean named = click.action().equals(Actions.RETRY)
                        || rollback.getSpec().toRevision() != null;
                again(click, rollback, named && plan != null ? plan.to() : null, answers);
            }
            case Actions.OVERRIDE -> override(click, rollback, answers);
            case Actions.GO_FORWARD -> goForward(click, rollback, answers);
            case Actions.UNDO -> again(click, rollback, plan == null ? null : plan.from(), answers);
            default -> throw new IllegalArgumentException(click.action());
        }
    }

    /** One rollback of a target at a time: this one ends first, and then the way forward is asked for like any other. */
    private void goForward(Click click, Rollback rollback, Answers answers) {
        Plan plan = rollback.statusOrInitial().plan();
        if (rollback.endedHalfway()) {
            again(click, rollback, plan == null ? null : plan.from(), answers);
            return;
        }
        Authorization may = targets.mayRequest(
                click.by(), Audited.on(rollback), rollback.getSpec().wanted());
        if (!may.allowed()) {
            commands.answer(new Reply.Refused(may.why()), answers);
            return;
        }
        String namespace = rollback.getMetadata().getNamespace();
        String name = rollback.getMetadata().getName();
        Decided decided = rollbacks.stop(namespace, name, click.by(), Midway.GoOn);
        if (!(decided instanceof Decided.Recorded) && !(decided instanceof Decided.AlreadyRecorded)) {
            decisions.said(decided).map(Message::of).ifPresent(answers::toPerson);
        } else if (ended(namespace, name)) {
            again(click, rollback, plan == null ? null : plan.from(), answers);
        } else {
            answers.toPerson(Message.of("The rollback is being stopped. Ask for "
                    + Mrkdwn.code(rollback.target() + " history", 300) + " to go forward once it has ended."));
        }
    }

    private boolean ended(String namespace, String name) {
        return becomes(namespace, name, Looks.WHILE_WAITING, phase -> phase.terminal());
    }

    /** A rollback that is gone has become anything. */
    private boolean becomes(String namespace, String name, int looks, Predicate<Phase> wanted) {
        return Looks.until(
                looks,
                () -> rollbacks
                        .find(namespace, name)
                        .map(now -> wanted.test(now.statusOrInitial().phase()))
                        .orElse(true));
    }

    /** Another rollback, to the same revision, which the person is asked at once to break the glass for. */
    private void override(Click click, Rollback failed, Answers answers) {
        Authorization may = targets.mayGoAlone(click.by(), failed);
        if (!may.allowed()) {
            // Without this one would be open that nobody asked for, in the way of who may.
            commands.answer(new Reply.Refused(may.why()), answers);
            return;
        }
        Plan plan = failed.statusOrInitial().plan();
        Optional<Rollback> opened = again(click, failed, plan == null ? null : plan.to(), answers);
        if (opened.isEmpty()) {
            return;
        }
        String namespace = opened.get().getMetadata().getNamespace();
        String name = opened.get().getMetadata().getName();
        becomes(namespace, name, Looks.WHILE_TRIGGERED, phase -> phase != Phase.PLANNING);
        rollbacks
                .find(namespace, name)
                .filter(r -> r.statusOrInitial().phase() == Phase.AWAITING_APPROVAL)
                .map(Ref.ToRollback::of)
                .ifPresentOrElse(
                        ref -> decisions.run(click.as(Actions.BREAK_GLASS), ref, answers),
                        () -> answers.toPerson(
                                Message.of("It is still being planned. Press *Break glass…* on the new card.")));
    }

    /** Opens another rollback of the same target. */
    private Optional<Rollback> again(Click click, Rollback rollback, @Nullable PlannedRevision to, Answers answers) {
        Optional<Reply> mayNot = mayNot(click, rollback, to);
        if (mayNot.isPresent()) {
            commands.answer(mayNot.get(), answers);
            return Optional.empty();
        }
        OptionalLong number = OptionalLong.empty();
        if (to != null && rollback.getSpec().wanted() == Operation.UNDO) {
            // The number may be another one by now; the id stays.
            number = targets.numberNow(click.by(), rollback.target(), to.id());
            if (number.isEmpty()) {
                answers.toPerson(Message.of("Revision " + to.number() + " is no longer in the history of "
                        + Mrkdwn.code(rollback.target().toString(), 300) + "."));
                return Optional.empty();
            }
        }
        NewRollback request = request(click, rollback, number);
        Optional<PlanResult.Refused> refusal =
                targets.refusal(click.by(), request.target(), request.operation(), number, request.options());
        if (refusal.isPresent()) {
            commands.answer(Reply.of(refusal.get(), request.target()), answers);
            return Optional.empty();
        }
        Created created = rollbacks.create(request);
        commands.answer(
                Reply.of(created, "This needs a reason now, and a button has none. Type the command with `because …`."),
                answers);
        return created instanceof Created.Ok ok ? Optional.of(ok.rollback()) : Optional.empty();
    }

    private Optional<Reply> mayNot(Click click, Rollback rollback, @Nullable PlannedRevision to) {
        Authorization may = targets.mayRequest(
                click.by(), Audited.on(rollback), rollback.getSpec().wanted());
        if (!may.allowed()) {
            return Optional.of(new Reply.Refused(may.why()));
        }
        if (!click.back() || !targets.needsReason(rollback.target())) {
            return Optional.empty();
        }
        String words = rollback.target() + (to == null ? "" : " to " + to.number()) + " because …";
        return Optional.of(
                new Reply.Refused("Here nobody may ask without saying why, and a button has no words. Type the command"
                        + " with `" + words + "`."));
    }

    private NewRollback request(Click click, Rollback rollback, OptionalLong number) {
        RollbackSpec before = rollback.getSpec();
        String name = rollback.getMetadata().getName();
        return new NewRollback(
                "click:" + click.triggerId(),
                rollback.target(),
                before.wanted(),
                number,
                Optional.empty(),
                // What was wished for one way says nothing about the other.
                click.back() ? PlanOptions.NONE : before.wantedOptions(),
                click.back() ? "undo of " + name : api.masked(before.reason()),
                click.by(),
                new RollbackSpec.Origin(click.by().channel(), click.thread()),
                name);
    }
}
