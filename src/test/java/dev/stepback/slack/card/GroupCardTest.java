package dev.stepback.slack.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.command.Reply;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Choice;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.RollbackStatus.ApprovalStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.Pieces;
import dev.stepback.rollback.group.RollbackGroup;
import dev.stepback.rollback.group.RollbackGroupSpec.Order;
import dev.stepback.rollback.group.RollbackGroupStatus;
import dev.stepback.rollback.group.RollbackGroupStatus.Member;
import dev.stepback.sandbox.slack.SlackRules;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.Rollout;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The card of several targets, as a person reads it; and that Slack takes it whatever is in it. */
class GroupCardTest {
    private static final Instant NOW = Pieces.T0.plusSeconds(90);
    private static final Finding WARNING =
            Finding.warn("configuration", "Changed after that revision was made, and not rolled back: Secret shop.");

    record Sample(String name, GroupView view) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Sample> samples() {
        return Stream.of(
                new Sample("group-planning", view(Order.Together, s -> {}, m -> {}, m -> {}, m -> {})),
                new Sample(
                        "group-awaiting-approval",
                        view(
                                Order.InOrder,
                                GroupCardTest::awaiting,
                                planned("cart"),
                                planned("checkout"),
                                planned("db"))),
                new Sample(
                        "group-applied",
                        view(
                                Order.InOrder,
                                GroupCardTest::awaiting,
                                applied("cart"),
                                applied("checkout"),
                                planned("db"))),
                new Sample(
                        "group-applied-planning-again",
                        chosen(
                                view(
                                        Order.InOrder,
                                        GroupCardTest::awaiting,
                                        applied("cart"),
                                        applied("checkout"),
                                        planned("db")),
                                "cart")),
                new Sample(
                        "group-applied-chosen",
                        chosen(
                                view(
                                        Order.InOrder,
                                        s -> {
                                            awaiting(s);
                                            s.choices = 1;
                                        },
                                        updated("cart"),
                                        updated("checkout"),
                                        planned("db")),
                                "cart",
                                "checkout")),
                new Sample(
                        "group-countdown",
                        view(
                                Order.Together,
                                s -> {
                                    awaiting(s);
                                    s.startsAt = NOW.plusSeconds(7);
                                },
                                planned("cart"),
                                applied("checkout"),
                                planned("db"))),
                new Sample(
                        "group-running",
                        approved(view(
                                Order.InOrder,
                                GroupCardTest::running,
                                done("cart"),
                                rollsOut("checkout"),
                                planned("db")))),
                new Sample(
                        "group-failed",
                        approved(view(
                                Order.InOrder,
                                s -> {
                                    running(s);
                                    ended(s, Phase.FAILED, "checkout: the deadline passed; not begun: db; done: cart");
                                },
                                done("cart"),
                                failed("checkout"),
                                unbegun("db")))),
                new Sample(
                        "group-check-waiting",
                        view(
                                Order.InOrder,
                                GroupCardTest::awaiting,
                                planned("cart"),
                                planned("checkout"),
                                checked("db", Phase.AWAITING_APPROVAL, State.Pending, ""))),
                new Sample(
                        "group-checks",
                        approved(view(
                                Order.Together,
                                GroupCardTest::running,
                                checked("cart", Phase.RUNNING, State.Started, "The data check mysql-data is running."),
                                checked("checkout", Phase.RUNNING, State.Overridden, CheckSamples.FAILED),
                                checked("db", Phase.FAILED, State.Failed, CheckSamples.FAILED)))),
                new Sample(
                        "group-refused",
                        view(
                                Order.Together,
                                s -> ended(
                                        s,
                                        Phase.FAILED,
                                        "db: no rollout history found. Nothing was begun; ask again without db"),
                                unbegun("cart"),
                                unbegun("checkout"),
                                m -> {
                                    m.phase = Phase.FAILED;
                                    m.message = "no rollout history found";
                                })),
                new Sample(
                        "group-stopped",
                        stopped(approved(view(
                                Order.InOrder,
                                s -> {
                                    running(s);
                                    ended(s, Phase.CANCELLED, "not begun: checkout, db; done: cart");
                                },
                                done("cart"),
                                unbegun("checkout"),
                                unbegun("db"))))),
                new Sample(
                        "group-failing",
                        approved(view(
                                Order.Together,
                                s -> {
                                    running(s);
                                    s.ending = Phase.FAILED;
                                    s.message = "cart: the deadline passed";
                                },
                                failed("cart"),
                                rollsOut("checkout"),
                                rollsOut("db")))),
                new Sample(
                        "group-stopping-here",
                        stoppedHere(
                                Midway.Pause,
                                approved(view(
                                        Order.InOrder,
                                        s -> {
                                            running(s);
                                            s.ending = Phase.CANCELLED;
                                            s.message = "stopped by lead";
                                        },
                                        done("cart"),
                                        rollsOut("checkout"),
                                        unbegun("db"))))),
                new Sample(
                        "group-stopped-here",
                        stoppedHere(
                                Midway.Pause,
                                approved(view(
                                        Order.InOrder,
                                        s -> {
                                            running(s);
                                            ended(
                                                    s,
                                                    Phase.CANCELLED,
                                                    "stopped where it was: checkout; not begun: db; done: cart");
                                        },
                                        done("cart"),
                                        halted("checkout"),
                                        unbegun("db"))),
                                "checkout")),
                new Sample(
                        "group-gone-forward",
                        stoppedHere(
                                Midway.GoOn,
                                approved(view(
                                        Order.Together,
                                        s -> {
                                            running(s);
                                            ended(s, Phase.CANCELLED, "followed no longer: checkout, db; done: cart");
                                        },
                                        done("cart"),
                                        halted("checkout"),
                                        halted("db"))),
                                "checkout",
                                "db")),
                new Sample(
                        "group-expired-halfway",
                        approved(view(
                                Order.InOrder,
                                s -> {
                                    running(s);
                                    ended(
                                            s,
                                            Phase.EXPIRED,
                                            "checkout could not be begun within 15 minutes; ask again for what is"
                                                    + " left; not begun: checkout, db; done: cart");
                                },
                                done("cart"),
                                unbegun("checkout"),
                                unbegun("db")))),
                new Sample(
                        "group-changed-late",
                        stopped(view(
                                Order.Together,
                                s -> {
                                    awaiting(s);
                                    ended(
                                            s,
                                            Phase.CANCELLED,
                                            "stopped by lead; checkout was changed after that all the same, the change"
                                                    + " was on its way already: look at it");
                                    s.members = List.of(new Member("checkout", "h", Phase.CANCELLED, true));
                                },
                                unbegun("cart"),
                                m -> {
                                    unbegun("checkout").accept(m);
                                    m.finishedAt = NOW.minusSeconds(60);
                                    m.patchedAt = NOW.minusSeconds(30);
                                    m.message = "cancelled by lead; the change was on its way already and was made"
                                            + " after that: look at the target";
                                },
                                unbegun("db")))),
                new Sample(
                        "group-succeeded",
                        approved(view(
                                Order.Together,
                                s -> {
                                    running(s);
                                    ended(s, Phase.SUCCEEDED, "all 3 are done");
                                },
                                done("cart"),
                                done("checkout"),
                                done("db")))));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void card_readsAsInItsFile(Sample sample) throws IOException {
        GroupView view = sample.view();
        boolean ended = view.group().statusOrInitial().phase().terminal();

        GoldenCardTest.assertFile(
                sample.name(),
                GroupCard.of(view, NOW),
                ended ? Optional.of(GroupAnnouncements.outcome(view, NOW, Optional.empty())) : Optional.empty());
        assertThat(SlackRules.violations(GroupCard.of(view, NOW).blocks())).isEmpty();
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
                    m.patchedAt = NOW;
                    m.plan = with(Pieces.plan(name), List.of(WARNING, WARNING, WARNING));
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
                awaiting(s);
                s.phase = phase;
                s.message = text;
                s.approvedAt = NOW;
            }));
            Message card = GroupCard.of(view, NOW);
            assertThat(SlackRules.violations(card.blocks())).as("%s", phase).isEmpty();
            assertThat(card.text()).doesNotContain("<!channel>");
            assertThat(SlackRules.violations(GroupAnnouncements.outcome(view, NOW, Optional.empty())
                            .blocks()))
                    .isEmpty();
            GroupAnnouncements.milestones(view, NOW)
                    .values()
                    .forEach(m -> assertThat(SlackRules.violations(m.blocks())).isEmpty());
        }
        assertThat(DiffMessages.modal(view).getBlocks()).hasSizeLessThanOrEqualTo(100);
        stoppedHere(Midway.Pause, view, names)
                .members()
                .forEach(m -> m.setStatus(m.statusOrInitial().with(s -> {
                    s.phase = Phase.CANCELLED;
                    s.message = "";
                })));
        assertThat(SlackRules.violations(GroupCard.of(view, NOW).blocks()))
                .as("all stand still")
                .isEmpty();
    }

    @Test
    void list_showsAGroupInOneLine() {
        GroupView view = approved(
                view(Order.Together, GroupCardTest::running, done("cart"), rollsOut("checkout"), planned("db")));

        Message list = new Replies("/rollback", card -> Optional.empty())
                .draw(new Reply.ShowList(List.of(view), List.of(), List.of()), NOW);

        assertThat(SlackRules.json(list.blocks()))
                .contains("🔄 together in `production`: ✅ `cart`, 🔄 `checkout`, ✋ `db`: *Running*, asked for by");
    }

    @SafeVarargs
    private static GroupView view(
            Order order, Consumer<RollbackGroupStatus.Changes> status, Consumer<RollbackStatus.Changes>... members) {
        List<String> names = List.of("cart", "checkout", "db");
        RollbackGroup group = Pieces.group(order, names.toArray(String[]::new));
        group.setStatus(RollbackGroupStatus.initial().with(status));
        return Pieces.view(
                group,
                IntStream.range(0, names.size())
                        .mapToObj(i -> Pieces.member(group, names.get(i), members[i]))
                        .toArray(Rollback[]::new));
    }

    private static void awaiting(RollbackGroupStatus.Changes s) {
        s.phase = Phase.AWAITING_APPROVAL;
        s.cluster = "prod-eu";
        s.hash = Samples.HASH;
        s.approvals = new ApprovalStatus(1, List.of(), true);
        s.plannedAt = NOW.minusSeconds(30);
        s.expiresAt = NOW.plusSeconds(870);
    }

    private static void running(RollbackGroupStatus.Changes s) {
        awaiting(s);
        s.phase = Phase.RUNNING;
        s.approvals = new ApprovalStatus(1, List.of(Pieces.LEAD.id()), true);
        s.approvedAt = NOW.minusSeconds(20);
    }

    private static void ended(RollbackGroupStatus.Changes s, Phase phase, String message) {
        s.phase = phase;
        s.message = message;
        s.finishedAt = NOW;
    }

    private static GroupView approved(GroupView view) {
        RollbackGroup group = view.group();
        group.setSpec(group.getSpec()
                .withDecisions(
                        List.of(new Decision(Verdict.Approved, Pieces.LEAD, NOW.minusSeconds(20), Samples.HASH))));
        return view;
    }

    private static GroupView stopped(GroupView view) {
        RollbackGroup group = view.group();
        group.setSpec(group.getSpec().withCancellation(new Cancellation(Pieces.LEAD, NOW.minusSeconds(5))));
        return view;
    }

    /** @param halted those that were in the middle of their rollouts */
    private static GroupView stoppedHere(Midway midway, GroupView view, String... halted) {
        Cancellation stop = new Cancellation(Pieces.LEAD, NOW.minusSeconds(5), midway);
        view.group().setSpec(view.group().getSpec().withStop(stop));
        view.members().stream()
                .filter(m -> List.of(halted).contains(m.target().name()))
                .forEach(m -> m.setSpec(m.getSpec().withCancellation(stop)));
        return view;
    }

    private static Consumer<RollbackStatus.Changes> halted(String name) {
        return m -> {
            rollsOut(name).accept(m);
            m.phase = Phase.CANCELLED;
            m.message = "";
        };
    }

    private static Consumer<RollbackStatus.Changes> planned(String name) {
        return m -> {
            Pieces.planned(m, name);
            m.plan = with(Pieces.plan(name), name.equals("cart") ? List.of() : List.of(WARNING));
        };
    }

    private static Consumer<RollbackStatus.Changes> applied(String name) {
        return m -> {
            planned(name).accept(m);
            m.plan = with(
                    Pieces.plan(name),
                    List.of(Finding.warn(
                            "last-applied-stale",
                            "It was made with kubectl apply: correct the manifest, or the next apply brings revision 4"
                                    + " back. What kubectl remembers goes stale, so parts of revision 3 may outlive"
                                    + " later applies.")));
        };
    }

    /** As it was chosen. */
    private static Consumer<RollbackStatus.Changes> updated(String name) {
        return m -> {
            planned(name).accept(m);
            m.choices = 1;
        };
    }

    /** @param passedOn to which of them it has been passed on */
    private static GroupView chosen(GroupView view, String... passedOn) {
        List<Choice> choices = List.of(new Choice(true, Pieces.LEAD, NOW.minusSeconds(2), Samples.HASH));
        RollbackGroup group = view.group();
        group.setSpec(group.getSpec().withChoices(choices));
        view.members().stream()
                .filter(m -> List.of(passedOn).contains(m.target().name()))
                .forEach(m -> m.setSpec(m.getSpec().withChoices(choices)));
        return view;
    }

    private static Consumer<RollbackStatus.Changes> checked(String name, Phase phase, State state, String message) {
        return m -> {
            planned(name).accept(m);
            m.phase = phase;
            m.message = message;
            CheckSamples.in(m, state, message, state == State.Failed ? CheckSamples.LOG : null);
        };
    }

    private static Consumer<RollbackStatus.Changes> rollsOut(String name) {
        return m -> {
            planned(name).accept(m);
            m.phase = Phase.RUNNING;
            m.patchedAt = NOW.minusSeconds(10);
            m.rollout = new Rollout(
                    "Waiting for deployment \"" + name
                            + "\" rollout to finish: 1 of 3 updated replicas are available...",
                    3,
                    3,
                    1,
                    0,
                    List.of(new Rollout.PodProblem(name + "-abc-1", "CrashLoopBackOff", "exit code 1")));
        };
    }

    private static Consumer<RollbackStatus.Changes> done(String name) {
        return m -> {
            rollsOut(name).accept(m);
            m.phase = Phase.SUCCEEDED;
            m.message = "deployment \"" + name + "\" successfully rolled out";
        };
    }

    private static Consumer<RollbackStatus.Changes> failed(String name) {
        return m -> {
            rollsOut(name).accept(m);
            m.phase = Phase.FAILED;
            m.message = "the deadline passed";
        };
    }

    private static Consumer<RollbackStatus.Changes> unbegun(String name) {
        return m -> {
            planned(name).accept(m);
            m.phase = Phase.CANCELLED;
            m.message = "cancelled by Stepback";
        };
    }

    private static Plan with(Plan plan, List<Finding> findings) {
        return new Plan(
                plan.hash(), plan.targetUid(), plan.from(), plan.to(), Samples.changes(1), findings, plan.steps());
    }
}
