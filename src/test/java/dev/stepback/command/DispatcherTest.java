package dev.stepback.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.target.Operation;
import dev.stepback.target.TargetRef;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DispatcherTest {
    private final Desk desk = new Desk();
    private final FakeTarget cluster = desk.cluster;
    private final FakeRollbacks rollbacks = desk.rollbacks;
    private final TargetRef checkout = desk.checkout;

    @Test
    void rollback_isOpened() {
        assertThat(dispatch("checkout to 2 because errors")).isInstanceOfSatisfying(Reply.Opened.class, opened -> {
            assertThat(opened.rollback().target()).isEqualTo(checkout);
            assertThat(opened.rollback().getSpec().toRevision()).isEqualTo(2);
            assertThat(opened.rollback().getSpec().reason()).isEqualTo("errors");
            assertThat(opened.rollback().getSpec().origin().channel()).isEqualTo("C1");
        });
    }

    @Test
    void time_isThatOfThePersonsClock_andIsSaid() {
        desk.zones = person -> Optional.of(ZoneId.of("Europe/Berlin"));

        assertThat(dispatch("checkout to time 12:05")).isInstanceOfSatisfying(Reply.Opened.class, opened -> {
            assertThat(opened.rollback().getSpec().toTime()).isEqualTo(Instant.parse("2026-11-21T11:05:00Z"));
            assertThat(opened.understood()).isEqualTo("It goes back to what ran at 12:05 CET (11:05 UTC).");
        });
    }

    @Test
    void timeThatIsRefused_saysWhichOneItWasTakenFor() {
        cluster.add("production", "cart", 1);

        assertThat(dispatch("cart to time 11:05"))
                .isEqualTo(new Reply.Refused("You asked for what ran at 11:05 UTC (your time zone is not known):"
                        + " unable to find specified revision"));
    }

    @Test
    void sameDeliveryTwice_opensOneRollback() {
        Reply first = dispatch("checkout", "key");
        Reply second = dispatch("checkout", "key");
        assertThat(second).isEqualTo(first);
        assertThat(rollbacks.byDelivery).hasSize(1);
    }

    @Test
    void secondRequestForATarget_pointsToTheOpenOne() {
        dispatch("checkout", "one");
        assertThat(dispatch("checkout", "two")).isInstanceOf(Reply.AlreadyOpen.class);
    }

    @Test
    void whatKubectlWouldRefuse_isRefusedAtOnceAndLeavesNothing() {
        cluster.paused.add(checkout);
        assertThat(dispatch("checkout")).isEqualTo(new Reply.Paused(checkout, "resume it first"));
        assertThat(dispatch("checkout to 9")).isInstanceOf(Reply.Refused.class);
        assertThat(rollbacks.byDelivery).isEmpty();
    }

    @Test
    void pausedTarget_isResumedOnRequest() {
        cluster.paused.add(checkout);

        assertThat(dispatch("resume checkout because fixed"))
                .isInstanceOfSatisfying(
                        Reply.Opened.class,
                        opened ->
                                assertThat(opened.rollback().getSpec().wanted()).isEqualTo(Operation.RESUME));
    }

    @Test
    void ambiguousName_isAskedBack() {
        TargetRef staging = cluster.add("staging", "checkout", 2);
        assertThat(dispatch("checkout to 2 because x"))
                .isEqualTo(new Reply.Choose(List.of(checkout, staging), "to 2 because x"));
        assertThat(dispatch("staging/checkout")).isInstanceOf(Reply.Opened.class);
    }

    @Test
    void unknownName_isAnsweredWithTheNearest() {
        cluster.add("production", "cart", 1);
        assertThat(dispatch("chekcout history"))
                .isEqualTo(new Reply.NotFound("chekcout", List.of(checkout), "history"));
        assertThat(dispatch("zzzzzz")).isEqualTo(new Reply.NotFound("zzzzzz", List.of(), ""));
    }

    @Test
    void targetThatHasJustBeenDeleted_isNotFound() {
        cluster.deleted.add(checkout);
        for (String text : List.of("checkout", "checkout history", "checkout diff 1", "checkout status")) {
            assertThat(dispatch(text)).isInstanceOf(Reply.NotFound.class);
        }
    }

    @Test
    void cancel_concernsTheOneThatIsOpen() {
        cluster.add("staging", "checkout", 2);
        dispatch("production/checkout");
        assertThat(dispatch("checkout cancel")).isInstanceOf(Reply.CancelRequested.class);
        assertThat(dispatch("production/checkout cancel"))
                .isEqualTo(new Reply.Refused("No rollback of production/deployment/checkout is open,"
                        + " so there is nothing to cancel. The last one is Cancelled."));
    }

    private Reply dispatch(String text) {
        return desk.dispatch(text);
    }

    private Reply dispatch(String text, String key) {
        return desk.dispatch(text, key);
    }
}
