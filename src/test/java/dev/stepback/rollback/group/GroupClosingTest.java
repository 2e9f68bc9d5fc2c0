package dev.stepback.rollback.group;

import static dev.stepback.rollback.group.Pieces.ASKER;
import static dev.stepback.rollback.group.Pieces.LEAD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Groups that begin nothing more, because one failed or somebody wishes so. */
class GroupClosingTest extends OneGroup {
    @Test
    void failure_waitsForWhatRunsAndStopsTheRest() {
        running();
        release(cart);
        status(cart, s -> {
            s.phase = Phase.FAILED;
            s.patchedAt = NOW;
            s.message = "the deadline passed";
        });

        apply(next());
        assertThat(group.statusOrInitial().ending()).isEqualTo(Phase.FAILED);
        assertThat(next())
                .isInstanceOfSatisfying(
                        GroupAction.Cancel.class, c -> assertThat(c.member()).isSameAs(checkout));
        checkout.setSpec(checkout.getSpec().withCancellation(new Cancellation(ASKER, NOW)));
        assertThat(next()).isInstanceOf(GroupAction.WaitUntil.class);
        status(checkout, s -> s.phase = Phase.CANCELLED);

        RollbackGroupStatus end = written(next());

        assertThat(end.phase()).isEqualTo(Phase.FAILED);
        assertThat(end.message()).isEqualTo("cart: the deadline passed; not begun: checkout");
        apply(next());
        assertThat(next()).isInstanceOf(GroupAction.Leave.class);
    }

    @Test
    void rollbackThatSomebodyDeleted_isNamedInTheEnd() {
        running();
        release(cart);
        release(checkout);
        status(cart, s -> s.phase = Phase.SUCCEEDED);
        apply(next(Pieces.view(group, cart)));

        RollbackGroupStatus end = written(next(Pieces.view(group, cart)));

        assertThat(end.phase()).isEqualTo(Phase.FAILED);
        assertThat(end.message())
                .isEqualTo("not known what became of checkout, somebody deleted the Rollback; done: cart");
    }

    @Test
    void stopThatCameTooLate_isASuccess() {
        running();
        group.setSpec(group.getSpec().withCancellation(new Cancellation(ASKER, NOW)));
        apply(next());
        status(cart, s -> s.phase = Phase.SUCCEEDED);
        status(checkout, s -> s.phase = Phase.SUCCEEDED);

        assertThat(written(next()).phase()).isEqualTo(Phase.SUCCEEDED);
    }

    @Test
    void stopHere_endsWhatRunsAndBeginsNothingMore() {
        running();
        release(cart);
        stop(Midway.Pause);
        assertThat(written(next()).ending()).isEqualTo(Phase.CANCELLED);
        apply(next());
        status(cart, s -> {
            s.phase = Phase.RUNNING;
            s.steps = List.of(new StepStatus("fake.undo", State.Pending, "", NOW, null));
        });
        cancelled(checkout, GroupAction.Cancel.class);
        status(checkout, s -> s.phase = Phase.CANCELLED);

        assertThat(next()).as("the change is on its way").isInstanceOf(GroupAction.Write.class);
        apply(next());
        assertThat(next()).isInstanceOf(GroupAction.WaitUntil.class);
        status(cart, s -> s.patchedAt = NOW);

        assertThat(next()).isInstanceOfSatisfying(GroupAction.Halt.class, halt -> {
            assertThat(halt.member()).isSameAs(cart);
            assertThat(halt.how().midway()).isEqualTo(Midway.Pause);
            assertThat(halt.how().by()).isEqualTo(LEAD);
            cart.setSpec(cart.getSpec().withCancellation(halt.how()));
        });
        assertThat(next()).isInstanceOf(GroupAction.WaitUntil.class);
        status(cart, s -> s.phase = Phase.CANCELLED);
        assertThat(written(next()).message()).isEqualTo("stopped where it was: cart; not begun: checkout");
        assertThat(written(next()).phase()).isEqualTo(Phase.CANCELLED);
    }

    @Test
    void stopHere_afterAFailureStopsTheOthers_andItIsStillAFailure() {
        running();
        release(cart);
        release(checkout);
        status(cart, s -> {
            s.phase = Phase.FAILED;
            s.patchedAt = NOW;
            s.message = "the deadline passed";
        });
        apply(next());
        stop(Midway.Pause);
        status(checkout, s -> {
            s.phase = Phase.RUNNING;
            s.patchedAt = NOW;
        });

        cancelled(checkout, GroupAction.Halt.class);
        status(checkout, s -> {
            s.phase = Phase.CANCELLED;
            s.message = "it could not be paused: somebody deployed";
        });

        assertThat(written(next()).phase()).isEqualTo(Phase.FAILED);
        assertThat(written(next()).message())
                .isEqualTo("cart: the deadline passed; checkout: it could not be paused: somebody deployed");
    }

    @Test
    void stopHere_duringACheckThatChangesNothing_isACancellation() {
        running();
        release(cart);
        stop(Midway.GoOn);
        apply(next());
        status(checkout, s -> s.phase = Phase.CANCELLED);
        status(cart, s -> {
            s.phase = Phase.RUNNING;
            s.plan = Pieces.checked("cart");
            s.steps = List.of(
                    new StepStatus("job.check", State.Started, "", NOW, null),
                    new StepStatus("fake.undo", State.Pending, "", null, null));
        });

        assertThat(next())
                .isInstanceOfSatisfying(
                        GroupAction.Halt.class,
                        halt -> assertThat(halt.how().midway()).isNull());
    }

    @Test
    void changeAfterTheEnd_isSaidOnce_andTheCardIsDrawnAgain() {
        awaiting();
        group.setStatus(group.statusOrInitial().with(s -> {
            s.phase = Phase.CANCELLED;
            s.message = "stopped by lead";
            s.finishedAt = NOW;
            s.card = new CardStatus("C1", "1.0", List.of("x"), true);
        }));
        status(checkout, s -> {
            s.phase = Phase.CANCELLED;
            s.finishedAt = NOW;
        });
        assertThat(next()).isInstanceOf(GroupAction.Leave.class);
        status(checkout, s -> s.patchedAt = NOW.plusSeconds(60));

        RollbackGroupStatus status = written(next());

        assertThat(status.phase()).isEqualTo(Phase.CANCELLED);
        assertThat(status.message())
                .isEqualTo("stopped by lead; checkout was changed after that all the same, the change was on its way"
                        + " already: look at it");
        assertThat(status.card()).isEqualTo(new CardStatus("C1", "1.0", List.of("x"), false));
        assertThat(status.late()).isEqualTo(1);
        assertThat(status.members().get(0).planHash()).isNotNull();
        apply(next());
        assertThat(next()).isInstanceOf(GroupAction.Leave.class);
    }

    private void stop(Midway midway) {
        group.setSpec(group.getSpec().withStop(new Cancellation(LEAD, NOW, midway)));
    }

    private void cancelled(Rollback member, Class<? extends GroupAction> how) {
        assertThat(next()).isInstanceOf(how);
        assertThat(next().toString()).contains(member.getMetadata().getName());
        member.setSpec(member.getSpec().withCancellation(new Cancellation(LEAD, NOW)));
    }
}
