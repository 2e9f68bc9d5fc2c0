package dev.stepback.slack;

import com.slack.api.model.view.View;
import dev.stepback.access.Acting;
import dev.stepback.audit.On;
import dev.stepback.command.Invocation;
import dev.stepback.command.Reply;
import dev.stepback.rollback.Actor;
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
import dev.stepback.slack.card.Actions;
import dev.stepback.slack.card.DiffMessages;
import dev.stepback.slack.card.Message;
import dev.stepback.slack.card.Mrkdwn;
import dev.stepback.slack.card.Ref;
import dev.stepback.target.Change;
import dev.stepback.target.Denial;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what buttons ask for. A button only names what it is about: everything is read again and authorized when the
 * click arrives.
 */
final class Clicks {
    private static final Logger LOG = LoggerFactory.getLogger(Clicks.class);

    /** How long somebody waits who goes forward: 50 looks of 100 ms, 5 s. */
    private static final int LOOKS = 50;

    /** As long as Slack still opens a window for a click. */
    private static final int TRIGGER_LOOKS = 22;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final SlackApi api;
    private final Rollbacks rollbacks;
    private final ClickedTargets targets;
    private final Commands commands;
    private final DecisionClicks decisions;
    private final GroupClicks groups;
    private final Whereabouts whereabouts;

    Clicks(
            SlackApi api,
            Rollbacks rollbacks,
            ClickedTargets targets,
            Commands commands,
            DecisionClicks decisions,
            GroupClicks groups,
            Whereabouts whereabouts) {
        this.api = api;
        this.rollbacks = rollbacks;
        this.targets = targets;
        this.commands = commands;
        this.decisions = decisions;
        this.groups = groups;
        this.whereabouts = whereabouts;
    }

    /**
     * A click as it was delivered.
     *
     * @param action the action id up to its colon
     * @param message timestamp of the message that the button is in
     * @param thread the thread that the message is in; null in the channel itself
     */
    record Click(
            String action,
            String value,
            Actor by,
            String message,
            @Nullable String thread,
            String triggerId) {

        Click about(String reference) {
            return new Click(action, reference, by, message, thread, triggerId);
        }

        /** As if another button had been pressed. */
        Click as(String other) {
            return new Click(other, value, by, message, thread, triggerId);
        }
    }

    /** @param click its value is as it came from Slack */
    void run(Click click, Answers answers) {
        Optional<String> reference = api.references().opened(click.action(), click.value());
        if (reference.isEmpty()) {
            targets.forged(click.by(), Wishes.of(click.action()), click.value());
            answers.toPerson(
                    Message.of("🤷 I do not know this button: it is an old one, or none of mine. Nothing was done."
                            + " Please type the command again."));
            return;
        }
        try {
            route(click.about(reference.get()), answers);
        } catch (Acting.NobodyException e) {
            commands.answer(new Reply.Refused(String.valueOf(e.getMessage())), answers);
        } catch (KubernetesClientException e) {
            Denial denial = Denial.of(e).orElseThrow(() -> e);
            commands.answer(new Reply.Refused(denial.sentence()), answers);
        }
    }

    private void route(Click click, Answers answers) {
        switch (click.action()) {
            case Actions.RUN -> commands.run(invocation(click, click.value()), answers);
            case Actions.ROLL_BACK_TO -> revision(click, answers, this::rollBackTo);
            case Actions.DIFF -> revision(click, answers, this::diff);
            default -> rollback(click, answers);
        }
    }

    private void rollback(Click click, Answers answers) {
        Optional<Ref.ToGroup> group = Ref.ToGroup.parse(click.value());
        if (group.isPresent()) {
            groups.run(click, Wishes.of(click.action()), group.get(), answers);
            return;
        }
        Optional<Ref.ToRollback> ref = Ref.ToRollback.parse(click.value());
        if (ref.isEmpty()) {
            answers.toPerson(Message.of("This button is of an older kind. Please type the command again."));
            return;
        }
        Optional<Rollback> found =
                rollbacks.find(ref.get().namespace(), ref.get().name());
        if (found.isEmpty()) {
            decisions.said(new Decided.Gone()).map(Message::of).ifPresent(answers::toPerson);
            return;
        }
        Rollback rollback = found.get();
        if (refused(click, Audited.on(rollback), answers)) {
            return;
        }
        if (!Whereabouts.isCard(rollback, click.by().channel(), click.message())) {
            answers.toPerson(Message.of("↪️ This is not the current card of that rollback, so nothing was done."
                    + whereabouts.sentence(rollback)));
        } else if (DecisionClicks.ACTIONS.contains(click.action())) {
            decisions.run(click, ref.get(), answers);
        } else {
            onRollback(click, rollback, answers);
        }
    }

    private void onRollback(Click click, Rollback rollback, Answers answers) {
        Plan plan = rollback.statusOrInitial().plan();
        switch (click.action()) {
            case Actions.FULL_DIFF -> {
                if (plan == null) {
                    answers.toPerson(Message.of("There is no plan yet."));
                } else {
                    show(
                            click,
                            rollback.target(),
                            plan.from().number(),
                            plan.to().number(),
                            plan.changes(),
                            answers);
                }
            }
            case Actions.RETRY, Actions.PLAN_AGAIN -> {
                // A revision that nobody named is chosen anew: the world may have changed.
                boolean named = click.action().equals(Actions.RETRY)
                        || rollback.getSpec().toRevision() != null;
                again(click, rollback, named && plan != null ? plan.to() : null, answers);
            }
            case Actions.OVERRIDE -> override(click, rollback, answers);
            case Actions.GO_FORWARD -> goForward(click, rollback, answers);
            case Actions.UNDO -> again(click, rollback, plan == null ? null : plan.from(), answers);
            case Actions.OTHER_REVISION -> commands.run(invocation(click, rollback.target() + " history"), answers);
            default -> LOG.info("unknown button {}", click.action());
        }
    }

    /** One rollback of a target at a time: this one ends first, and then the way forward is asked for like any other. */
    private void goForward(Click click, Rollback rollback, Answers answers) {
        Plan plan = rollback.statusOrInitial().plan();
        Authorization may = targets.mayRequest(click.by(), Audited.on(rollback));
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
        return becomes(namespace, name, LOOKS, phase -> phase.terminal());
    }

    /** A rollback that is gone has become anything. */
    private boolean becomes(String namespace, String name, int looks, Predicate<Phase> wanted) {
        for (int look = 0; look < looks; look++) {
            Optional<Rollback> now = rollbacks.find(namespace, name);
            if (now.isEmpty() || wanted.test(now.get().statusOrInitial().phase())) {
                return true;
            }
            try {
                Thread.sleep(LOOK_AGAIN.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    /** Another rollback, to the same revision, which the person is asked at once to break the glass for. */
    private void override(Click click, Rollback failed, Answers answers) {
        Plan plan = failed.statusOrInitial().plan();
        Optional<Rollback> opened = again(click, failed, plan == null ? null : plan.to(), answers);
        if (opened.isEmpty()) {
            return;
        }
        String namespace = opened.get().getMetadata().getNamespace();
        String name = opened.get().getMetadata().getName();
        becomes(namespace, name, TRIGGER_LOOKS, phase -> phase != Phase.PLANNING);
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
        Authorization may = targets.mayRequest(click.by(), Audited.on(rollback));
        if (!may.allowed()) {
            commands.answer(new Reply.Refused(may.why()), answers);
            return Optional.empty();
        }
        boolean back = click.action().equals(Actions.UNDO) || click.action().equals(Actions.GO_FORWARD);
        if (back && targets.needsReason(rollback.target())) {
            String words = rollback.target() + (to == null ? "" : " to " + to.number()) + " because …";
            commands.answer(
                    new Reply.Refused(
                            "Here nobody may ask without saying why, and a button has no words. Type the command"
                                    + " with `" + words + "`."),
                    answers);
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
        Operation operation = rollback.getSpec().wanted();
        // What was wished for one way says nothing about the other.
        PlanOptions options = back ? PlanOptions.NONE : rollback.getSpec().wantedOptions();
        Optional<PlanResult.Refused> refusal =
                targets.refusal(click.by(), rollback.target(), operation, number, options);
        if (refusal.isPresent()) {
            String why = refusal.get().message();
            commands.answer(
                    refusal.get().reason() == PlanResult.Reason.PAUSED
                            ? new Reply.Paused(rollback.target(), why)
                            : new Reply.Refused(why),
                    answers);
            return Optional.empty();
        }
        String reason = back
                ? "undo of " + rollback.getMetadata().getName()
                : api.masked(rollback.getSpec().reason());
        Created created = rollbacks.create(new NewRollback(
                "click:" + click.triggerId(),
                rollback.target(),
                operation,
                number,
                Optional.empty(),
                options,
                reason,
                click.by(),
                new RollbackSpec.Origin(click.by().channel(), click.thread()),
                rollback.getMetadata().getName()));
        if (created instanceof Created.Ok ok) {
            commands.answer(new Reply.Opened(ok.rollback()), answers);
            return Optional.of(ok.rollback());
        } else if (created instanceof Created.AlreadyOpen already) {
            commands.answer(new Reply.AlreadyOpen(already.open()), answers);
        } else if (created instanceof Created.Denied denied) {
            commands.answer(new Reply.Refused(denied.why()), answers);
        } else if (created instanceof Created.NeedsReason) {
            commands.answer(
                    new Reply.Refused(
                            "This needs a reason now, and a button has none. Type the command with `because …`."),
                    answers);
        }
        return Optional.empty();
    }

    private void rollBackTo(Click click, Ref.ToRevision ref, OptionalLong now, Answers answers) {
        commands.run(invocation(click, ref.target() + " to " + now.getAsLong()), answers);
    }

    private void diff(Click click, Ref.ToRevision ref, OptionalLong now, Answers answers) {
        Reply reply = commands.ask(invocation(click, ref.target() + " diff " + now.getAsLong()));
        if (reply instanceof Reply.ShowDiff diff) {
            show(click, diff.target(), diff.from(), diff.to(), diff.changes(), answers);
        } else {
            commands.answer(reply, answers);
        }
    }

    /** Says so when the person may not even look. */
    private boolean refused(Click click, On on, Answers answers) {
        Authorization may = targets.mayView(click.by(), Wishes.of(click.action()), on);
        if (!may.allowed()) {
            commands.answer(new Reply.Refused(may.why()), answers);
        }
        return !may.allowed();
    }

    private interface OnRevision {
        void run(Click click, Ref.ToRevision ref, OptionalLong now, Answers answers);
    }

    private void revision(Click click, Answers answers, OnRevision then) {
        Optional<Ref.ToRevision> ref = Ref.ToRevision.parse(click.value());
        if (ref.isPresent() && refused(click, new On(ref.get().target()), answers)) {
            return;
        }
        OptionalLong now =
                ref.map(r -> targets.numberNow(click.by(), r.target(), r.id())).orElse(OptionalLong.empty());
        if (ref.isEmpty() || now.isEmpty()) {
            answers.toPerson(Message.of(
                    "This revision is no longer in the history. Ask for the history again to see what there is now."));
        } else {
            then.run(click, ref.get(), now, answers);
        }
    }

    private void show(Click click, TargetRef target, long from, long to, List<Change> changes, Answers answers) {
        View view = DiffMessages.modal(target, from, to, changes);
        try {
            api.call(
                    "views.open",
                    m -> m.viewsOpen(r -> r.triggerId(click.triggerId()).view(view)));
        } catch (SlackFailure e) {
            LOG.info("the diff is shown as a message: {}", e.getMessage());
            answers.toPerson(DiffMessages.message(target, from, to, changes));
        }
    }

    private static Invocation invocation(Click click, String text) {
        return new Invocation(text, click.by(), click.thread(), "click:" + click.triggerId());
    }
}
