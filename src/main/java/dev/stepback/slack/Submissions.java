package dev.stepback.slack;

import com.slack.api.app_backend.views.payload.ViewSubmissionPayload;
import com.slack.api.app_backend.views.response.ViewSubmissionResponse;
import com.slack.api.model.view.View;
import com.slack.api.model.view.ViewState;
import dev.stepback.audit.AuditEvent.Wish;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.NewDecision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.rollback.Rollbacks.Decided;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.slack.card.Confirmations;
import dev.stepback.slack.card.Message;
import dev.stepback.slack.card.Mrkdwn;
import dev.stepback.slack.card.Ref;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what was typed into the modals that confirm a decision. Everything is authorized and compared by the engine, again
 * for every delivery; one that is delivered twice finds its decision recorded.
 */
final class Submissions {
    private static final Logger LOG = LoggerFactory.getLogger(Submissions.class);
    private static final String BUSY = "Too much is going on at once. Please try again in a moment.";

    private final SlackApi api;
    private final Deliveries deliveries;
    private final Rollbacks rollbacks;
    private final DecisionClicks decisions;
    private final GroupClicks groups;
    private final ClickedTargets targets;

    Submissions(
            SlackApi api,
            Deliveries deliveries,
            Rollbacks rollbacks,
            DecisionClicks decisions,
            GroupClicks groups,
            ClickedTargets targets) {
        this.api = api;
        this.deliveries = deliveries;
        this.rollbacks = rollbacks;
        this.decisions = decisions;
        this.groups = groups;
        this.targets = targets;
    }

    /** What came of it: the modal closes, or says what is wrong with an input, or why nothing was done. */
    private record Outcome(Map<String, String> errors, String notice) {
        static final Outcome CLOSED = new Outcome(Map.of(), "");

        static Outcome wrong(String input, String what) {
            return new Outcome(Map.of(input, what), "");
        }

        static Outcome nothing(String mrkdwn) {
            return new Outcome(Map.of(), mrkdwn);
        }
    }

    /** Waits for the outcome as long as Slack does; null closes the modal. */
    @Nullable
    ViewSubmissionResponse answer(ViewSubmissionPayload payload) {
        View view = payload.getView();
        Optional<Verdict> verdict = verdict(view.getCallbackId());
        if (verdict.isEmpty()) {
            return null; // one that only shows something
        }
        String metadata = String.valueOf(view.getPrivateMetadata());
        Optional<Confirmation> about =
                api.references().opened(view.getCallbackId(), metadata).flatMap(Confirmation::parse);
        if (about.isEmpty()) {
            LOG.warn("a modal came back with a reference that is none");
            Wish wish = verdict.get() == Verdict.BrokeGlass ? Wish.BREAK_GLASS : Wish.APPROVE;
            targets.forged(new Actor(Senders.of(payload), ""), wish, metadata);
            return response(Outcome.nothing("This window is of an older kind. Press the button on the card again."));
        }
        Actor by = new Actor(Senders.of(payload), about.get().channel());
        if (!deliveries.hasRoom("submission", new RateLimits.Asker(by.id(), by.channel(), true))) {
            return response(Outcome.wrong(Confirmations.TYPED, BUSY));
        }
        String typed = input(view, Confirmations.TYPED);
        String reason = api.masked(input(view, Confirmations.REASON));
        Deliveries.Awaited<Outcome> outcome = deliveries.awaited(
                "submission", () -> decide(verdict.get(), about.get(), by, typed, reason), late -> tell(by, late));
        return switch (outcome.state()) {
            case DONE -> response(outcome.resultOr(Outcome.CLOSED));
            case LATE -> null;
            case BUSY -> response(Outcome.wrong(Confirmations.TYPED, BUSY));
        };
    }

    private Outcome decide(Verdict verdict, Confirmation about, Actor by, String typed, String reason) {
        LOG.atInfo()
                .addKeyValue("user", by.id())
                .addKeyValue("channel", by.channel())
                .addKeyValue("text", about.ref())
                .log("{} typed", verdict);
        try {
            if (about.ref() instanceof Ref.ToGroup ref) {
                var wanted = new NewDecision(verdict, by, ref.hash(), Optional.of(typed), reason);
                return outcome(groups.decide(ref, wanted), typed);
            }
            Ref.ToRollback ref = (Ref.ToRollback) about.ref();
            var wanted = new NewDecision(verdict, by, ref.planHash(), Optional.of(typed), reason);
            return outcome(rollbacks.decide(ref.namespace(), ref.name(), wanted), typed);
        } catch (RuntimeException e) {
            String id = UUID.randomUUID().toString().substring(0, 8);
            LOG.error("submission failed, error {}", id, e);
            return Outcome.wrong(
                    Confirmations.TYPED,
                    "That did not work, and nothing was decided. Try again in a moment; the log knows it as " + id
                            + ".");
        }
    }

    private Outcome outcome(Decided decided, String typed) {
        if (decided instanceof Decided.NeedsTyping typing) {
            return mistyped(typing.expected(), typed);
        }
        if (decided instanceof Decided.AlreadyRecorded) {
            return Outcome.CLOSED; // delivered twice
        }
        return decisions.said(decided).map(Outcome::nothing).orElse(Outcome.CLOSED);
    }

    private Outcome outcome(RollbackGroups.Decided decided, String typed) {
        if (decided instanceof RollbackGroups.Decided.NeedsTyping typing) {
            return mistyped(typing.expected(), typed);
        }
        if (decided instanceof RollbackGroups.Decided.AlreadyRecorded) {
            return Outcome.CLOSED; // delivered twice
        }
        return groups.said(decided).map(Outcome::nothing).orElse(Outcome.CLOSED);
    }

    private static Outcome mistyped(String expected, String typed) {
        return typed.strip().equalsIgnoreCase(expected)
                ? Outcome.wrong(Confirmations.REASON, "Say why; nothing was decided yet.")
                : Outcome.wrong(
                        Confirmations.TYPED, "This is not " + expected + ". Look again whether that is what you want.");
    }

    /** The modal is gone: what came of it is said in the channel, to the person alone. */
    private void tell(Actor by, Outcome late) {
        String words = late.notice().isEmpty()
                ? String.join(
                        " ",
                        late.errors().values().stream()
                                .map(e -> Mrkdwn.text(e, 1000))
                                .toList())
                : late.notice();
        if (!words.isEmpty()) {
            new SlackAnswers(api, null, by.channel(), null, by.id()).toPerson(Message.of(words));
        }
    }

    private static @Nullable ViewSubmissionResponse response(Outcome outcome) {
        if (!outcome.notice().isEmpty()) {
            return ViewSubmissionResponse.builder()
                    .responseAction("update")
                    .view(Confirmations.outcome(outcome.notice()))
                    .build();
        }
        return outcome.errors().isEmpty()
                ? null
                : ViewSubmissionResponse.builder()
                        .responseAction("errors")
                        .errors(outcome.errors())
                        .build();
    }

    private static Optional<Verdict> verdict(@Nullable String callbackId) {
        return Confirmations.APPROVE.equals(callbackId)
                ? Optional.of(Verdict.Approved)
                : Confirmations.BREAK_GLASS.equals(callbackId) ? Optional.of(Verdict.BrokeGlass) : Optional.empty();
    }

    private static String input(View view, String id) {
        if (view.getState() == null || view.getState().getValues() == null) {
            return "";
        }
        Map<String, ViewState.Value> block = view.getState().getValues().get(id);
        ViewState.Value value = block == null ? null : block.get(id);
        return value == null || value.getValue() == null ? "" : value.getValue();
    }
}
