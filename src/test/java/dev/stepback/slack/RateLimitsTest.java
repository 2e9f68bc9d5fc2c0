package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.config.Rate;
import dev.stepback.config.StepbackConfig;
import dev.stepback.slack.RateLimits.Asker;
import dev.stepback.slack.RateLimits.Outcome;
import dev.stepback.stage.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitsTest {
    private final ManualClock clock = new ManualClock("2026-11-21T03:00:00Z");
    private final RateLimits limits = new RateLimits(
            new StepbackConfig.Limits(new Rate(3, Duration.ofMinutes(1)), new Rate(5, Duration.ofMinutes(1))), clock);

    private Outcome ask(String user, String channel) {
        return limits.take(new Asker(user, channel, false));
    }

    private Outcome decide(String user, String channel) {
        return limits.take(new Asker(user, channel, true));
    }

    private void pass(int seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    @Test
    void oneTooMany_isToldOnceAndThenIgnored() {
        for (int i = 0; i < 3; i++) {
            assertThat(ask("U1", "C1")).isInstanceOf(Outcome.Go.class);
        }
        assertThat(ask("U1", "C1"))
                .isInstanceOfSatisfying(
                        Outcome.Tell.class,
                        tell -> assertThat(tell.words()).contains("3 a minute", "one person", "not done", "in 20 s"));
        assertThat(ask("U1", "C1")).isInstanceOf(Outcome.Ignore.class);
        assertThat(ask("U1", "C2")).isInstanceOf(Outcome.Ignore.class);
        assertThat(ask("U2", "C1")).isInstanceOf(Outcome.Go.class);
    }

    @Test
    void room_comesBackEvenly() {
        for (int i = 0; i < 4; i++) {
            ask("U1", "C1");
        }
        pass(19);
        assertThat(ask("U1", "C1")).isInstanceOf(Outcome.Ignore.class);
        pass(1);
        assertThat(ask("U1", "C1")).isInstanceOf(Outcome.Go.class);
        assertThat(ask("U1", "C1")).isInstanceOf(Outcome.Ignore.class);
        pass(3600);
        for (int i = 0; i < 3; i++) {
            assertThat(ask("U1", "C1")).isInstanceOf(Outcome.Go.class);
        }
        assertThat(ask("U1", "C1")).isInstanceOf(Outcome.Tell.class);
    }

    @Test
    void floodedChannel_leavesRoomForDecisionsAndOtherChannels() {
        for (int i = 0; i < 5; i++) {
            assertThat(ask("flooder " + i, "C1")).isInstanceOf(Outcome.Go.class);
        }
        assertThat(ask("U1", "C1"))
                .isInstanceOfSatisfying(
                        Outcome.Tell.class, tell -> assertThat(tell.words()).contains("5 a minute", "one channel"));
        assertThat(ask("U1", "C1")).isInstanceOf(Outcome.Ignore.class);
        assertThat(ask("U2", "C1")).isInstanceOf(Outcome.Tell.class);
        assertThat(decide("U1", "C1")).isInstanceOf(Outcome.Go.class);
        assertThat(ask("U2", "C2")).isInstanceOf(Outcome.Go.class);
    }

    @Test
    void decisions_haveALimitOfTheirOwnForEachPerson() {
        for (int i = 0; i < 4; i++) {
            ask("U1", "C1");
        }
        for (int i = 0; i < 3; i++) {
            assertThat(decide("U1", "C1")).isInstanceOf(Outcome.Go.class);
        }
        assertThat(decide("U1", "C1")).isInstanceOf(Outcome.Tell.class);
        assertThat(decide("U2", "C1")).isInstanceOf(Outcome.Go.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"approve", "reject", "break_glass", "cancel", "stop_here"})
    void buttonThatDecides_doesNotCountForTheChannel(String action) {
        assertThat(Receiver.decides(action)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "roll_back_to", "undo", "retry", "diff", ""})
    void buttonThatBeginsSomethingOrShowsIt_countsForTheChannel(String action) {
        assertThat(Receiver.decides(action)).isFalse();
    }

    @Test
    void longText_isNoDecision() {
        assertThat(Receiver.isDecision("x ".repeat(40_000))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "checkout cancel, true",
        "LOCK production because of an incident, true",
        "unlock, true",
        "checkout, false",
        "checkout because the lock is stuck, false",
        "blocker history, false",
        "because I cancel it, false",
        "'', false"
    })
    void decisions_areKnownByTheirVerb(String text, boolean expected) {
        assertThat(Receiver.isDecision(text)).isEqualTo(expected);
    }
}
