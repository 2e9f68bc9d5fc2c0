package dev.stepback.slack.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.slack.api.model.view.View;
import dev.stepback.command.Reply;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.RollbackStatus.ApprovalStatus;
import dev.stepback.rollback.Specs;
import dev.stepback.rollback.lock.Locks;
import dev.stepback.sandbox.slack.SlackRules;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Change;
import dev.stepback.target.Finding;
import dev.stepback.target.History;
import dev.stepback.target.Revision;
import dev.stepback.target.Rollout;
import dev.stepback.target.TargetRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Whatever people write into names, reasons and change causes: messages stay valid and mention nobody. */
class HostileTextTest {
    private static final Replies REPLIES = new Replies("/rollback", r -> Optional.of("https://example.com/card"));

    @Provide
    Arbitrary<String> hostile() {
        Arbitrary<String> bits = Arbitraries.of(
                "<!channel>",
                "<!here|x>",
                "<@U0LEAD>",
                "```",
                "`",
                "*",
                "_",
                "&amp;",
                "&",
                ">",
                "<http://evil|safe>",
                "\n",
                "\r",
                "\t",
                "\u0000",
                "\u202e",
                "🎉",
                "👩‍👩‍👧",
                ":tada:",
                "é",
                "a",
                " ",
                "]]>",
                "{{",
                "\ud83d",
                "@here",
                "@channel",
                "*bold*",
                "_it_",
                "~gone~",
                "`code`",
                "http://evil.example/x",
                "\u200b",
                "\u2066",
                "\u2028",
                "\ufeff",
                "\n> quote");
        Arbitrary<String> mixed = bits.list().ofMaxSize(60).map(parts -> String.join("", parts));
        return Arbitraries.oneOf(
                mixed, mixed.map(s -> s.repeat(80)), Arbitraries.strings().ofMaxLength(200));
    }

    @Property(tries = 80)
    void card_isValidAndMentionsOnlyPeople(@ForAll("hostile") String text) {
        Rollback rollback = Samples.running(1);
        RollbackSpec spec = rollback.getSpec();
        rollback.setSpec(Specs.undo(
                spec.target(), null, text, new Person("<!channel>", text), spec.origin(), 600, null, spec.decisions()));
        for (Phase phase : Phase.values()) {
            rollback.setStatus(rollback.getStatus().with(s -> {
                s.phase = phase;
                s.message = text;
                s.plan = Samples.plan(
                        Map.of(text, text),
                        Map.of(text, text + "2"),
                        text,
                        List.of(new Change(text, text, null), new Change("p", null, text)),
                        List.of(Finding.warn("w", text), Finding.block("b", text)));
                s.rollout = new Rollout(text, 3, 3, 1, 0, List.of(new Rollout.PodProblem(text, text, text)));
                s.steps = List.of(new RollbackStatus.StepStatus(
                        text, RollbackStatus.StepStatus.State.Failed, text, null, null, text));
            }));
            check(Card.of(rollback, Samples.NOW));
            check(Card.minimal(rollback, Samples.NOW));
            Announcements.milestones(rollback, Samples.NOW).values().forEach(HostileTextTest::check);
            check(Announcements.outcome(rollback, Samples.NOW, Optional.of("https://slack.example/" + text)));
            check(REPLIES.draw(
                    new Reply.ShowAudit(Optional.of(text), Optional.of(text), List.of(rollback, rollback), true),
                    Samples.NOW));
        }
    }

    @Property(tries = 80)
    void replies_areValidAndMentionNobody(@ForAll("hostile") String text) {
        TargetRef target = new TargetRef("production", Samples.CHECKOUT.kind(), "checkout");
        Locks.Lock lock = new Locks.Lock(Optional.of(text), new Person(text, text), Samples.NOW, text);
        Stream<Reply> replies = Stream.of(
                new Reply.NotFound(text, List.of(target), text),
                new Reply.NotFound(text, List.of(), text),
                new Reply.NotUnderstood(text, text, text),
                new Reply.Refused(text),
                new Reply.Help(List.of(text)),
                new Reply.Locked(lock, false),
                new Reply.Unlocked(lock, Samples.LEAD),
                new Reply.Choose(List.of(target, target), text),
                new Reply.ShowDiff(target, 5, 4, List.of(new Change(text, text, text))),
                new Reply.ShowStatus(target, Optional.empty(), Optional.of(Samples.awaitingApproval())),
                new Reply.ShowList(List.of(Samples.awaitingApproval()), List.of(text, text)),
                new Reply.ShowList(List.of(), List.of()),
                new Reply.ShowHistory(
                        new History(
                                target,
                                "uid",
                                OptionalLong.of(1),
                                List.of(new Revision(
                                        1,
                                        "a",
                                        List.of(),
                                        Map.of(text, text),
                                        text,
                                        Samples.NOW,
                                        1,
                                        "a",
                                        true,
                                        Optional.empty())),
                                10),
                        OptionalLong.empty(),
                        Map.of("a", BadRevision.rolloutFailed(text, Samples.NOW))));
        replies.forEach(reply -> check(REPLIES.draw(reply, Samples.NOW)));
    }

    @Property(tries = 100)
    void modal_isValid(@ForAll("hostile") String text) {
        List<Change> changes = java.util.Collections.nCopies(50, new Change(text, text, text));
        assertThat(SlackRules.violations(DiffMessages.modal(Samples.CHECKOUT, 5, 4, changes)))
                .isEmpty();
    }

    @Property(tries = 80)
    void approvalsAndModals_areValidAndMentionNobody(@ForAll("hostile") String text) {
        Rollback rollback = Samples.running(1);
        Person somebody = new Person("<!channel>", text);
        rollback.setSpec(rollback.getSpec()
                .withDecisions(Stream.of(Decision.Verdict.values())
                        .map(verdict -> new Decision(verdict, somebody, Samples.NOW, Samples.HASH, "C1", text))
                        .toList()));
        for (Phase phase : Phase.values()) {
            rollback.setStatus(rollback.getStatus().with(s -> {
                s.phase = phase;
                s.cluster = text.isEmpty() ? null : text;
                s.message = text;
                s.approvals =
                        new ApprovalStatus(3, List.of("<!channel>"), true, List.of(text, "@here", "<!here>"), true);
            }));
            check(Card.of(rollback, Samples.NOW));
            check(Announcements.outcome(rollback, Samples.NOW, Optional.empty()));
            Announcements.brokenGlass(rollback, false, Optional.of("https://slack.example/" + text))
                    .ifPresent(HostileTextTest::check);
        }
        for (View view : List.of(
                Confirmations.approve(rollback, text, "ref"),
                Confirmations.breakGlass(rollback, text, "ref"),
                Confirmations.outcome(Mrkdwn.text(text + "x", 1500)))) {
            assertThat(SlackRules.violations(view)).isEmpty();
        }
    }

    /** A code span would lend what somebody has said the looks of what Stepback says. */
    @Test
    void reasonNameAndChangeCause_areNoCode() {
        Rollback rollback = Samples.running(1);
        RollbackSpec spec = rollback.getSpec();
        rollback.setSpec(Specs.undo(
                spec.target(), null, "`why`", new Person("?", "`who`"), spec.origin(), 600, null, spec.decisions()));
        rollback.setStatus(rollback.getStatus().with(s -> {
            s.plan = Samples.plan(Map.of(), Map.of(), "`cause`", List.of(), List.of());
            s.rollout = new Rollout("", 3, 3, 1, 0, List.of(new Rollout.PodProblem("p", "`bad`", "`worse`")));
        }));
        for (Message message : List.of(
                Card.of(rollback, Samples.NOW),
                Announcements.outcome(rollback, Samples.NOW, Optional.empty()),
                REPLIES.draw(
                        new Reply.ShowAudit(Optional.empty(), Optional.empty(), List.of(rollback), false),
                        Samples.NOW))) {
            assertThat(SlackRules.json(message))
                    .doesNotContain("`why", "`who", "`cause", "`bad", "`worse", "why`", "cause`");
        }
    }

    private static void check(Message message) {
        assertThat(SlackRules.violations(message.blocks())).isEmpty();
        assertThat(message.text()).isNotBlank().hasSizeLessThan(4000);
        String json = SlackRules.json(message).replace("\\u003c", "<").replace("\\u003e", ">");
        // A button's value is never shown.
        json = json.replaceAll("\"value\":\"(?:\\\\.|[^\"\\\\])*+\"", "");
        assertThat(json).doesNotContain("<!channel", "<!here", "<http://evil");
        assertThat(json).doesNotContain("\u202e", "\u2066", "\u2028", "\ufeff", "\u200d");
        assertThat(json.split("\"type\":\"mrkdwn\"", -1)).hasSameSizeAs(json.split("\"verbatim\":true", -1));
        for (String part : json.split("\"text\":\"")) {
            String text = part.split("(?<!\\\\)\"", 2)[0];
            assertThat(text.split("```", -1).length % 2)
                    .as("closed fences in %s", text)
                    .isEqualTo(1);
        }
    }
}
