package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedRevision;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Set<String> NO_HISTORY = Set.of();

    private final List<Rollback> all = new ArrayList<>();

    @Test
    void beyondTheNumber_theOldestGo() {
        for (int day = 10; day > 0; day--) {
            ended("r" + day, Duration.ofDays(day), Phase.EXPIRED);
        }
        assertThat(surplus(3, 90, NO_HISTORY))
                .extracting(Retention::nameOf)
                .containsExactly("r10", "r9", "r8", "r7", "r6", "r5", "r4");
    }

    @Test
    void beyondTheAge_allGoButTheNewest() {
        ended("old", Duration.ofDays(95), Phase.EXPIRED);
        ended("exactly", Duration.ofDays(90), Phase.EXPIRED);
        ended("newest", Duration.ofDays(89), Phase.EXPIRED);
        assertThat(surplus(50, 90, NO_HISTORY)).extracting(Retention::nameOf).containsExactly("old");

        all.clear();
        ended("only", Duration.ofDays(400), Phase.EXPIRED);
        assertThat(surplus(50, 90, NO_HISTORY)).isEmpty();
    }

    @Test
    void openOnesAndWhatTheyFollow_areNeverSurplus() {
        Rollback followed = ended("followed", Duration.ofDays(200), Phase.FAILED);
        add("forgotten", Duration.ofDays(199), Phase.AWAITING_APPROVAL, null, null, null);
        add(
                "open",
                Duration.ofDays(198),
                Phase.RUNNING,
                null,
                null,
                followed.getMetadata().getName());
        ended("newest", Duration.ofDays(2), Phase.EXPIRED);

        assertThat(surplus(1, 1, NO_HISTORY)).isEmpty();
    }

    @Test
    void theLastDay_isKeptWhateverTheNumber() {
        for (int hour = 30; hour > 0; hour--) {
            ended("h" + hour, Duration.ofHours(hour), Phase.REJECTED);
        }
        assertThat(surplus(1, 90, NO_HISTORY))
                .extracting(Retention::nameOf)
                .containsExactly("h30", "h29", "h28", "h27", "h26", "h25");
    }

    @Test
    void newestThatChangedTheTarget_canStillBeUndone() {
        add("earlier", Duration.ofDays(220), Phase.SUCCEEDED, "bad-1", "good-1", null);
        add("undoable", Duration.ofDays(200), Phase.SUCCEEDED, "bad-2", "good-1", null);
        ended("expired", Duration.ofDays(150), Phase.EXPIRED);
        ended("newest", Duration.ofDays(120), Phase.EXPIRED);

        assertThat(surplus(50, 90, NO_HISTORY)).extracting(Retention::nameOf).containsExactly("earlier", "expired");
    }

    @Test
    void knownBad_survivesWhileItIsInTheHistory() {
        add("from-bad", Duration.ofDays(300), Phase.SUCCEEDED, "bad", "good", null);
        add("to-broken", Duration.ofDays(250), Phase.FAILED, "worse", "broken", null);
        add("latest", Duration.ofDays(200), Phase.SUCCEEDED, "other", "good", null);
        Map<String, ?> before = KnownBad.of(all);

        List<Rollback> left = new ArrayList<>(all);
        left.removeAll(surplus(1, 90, Set.of("bad", "broken", "good")));
        assertThat(left).hasSize(3);
        assertThat(KnownBad.of(left)).isEqualTo(before);

        assertThat(surplus(1, 90, Set.of("broken", "good")))
                .extracting(Retention::nameOf)
                .containsExactly("from-bad");
        assertThat(surplus(1, 90, Set.of("good")))
                .extracting(Retention::nameOf)
                .containsExactly("from-bad", "to-broken");
    }

    @Test
    void knownGoodAgain_survivesAsLongAsWhatSaidBad() {
        add("said-bad", Duration.ofDays(300), Phase.SUCCEEDED, "a", "b", null);
        add("said-good", Duration.ofDays(250), Phase.SUCCEEDED, "b", "a", null);
        add("latest", Duration.ofDays(200), Phase.SUCCEEDED, "c", "d", null);

        List<Rollback> gone = surplus(1, 90, Set.of("a", "b", "c", "d"));

        assertThat(gone).extracting(Retention::nameOf).containsExactly("said-bad");
        List<Rollback> left = new ArrayList<>(all);
        left.removeAll(gone);
        assertThat(KnownBad.of(left)).containsOnlyKeys("b", "c");
    }

    private List<Rollback> surplus(int perTarget, int days, Set<String> history) {
        return new Retention(perTarget, Duration.ofDays(days)).surplus(all, history, NOW);
    }

    private Rollback ended(String name, Duration ago, Phase phase) {
        return add(name, ago, phase, null, null, null);
    }

    private Rollback add(
            String name,
            Duration ago,
            Phase phase,
            @Nullable String from,
            @Nullable String to,
            @Nullable String follows) {
        Instant at = NOW.minus(ago);
        Rollback rollback = new Rollback();
        rollback.setMetadata(new ObjectMetaBuilder()
                .withNamespace("production")
                .withName(name)
                .withCreationTimestamp(at.toString())
                .build());
        rollback.setSpec(Specs.undo(
                new RollbackSpec.TargetName(Kind.DEPLOYMENT, "checkout"),
                null,
                "",
                ASKER,
                new RollbackSpec.Origin("C1", null),
                600,
                follows,
                List.of()));
        rollback.setStatus(RollbackStatus.initial().with(s -> {
            s.phase = phase;
            if (phase.terminal()) {
                s.finishedAt = at;
            }
            if (from != null && to != null) {
                s.patchedAt = at;
                s.plan = new Plan(
                        "hash",
                        "uid",
                        new PlannedRevision(2, from, Map.of(), ""),
                        new PlannedRevision(1, to, Map.of(), ""),
                        List.of(),
                        List.of(),
                        List.of());
            }
        }));
        all.add(rollback);
        return rollback;
    }
}
