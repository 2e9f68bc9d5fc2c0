package dev.stepback.slack.card;

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
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Groups in all the ways in which their card can look. */
final class GroupSamples {
    static final Instant NOW = Pieces.T0.plusSeconds(90);

    private GroupSamples() {}

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
                                GroupSamples::awaiting,
                                MemberSamples.planned("cart"),
                                MemberSamples.planned("checkout"),
                                MemberSamples.planned("db"))),
                new Sample(
                        "group-applied",
                        view(
                                Order.InOrder,
                                GroupSamples::awaiting,
                                MemberSamples.applied("cart"),
                                MemberSamples.applied("checkout"),
                                MemberSamples.planned("db"))),
                new Sample(
                        "group-applied-planning-again",
                        chosen(
                                view(
                                        Order.InOrder,
                                        GroupSamples::awaiting,
                                        MemberSamples.applied("cart"),
                                        MemberSamples.applied("checkout"),
                                        MemberSamples.planned("db")),
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
                                        MemberSamples.updated("cart"),
                                        MemberSamples.updated("checkout"),
                                        MemberSamples.planned("db")),
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
                                MemberSamples.planned("cart"),
                                MemberSamples.applied("checkout"),
                                MemberSamples.planned("db"))),
                new Sample(
                        "group-running",
                        approved(view(
                                Order.InOrder,
                                GroupSamples::running,
                                MemberSamples.done("cart"),
                                MemberSamples.rollsOut("checkout"),
                                MemberSamples.planned("db")))),
                new Sample(
                        "group-failed",
                        approved(view(
                                Order.InOrder,
                                s -> {
                                    running(s);
                                    ended(s, Phase.FAILED, "checkout: the deadline passed; not begun: db; done: cart");
                                },
                                MemberSamples.done("cart"),
                                MemberSamples.failed("checkout"),
                                MemberSamples.unbegun("db")))),
                new Sample(
                        "group-check-waiting",
                        view(
                                Order.InOrder,
                                GroupSamples::awaiting,
                                MemberSamples.planned("cart"),
                                MemberSamples.planned("checkout"),
                                MemberSamples.checked("db", Phase.AWAITING_APPROVAL, State.Pending, ""))),
                new Sample(
                        "group-checks",
                        approved(view(
                                Order.Together,
                                GroupSamples::running,
                                MemberSamples.checked(
                                        "cart", Phase.RUNNING, State.Started, "The data check mysql-data is running."),
                                MemberSamples.checked("checkout", Phase.RUNNING, State.Overridden, CheckSamples.FAILED),
                                MemberSamples.checked("db", Phase.FAILED, State.Failed, CheckSamples.FAILED)))),
                new Sample(
                        "group-refused",
                        view(
                                Order.Together,
                                s -> ended(
                                        s,
                                        Phase.FAILED,
                                        "db: no rollout history found. Nothing was begun; ask again without db"),
                                MemberSamples.unbegun("cart"),
                                MemberSamples.unbegun("checkout"),
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
                                MemberSamples.done("cart"),
                                MemberSamples.unbegun("checkout"),
                                MemberSamples.unbegun("db"))))),
                new Sample(
                        "group-failing",
                        approved(view(
                                Order.Together,
                                s -> {
                                    running(s);
                                    s.ending = Phase.FAILED;
                                    s.message = "cart: the deadline passed";
                                },
                                MemberSamples.failed("cart"),
                                MemberSamples.rollsOut("checkout"),
                                MemberSamples.rollsOut("db")))),
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
                                        MemberSamples.done("cart"),
                                        MemberSamples.rollsOut("checkout"),
                                        MemberSamples.unbegun("db"))))),
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
                                        MemberSamples.done("cart"),
                                        MemberSamples.halted("checkout"),
                                        MemberSamples.unbegun("db"))),
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
                                        MemberSamples.done("cart"),
                                        MemberSamples.halted("checkout"),
                                        MemberSamples.halted("db"))),
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
                                MemberSamples.done("cart"),
                                MemberSamples.unbegun("checkout"),
                                MemberSamples.unbegun("db")))),
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
                                MemberSamples.unbegun("cart"),
                                m -> {
                                    MemberSamples.unbegun("checkout").accept(m);
                                    m.finishedAt = NOW.minusSeconds(60);
                                    m.patchedAt = NOW.minusSeconds(30);
                                    m.message = "cancelled by lead; the change was on its way already and was made"
                                            + " after that: look at the target";
                                },
                                MemberSamples.unbegun("db")))),
                new Sample(
                        "group-succeeded",
                        approved(view(
                                Order.Together,
                                s -> {
                                    running(s);
                                    ended(s, Phase.SUCCEEDED, "all 3 are done");
                                },
                                MemberSamples.done("cart"),
                                MemberSamples.done("checkout"),
                                MemberSamples.done("db")))));
    }

    @SafeVarargs
    static GroupView view(
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

    static void awaiting(RollbackGroupStatus.Changes s) {
        s.phase = Phase.AWAITING_APPROVAL;
        s.cluster = "prod-eu";
        s.hash = Samples.HASH;
        s.approvals = new ApprovalStatus(1, List.of(), true);
        s.plannedAt = NOW.minusSeconds(30);
        s.expiresAt = NOW.plusSeconds(870);
    }

    static void running(RollbackGroupStatus.Changes s) {
        awaiting(s);
        s.phase = Phase.RUNNING;
        s.approvals = new ApprovalStatus(1, List.of(Pieces.LEAD.id()), true);
        s.approvedAt = NOW.minusSeconds(20);
    }

    static void ended(RollbackGroupStatus.Changes s, Phase phase, String message) {
        s.phase = phase;
        s.message = message;
        s.finishedAt = NOW;
    }

    static GroupView approved(GroupView view) {
        RollbackGroup group = view.group();
        group.setSpec(group.getSpec()
                .withDecisions(
                        List.of(new Decision(Verdict.Approved, Pieces.LEAD, NOW.minusSeconds(20), Samples.HASH))));
        return view;
    }

    static GroupView stopped(GroupView view) {
        RollbackGroup group = view.group();
        group.setSpec(group.getSpec().withCancellation(new Cancellation(Pieces.LEAD, NOW.minusSeconds(5))));
        return view;
    }

    /** @param halted those that were in the middle of their rollouts */
    static GroupView stoppedHere(Midway midway, GroupView view, String... halted) {
        Cancellation stop = new Cancellation(Pieces.LEAD, NOW.minusSeconds(5), midway);
        view.group().setSpec(view.group().getSpec().withStop(stop));
        view.members().stream()
                .filter(m -> List.of(halted).contains(m.target().name()))
                .forEach(m -> m.setSpec(m.getSpec().withCancellation(stop)));
        return view;
    }

    /** @param passedOn to which of them it has been passed on */
    static GroupView chosen(GroupView view, String... passedOn) {
        List<Choice> choices = List.of(new Choice(true, Pieces.LEAD, NOW.minusSeconds(2), Samples.HASH));
        RollbackGroup group = view.group();
        group.setSpec(group.getSpec().withChoices(choices));
        view.members().stream()
                .filter(m -> List.of(passedOn).contains(m.target().name()))
                .forEach(m -> m.setSpec(m.getSpec().withChoices(choices)));
        return view;
    }
}
