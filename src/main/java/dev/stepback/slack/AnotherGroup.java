package dev.stepback.slack;

import dev.stepback.audit.On;
import dev.stepback.command.Reply;
import dev.stepback.rollback.Authorizer.Authorization;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.NewGroup;
import dev.stepback.rollback.group.RollbackGroup;
import dev.stepback.rollback.group.RollbackGroupSpec;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.rollback.group.RollbackGroups.Created;
import dev.stepback.rollback.group.RollbackGroups.Decided;
import dev.stepback.slack.Clicks.Click;
import dev.stepback.slack.card.Actions;
import dev.stepback.slack.card.GroupButtons;
import dev.stepback.slack.card.GroupStops;
import dev.stepback.slack.card.Message;
import dev.stepback.slack.card.Mrkdwn;
import dev.stepback.slack.card.Ref;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Opens another group of rollbacks, because of a button on the card of one: undo, plan again and the like. */
final class AnotherGroup {
    private final SlackApi api;
    private final RollbackGroups groups;
    private final ClickedTargets targets;
    private final Commands commands;
    private final GroupClicks clicks;

    AnotherGroup(SlackApi api, RollbackGroups groups, ClickedTargets targets, Commands commands, GroupClicks clicks) {
        this.api = api;
        this.groups = groups;
        this.targets = targets;
        this.commands = commands;
        this.clicks = clicks;
    }

    /** The person may look at all of it. */
    void run(Click click, Ref.ToGroup ref, GroupView view, Answers answers) {
        switch (click.action()) {
            case Actions.GO_FORWARD -> goForward(click, ref, view, answers);
            case Actions.UNDO -> undo(click, view, answers);
            case Actions.PLAN_AGAIN -> again(click, view, answers);
            default -> throw new IllegalArgumentException(click.action());
        }
    }

    /** One rollback of a target at a time: these end first, and then the way forward is asked for like any other. */
    private void goForward(Click click, Ref.ToGroup ref, GroupView view, Answers answers) {
        for (TargetRef target : view.group().targets()) {
            if (mayNotAsk(click, view, target, answers)) {
                return;
            }
        }
        Decided decided = groups.stop(ref.namespace(), ref.name(), click.by(), Midway.GoOn);
        if (!(decided instanceof Decided.Recorded) && !(decided instanceof Decided.AlreadyRecorded)) {
            clicks.said(decided).map(Message::of).ifPresent(answers::toPerson);
            return;
        }
        boolean ended = Looks.until(
                Looks.WHILE_WAITING,
                () -> find(ref)
                        .map(now -> now.group().statusOrInitial().phase().terminal())
                        .orElse(true));
        if (ended) {
            find(ref).ifPresent(now -> undo(click, now, answers));
        } else {
            answers.toPerson(Message.of("They are being stopped. Press *Undo all* here once they have ended."));
        }
    }

    private Optional<GroupView> find(Ref.ToGroup ref) {
        return groups.find(ref.namespace(), ref.name());
    }

    /** Back to where each of those that were done came from; the last one first when they were done in order. */
    private void undo(Click click, GroupView view, Answers answers) {
        List<NewGroup.Wish> wishes = new ArrayList<>();
        for (Rollback member : view.members()) {
            Plan plan = member.statusOrInitial().plan();
            if (plan == null || !GroupStops.undoable(member)) {
                continue;
            }
            // The number may be another one by now; the id stays.
            OptionalLong number =
                    targets.numberNow(click.by(), member.target(), plan.from().id());
            if (number.isEmpty()) {
                answers.toPerson(Message.of("Revision " + plan.from().number() + " is no longer in the history of "
                        + Mrkdwn.code(member.target().toString(), 300) + ", so not all of it can be undone at once."));
                return;
            }
            wishes.add(new NewGroup.Wish(
                    member.target(), number, member.getMetadata().getName()));
        }
        if (view.group().getSpec().inOrder()) {
            Collections.reverse(wishes);
        }
        create(click, view, wishes, "undo of " + view.group().getMetadata().getName(), answers);
    }

    /** What has not succeeded and does not stand still, as it was asked for; without what cannot be done, if that was why nothing began. */
    private void again(Click click, GroupView view, Answers answers) {
        List<NewGroup.Wish> wishes = new ArrayList<>();
        for (int i = 0; i < view.size(); i++) {
            boolean left = view.member(i).filter(r -> settled(view, r)).isEmpty();
            Long to = view.group().getSpec().targets().get(i).toRevision();
            if (left) {
                wishes.add(new NewGroup.Wish(view.target(i), to == null ? OptionalLong.empty() : OptionalLong.of(to)));
            }
        }
        create(click, view, wishes, api.masked(view.group().getSpec().reason()), answers);
    }

    private static boolean settled(GroupView view, Rollback member) {
        Phase phase = member.statusOrInitial().phase();
        return phase == Phase.SUCCEEDED
                || GroupStops.resumable(member)
                || GroupButtons.refused(view) && phase != Phase.CANCELLED;
    }

    private void create(Click click, GroupView view, List<NewGroup.Wish> wishes, String reason, Answers answers) {
        boolean back = click.back();
        if (wishes.isEmpty()) {
            answers.toPerson(Message.of("There is nothing left to do."));
            return;
        }
        for (NewGroup.Wish wish : wishes) {
            if (mayNotAsk(click, view, wish.target(), answers)) {
                return;
            }
        }
        RollbackGroupSpec spec = view.group().getSpec();
        PlanOptions options = back || spec.options() == null ? PlanOptions.NONE : spec.options();
        Created created = groups.create(new NewGroup(
                "click:" + click.triggerId(),
                wishes,
                spec.order(),
                back ? Optional.empty() : Optional.ofNullable(spec.toTime()),
                options,
                reason,
                click.by(),
                new RollbackSpec.Origin(click.by().channel(), click.thread()),
                view.group().getMetadata().getName()));
        commands.answer(Reply.of(created), answers);
    }

    /** Says so, too. */
    private boolean mayNotAsk(Click click, GroupView view, TargetRef target, Answers answers) {
        Authorization may = targets.mayRequest(click.by(), on(view.group(), target), Operation.UNDO);
        Optional<String> why = Optional.empty();
        if (!may.allowed()) {
            why = Optional.of(may.why());
        } else if (click.back() && targets.needsReason(target)) {
            why = Optional.of("Nobody may ask for a rollback of " + target + " without saying why, and a button has no"
                    + " words. Type the command with `because …` for each of them.");
        }
        why.ifPresent(w -> commands.answer(new Reply.Refused(w), answers));
        return why.isPresent();
    }

    private static On on(RollbackGroup group, TargetRef target) {
        return new On(target, null, "Undo", group.getMetadata().getName());
    }
}
