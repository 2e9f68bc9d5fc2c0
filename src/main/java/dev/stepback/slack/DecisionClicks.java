package dev.stepback.slack;

import com.slack.api.model.view.View;
import dev.stepback.rollback.NewChoice;
import dev.stepback.rollback.NewDecision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.rollback.Rollbacks.Decided;
import dev.stepback.slack.Clicks.Click;
import dev.stepback.slack.card.Actions;
import dev.stepback.slack.card.Confirmations;
import dev.stepback.slack.card.Message;
import dev.stepback.slack.card.Mrkdwn;
import dev.stepback.slack.card.Ref;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The buttons that decide: each decision is made by the engine, which may want something to be typed first. */
final class DecisionClicks {
    static final Set<String> ACTIONS = Set.of(
            Actions.APPROVE,
            Actions.REJECT,
            Actions.CANCEL,
            Actions.STOP_HERE,
            Actions.BREAK_GLASS,
            Actions.LAST_APPLIED_TOO,
            Actions.LAST_APPLIED_STAYS);

    private static final Logger LOG = LoggerFactory.getLogger(DecisionClicks.class);

    private final SlackApi api;
    private final Rollbacks rollbacks;
    private final Whereabouts whereabouts;

    DecisionClicks(SlackApi api, Rollbacks rollbacks, Whereabouts whereabouts) {
        this.api = api;
        this.rollbacks = rollbacks;
        this.whereabouts = whereabouts;
    }

    void run(Click click, Ref.ToRollback ref, Answers answers) {
        Decided decided = decide(click, ref);
        if (decided instanceof Decided.NeedsTyping typing) {
            ask(click, ref, typing, answers);
        } else {
            said(decided).map(Message::of).ifPresent(answers::toPerson);
        }
    }

    private Decided decide(Click click, Ref.ToRollback ref) {
        return switch (click.action()) {
            case Actions.APPROVE -> decide(click, ref, Verdict.Approved);
            case Actions.REJECT -> decide(click, ref, Verdict.Rejected);
            case Actions.BREAK_GLASS -> decide(click, ref, Verdict.BrokeGlass);
            case Actions.LAST_APPLIED_TOO -> choose(click, ref, true);
            case Actions.LAST_APPLIED_STAYS -> choose(click, ref, false);
            case Actions.STOP_HERE -> rollbacks.stop(ref.namespace(), ref.name(), click.by(), Midway.Pause);
            default -> rollbacks.cancel(ref.namespace(), ref.name(), click.by());
        };
    }

    private Decided choose(Click click, Ref.ToRollback ref, boolean updateLastApplied) {
        return rollbacks.choose(
                ref.namespace(), ref.name(), new NewChoice(click.by(), ref.planHash(), updateLastApplied));
    }

    private Decided decide(Click click, Ref.ToRollback ref, Verdict verdict) {
        return rollbacks.decide(ref.namespace(), ref.name(), NewDecision.click(verdict, click.by(), ref.planHash()));
    }

    private void ask(Click click, Ref.ToRollback ref, Decided.NeedsTyping typing, Answers answers) {
        String reference = new Confirmation(ref, click.by().channel()).toString();
        boolean alone = click.action().equals(Actions.BREAK_GLASS);
        View view = alone
                ? Confirmations.breakGlass(typing.rollback(), typing.expected(), reference)
                : Confirmations.approve(typing.rollback(), typing.expected(), reference);
        try {
            api.open(view, click.triggerId());
        } catch (SlackFailure e) {
            LOG.info("nobody could be asked to type: {}", e.getMessage());
            answers.toPerson(Message.of("Nothing is decided yet: " + (alone ? "going alone" : "an approval")
                    + " has to be typed, and Slack no longer let me ask. Press the button again."));
        }
    }

    /** What the person is told, in mrkdwn; nothing when it was recorded, which the card shows. */
    Optional<String> said(Decided decided) {
        if (decided instanceof Decided.TooLate late) {
            return Optional.of("⌛ " + Mrkdwn.text(late.why(), 1500) + whereabouts.sentence(late.rollback()));
        } else if (decided instanceof Decided.Denied denied) {
            return Optional.of("⛔ " + Mrkdwn.text(denied.why(), 1500));
        } else if (decided instanceof Decided.NeedsTyping typing) {
            return Optional.of("Type " + Mrkdwn.code(typing.expected(), 500) + " to confirm this.");
        } else if (decided instanceof Decided.Gone) {
            return Optional.of(
                    "This rollback no longer exists: somebody deleted it. Type the command to begin a new one.");
        } else if (decided instanceof Decided.AlreadyRecorded already) {
            return Optional.of(
                    "That was recorded before; nothing more happened." + whereabouts.sentence(already.rollback()));
        }
        return Optional.empty();
    }
}
