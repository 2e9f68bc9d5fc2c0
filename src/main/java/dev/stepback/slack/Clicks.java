package dev.stepback.slack;

import com.slack.api.model.view.View;
import dev.stepback.access.Acting;
import dev.stepback.audit.On;
import dev.stepback.command.Invocation;
import dev.stepback.command.Reply;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Audited;
import dev.stepback.rollback.Authorizer.Authorization;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.rollback.Rollbacks.Decided;
import dev.stepback.slack.card.Actions;
import dev.stepback.slack.card.DiffMessages;
import dev.stepback.slack.card.Message;
import dev.stepback.slack.card.Ref;
import dev.stepback.target.Change;
import dev.stepback.target.Denial;
import dev.stepback.target.Plan;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what buttons ask for. A button only names what it is about: everything is read again and authorized when the
 * click arrives.
 */
final class Clicks {
    private static final Logger LOG = LoggerFactory.getLogger(Clicks.class);

    private final SlackApi api;
    private final Rollbacks rollbacks;
    private final ClickedTargets targets;
    private final Commands commands;
    private final DecisionClicks decisions;
    private final AnotherRollback another;
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
        this.another = new AnotherRollback(api, rollbacks, targets, commands, decisions);
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

        /** Whether it asks to go back to where a rollback came from. */
        boolean back() {
            return action.equals(Actions.UNDO) || action.equals(Actions.GO_FORWARD);
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
            targets.forbidden(click.by(), Wishes.of(click.action()), denial);
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
        if (!Whereabouts.isCard(rollback.statusOrInitial().card(), click)) {
            answers.toPerson(Message.of("↪️ This is not the current card of that rollback, so nothing was done."
                    + whereabouts.sentence(rollback)));
        } else if (DecisionClicks.ACTIONS.contains(click.action())) {
            decisions.run(click, ref.get(), answers);
        } else if (AnotherRollback.ACTIONS.contains(click.action())) {
            another.run(click, rollback, answers);
        } else {
            onRollback(click, rollback, answers);
        }
    }

    private void onRollback(Click click, Rollback rollback, Answers answers) {
        switch (click.action()) {
            case Actions.FULL_DIFF -> {
                Plan plan = rollback.statusOrInitial().plan();
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
            case Actions.OTHER_REVISION -> commands.run(invocation(click, rollback.target() + " history"), answers);
            default -> LOG.info("unknown button {}", click.action());
        }
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
            api.open(view, click.triggerId());
        } catch (SlackFailure e) {
            LOG.info("the diff is shown as a message: {}", e.getMessage());
            answers.toPerson(DiffMessages.message(target, from, to, changes));
        }
    }

    private static Invocation invocation(Click click, String text) {
        return new Invocation(text, click.by(), click.thread(), "click:" + click.triggerId());
    }
}
