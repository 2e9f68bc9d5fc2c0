package dev.stepback.rollback.event;

import static dev.stepback.rollback.Examples.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.event.DenialLimit.Admitted;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DenialLimitTest {
    private static final Instant NEXT = T0.plus(DenialLimit.WINDOW);
    private final DenialLimit limit = new DenialLimit();

    @Test
    void sameDenial_isToldOnceInAWhileAndThenCounted() {
        assertThat(limit.denied("mallory", "a", T0)).contains(new Admitted(T0, 1));
        for (int i = 1; i <= 500; i++) {
            assertThat(limit.denied("mallory", "a", T0.plusSeconds(i))).isEmpty();
        }
        assertThat(limit.denied("mallory", "a", NEXT)).contains(new Admitted(T0.plusSeconds(1), 501));
        assertThat(limit.denied("mallory", "a", NEXT.plusSeconds(1))).isEmpty();
        assertThat(limit.denied("mallory", "a", NEXT.plus(DenialLimit.WINDOW)))
                .contains(new Admitted(NEXT.plusSeconds(1), 2));
    }

    @Test
    void clockThatIsSetBack_makesNobodyWaitForLonger() {
        Instant back = T0.minusSeconds(86_400);
        for (int i = 0; i < DenialLimit.PER_PERSON; i++) {
            assertThat(limit.denied("mallory", i, T0)).isPresent();
        }
        assertThat(limit.denied("mallory", "more", back)).isEmpty();
        assertThat(limit.denied("mallory", "more", back.plus(DenialLimit.WINDOW).minusMillis(1)))
                .isEmpty();

        assertThat(limit.denied("mallory", "more", back.plus(DenialLimit.WINDOW)))
                .contains(new Admitted(back, 3));
        assertThat(limit.denied("mallory", 0, back.plus(DenialLimit.WINDOW))).isPresent();
    }

    @Test
    void onePerson_hasOnlySoMany_andTakesNothingFromOthers() {
        long told = IntStream.range(0, 500)
                .filter(i -> limit.denied("mallory", i, T0).isPresent())
                .count();
        assertThat(told).isEqualTo(DenialLimit.PER_PERSON);
        assertThat(limit.denied("guest", "another", T0)).isPresent();
        assertThat(limit.denied("mallory", 499, NEXT)).contains(new Admitted(T0, 2));
    }

    @Test
    void allTogether_haveOnlySoMany_howeverManyDenialsThereAre() {
        long told = IntStream.range(0, 50_000)
                .mapToObj(i -> limit.denied("person " + i, i, T0.plusMillis(i)))
                .filter(Optional::isPresent)
                .count();
        assertThat(told).isEqualTo(DenialLimit.TOGETHER);
        assertThat(limit.denied("guest", "b", NEXT.plusSeconds(60))).isPresent();
    }

    @Test
    void whoeverIsDeniedManyThings_silencesNobodyForGood() {
        for (int i = 0; i < 5_000; i++) {
            limit.denied("mallory", i, T0.plusSeconds(i));
        }

        assertThat(limit.denied("guest", "another", T0.plusSeconds(5_000))).isPresent();
    }
}
