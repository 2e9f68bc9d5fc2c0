package dev.stepback.slack.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.command.Reply;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.Pieces;
import dev.stepback.rollback.group.RollbackGroup;
import dev.stepback.rollback.group.RollbackGroupSpec;
import dev.stepback.rollback.group.RollbackGroupSpec.Order;
import dev.stepback.rollback.group.RollbackGroupStatus;
import dev.stepback.sandbox.slack.SlackRules;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.Rollout;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The card of several targets, as a person reads it; and that Slack takes it whatever is in it. */
class GroupCardTest {
    @ParameterizedTest
    @MethodSource("dev.stepback.slack.card.GroupSamples#samples")
    void card_readsAsInItsFile(GroupSamples.Sample sample) throws IOException {
        GroupView view = sample.view();
        boolean ended = view.group().statusOrInitial().phase().terminal();

        GoldenCardTest.assertFile(
                sample.name(),
                GroupCard.of(view, GroupSamples.NOW),
                ended
                        ? Optional.of(GroupAnnouncements.outcome(view, GroupSamples.NOW, Optional.empty()))
                        : Optional.empty());
        assertThat(SlackRules.violations(GroupCard.of(view, GroupSamples.NOW).blocks()))
                .isEmpty();
    }

    @Test
    void twentyTargets_withAllThatCanBeSaid_areWithinSlacksLimits() {
        String[] names =
                IntStream.range(0, 20).mapToObj(i -> "n" + i + "x".repeat(240)).toArray(String[]::new);
        RollbackGroup group = Pieces.group(Order.InOrder, names);
        String text = "<!channel> *`&` ".repeat(500);
        Rollback[] members = Stream.of(names)
                .map(name -> Pieces.member(group, name, m -> {
                    m.phase = Phase.RUNNING;
                    m.message = text;
                    m.patchedAt = GroupSamples.NOW;
                    m.plan = MemberSamples.with(
                            Pieces.plan(name),
                            List.of(MemberSamples.WARNING, MemberSamples.WARNING, MemberSamples.WARNING));
                    m.rollout = new Rollout(
                            text,
                            3,
                            3,
                            0,
                            0,
                            List.of(
                                    new Rollout.PodProblem(text, text, text),
                                    new Rollout.PodProblem(text, text, text)));
                }))
                .toArray(Rollback[]::new);
        GroupView view = Pieces.view(group, members);

        for (Phase phase : Phase.values()) {
            group.setStatus(RollbackGroupStatus.initial().with(s -> {
                GroupSamples.awaiting(s);
                s.phase = phase;
                s.message = text;
                s.approvedAt = GroupSamples.NOW;
            }));
            Message card = GroupCard.of(view, GroupSamples.NOW);
            assertThat(SlackRules.violations(card.blocks())).as("%s", phase).isEmpty();
            assertThat(card.text()).doesNotContain("<!channel>");
            assertThat(SlackRules.violations(GroupAnnouncements.outcome(view, GroupSamples.NOW, Optional.empty())
                            .blocks()))
                    .isEmpty();
            GroupAnnouncements.milestones(view, GroupSamples.NOW)
                    .values()
                    .forEach(m -> assertThat(SlackRules.violations(m.blocks())).isEmpty());
        }
        assertThat(DiffMessages.modal(view).getBlocks()).hasSizeLessThanOrEqualTo(100);
        GroupSamples.stoppedHere(Midway.Pause, view, names)
                .members()
                .forEach(m -> m.setStatus(m.statusOrInitial().with(s -> {
                    s.phase = Phase.CANCELLED;
                    s.message = "";
                })));
        assertThat(SlackRules.violations(GroupCard.of(view, GroupSamples.NOW).blocks()))
                .as("all stand still")
                .isEmpty();
    }

    @Test
    void oneThatIsLeft_isSpokenOfAsOne() {
        RollbackGroup group = Pieces.group(Order.InOrder, "db");
        group.setStatus(RollbackGroupStatus.initial().with(GroupSamples::awaiting));
        GroupView view = Pieces.view(group, Pieces.member(group, "db", MemberSamples.planned("db")));

        assertThat(SlackRules.json(GroupCard.of(view, GroupSamples.NOW).blocks()))
                .contains("Rollback of db in production", "Roll back db? It starts at once.")
                .doesNotContain("In order", "all 1", "Approve all\"");
    }

    @Test
    void warnings_areCut_butWhatMattersMostComesFirst() {
        Plan plan = MemberSamples.with(
                Pieces.plan("db"),
                List.of(
                        Finding.warn("data", "Its volumes are not rolled back."),
                        Finding.warn("rollout", "A rollout is in progress."),
                        Finding.warn("configuration", "Changed after that revision was made."),
                        Finding.warn("stuck-pods", "Pod db-2 will be deleted."),
                        Finding.warn("data-downgrade", "mysql 8.4 to 8.0."),
                        Finding.warn("known-bad", "Revision 3 is known bad.")));
        RollbackGroup group = Pieces.group(Order.Together, "db");
        group.setStatus(RollbackGroupStatus.initial().with(GroupSamples::awaiting));
        Rollback member = Pieces.member(group, "db", MemberSamples.planned("db").andThen(m -> m.plan = plan));

        assertThat(SlackRules.json(GroupCard.of(Pieces.view(group, member), GroupSamples.NOW)
                        .blocks()))
                .containsSubsequence(
                        "⚠️ Revision 3 is known bad.",
                        "⚠️ mysql 8.4 to 8.0.",
                        "⚠️ Pod db-2 will be deleted.",
                        "and 3 more warnings")
                .doesNotContain("A rollout is in progress", "Its volumes", "Changed after");
    }

    @Test
    void howTheyAreDone_isSaidBeforeTheApproval() {
        GroupView view = GroupSamples.view(Order.Together, GroupSamples::awaiting, m -> {}, m -> {}, m -> {});
        RollbackGroupSpec asked = view.group().getSpec();
        view.group()
                .setSpec(new RollbackGroupSpec(
                        asked.targets(),
                        asked.order(),
                        null,
                        new PlanOptions(true, false, false),
                        asked.reason(),
                        asked.requestedBy(),
                        asked.origin(),
                        600,
                        null));

        assertThat(SlackRules.json(GroupCard.of(view, GroupSamples.NOW).blocks()))
                .contains("*Fast*: maxSurge is raised");
    }

    @Test
    void list_showsAGroupInOneLine() {
        GroupView view = GroupSamples.approved(GroupSamples.view(
                Order.Together,
                GroupSamples::running,
                MemberSamples.done("cart"),
                MemberSamples.rollsOut("checkout"),
                MemberSamples.planned("db")));

        Message list = new Replies("/rollback", card -> Optional.empty())
                .draw(new Reply.ShowList(List.of(view), List.of(), List.of()), GroupSamples.NOW);

        assertThat(SlackRules.json(list.blocks()))
                .contains("🔄 together in `production`: ✅ `cart`, 🔄 `checkout`, ✋ `db`: *Running*, asked for by");
    }
}
