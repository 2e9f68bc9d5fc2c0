package dev.stepback.slack;

import com.slack.api.model.view.View;
import dev.stepback.audit.AuditEvent.Wish;
import dev.stepback.audit.On;
import dev.stepback.command.Reply;
import dev.stepback.rollback.Authorizer.Authorization;
import dev.stepback.rollback.NewChoice;
import dev.stepback.rollback.NewDecision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.RollbackGroup;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.rollback.group.RollbackGroups.Decided;
import dev.stepback.slack.Clicks.Click;
import dev.stepback.slack.card.Actions;
import dev.stepback.slack.card.Announcements;
import dev.stepback.slack.card.Confirmations;
import dev.stepback.slack.card.DiffMessages;
import dev.stepback.slack.card.Message;
import dev.stepback.slack.card.Mrkdwn;
import dev.stepback.slack.card.Ref;
import dev.stepback.target.TargetRef;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what the buttons of a group's card ask for; everything is read again and authorized when the click arrives. */
final class GroupClicks {
    private static final Logger LOG = LoggerFactory.getLogger(GroupClicks.class);

    private final SlackApi api;
    private final RollbackGroups groups;
    private final ClickedTargets targets;
    private final Commands commands;
    private final Workspace workspace;
    private final AnotherGroup another;

    GroupClicks(SlackApi api, RollbackGroups groups, ClickedTargets targets, Commands commands, Workspace workspace) {
        this.api = api;
        this.groups = groups;
        this.targets = targets;
        this.commands = commands;
        this.workspace = workspace;
        this.another = new AnotherGroup(api, groups, targets, commands, this);
    }

    void run(Click click, Wish wish, Ref.ToGroup ref, Answers answers) {
        Optional<GroupView> found = find(ref);
        if (found.isEmpty()) {
            said(new Decided.Gone()).map(Message::of).ifPresent(answers::toPerson);
            return;
        }
        GroupView view = found.get();
        for (TargetRef target : view.group().targets()) {
            Authorization may = targets.mayView(click.by(), wish, on(view.group(), target));
            if (!may.allowed()) {
                commands.answer(new Reply.Refused(may.why()), answers);
                return;
            }
        }
        if (!Whereabouts.isCard(view.group().statusOrInitial().card(), click)) {
            answers.toPerson(Message.of(
                    "↪️ This is not the current card of these rollbacks, so nothing was done." + sentence(view)));
            return;
        }
        switch (click.action()) {
            case Actions.APPROVE -> decided(click, ref, decide(click, ref, Verdict.Approved), answers);
            case Actions.REJECT -> decided(click, ref, decide(click, ref, Verdict.Rejected), answers);
            case Actions.BREAK_GLASS -> decided(click, ref, decide(click, ref, Verdict.BrokeGlass), answers);
            case Actions.CANCEL -> decided(click, ref, groups.cancel(ref.namespace(), ref.name(), click.by()), answers);
            case Actions.LAST_APPLIED_TOO -> decided(click, ref, choose(click, ref, true), answers);
            case Actions.LAST_APPLIED_STAYS -> decided(click, ref, choose(click, ref, false), answers);
            case Actions.STOP_HERE ->
                decided(click, ref, groups.stop(ref.namespace(), ref.name(), click.by(), Midway.Pause), answers);
            case Actions.GO_FORWARD, Actions.UNDO, Actions.PLAN_AGAIN -> another.run(click, ref, view, answers);
            case Actions.FULL_DIFF -> open(click, DiffMessages.modal(view), answers);
            default -> LOG.info("unknown button {}", click.action());
        }
    }

    private Decided decide(Click click, Ref.ToGroup ref, Verdict verdict) {
        return decide(ref, NewDecision.click(verdict, click.by(), ref.hash()));
    }

    private Decided choose(Click click, Ref.ToGroup ref, boolean updateLastApplied) {
        return groups.choose(ref.namespace(), ref.name(), new NewChoice(click.by(), ref.hash(), updateLastApplied));
    }

    Decided decide(Ref.ToGroup ref, NewDecision decision) {
        return groups.decide(ref.namespace(), ref.name(), decision);
    }

    private void decided(Click click, Ref.ToGroup ref, Decided decided, Answers answers) {
        if (decided instanceof Decided.NeedsTyping typing) {
            String reference = new Confirmation(ref, click.by().channel()).toString();
            open(
                    click,
                    click.action().equals(Actions.BREAK_GLASS)
                            ? Confirmations.breakGlass(typing.view(), typing.expected(), reference)
                            : Confirmations.approve(typing.view(), typing.expected(), reference),
                    answers);
        } else {
            said(decided).map(Message::of).ifPresent(answers::toPerson);
        }
    }

    private void open(Click click, View view, Answers answers) {
        try {
            api.open(view, click.triggerId());
        } catch (SlackFailure e) {
            LOG.info("no window could be opened: {}", e.getMessage());
            answers.toPerson(Message.of(
                    "Slack no longer let me open a window, and nothing was decided. Press the button again."));
        }
    }

    /** What the person is told, in mrkdwn; nothing when it was recorded, which the card shows. */
    Optional<String> said(Decided decided) {
        if (decided instanceof Decided.TooLate late) {
            return Optional.of("⌛ " + Mrkdwn.text(late.why(), 1500) + sentence(late.view()));
        } else if (decided instanceof Decided.Denied denied) {
            return Optional.of("⛔ " + Mrkdwn.text(denied.why(), 1500));
        } else if (decided instanceof Decided.NeedsTyping typing) {
            return Optional.of("Type " + Mrkdwn.code(typing.expected(), 500) + " to confirm this.");
        } else if (decided instanceof Decided.Gone) {
            return Optional.of(
                    "These rollbacks no longer exist: somebody deleted them. Type the command to begin anew.");
        } else if (decided instanceof Decided.AlreadyRecorded already) {
            return Optional.of("That was recorded before; nothing more happened." + sentence(already.view()));
        }
        return Optional.empty();
    }

    private String sentence(GroupView view) {
        return workspace
                .cardLink(view.group().statusOrInitial().card())
                .map(link -> " " + Announcements.link("The card", link) + " says how it stands.")
                .orElse("");
    }

    private Optional<GroupView> find(Ref.ToGroup ref) {
        return groups.find(ref.namespace(), ref.name());
    }

    private static On on(RollbackGroup group, TargetRef target) {
        return new On(target, null, "Undo", group.getMetadata().getName());
    }
}
