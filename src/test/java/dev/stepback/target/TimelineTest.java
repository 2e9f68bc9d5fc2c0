package dev.stepback.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.target.Revision.Numbered;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Times are of one day; revisions are named by letters, as they keep their id when they get another number. */
class TimelineTest {
    private static final TargetRef TARGET = new TargetRef("production", Kind.DEPLOYMENT, "checkout");

    private static final Revision A = revision("a", 1, "10:00");
    private static final Revision B = revision("b", 2, "12:00");
    private static final Revision C = revision("c", 3, "14:00");

    @Test
    void eachRevision_isCurrentFromItsCreationToTheNext() {
        assertThat(at("10:00", A, B, C)).isEqualTo("a 10:00-12:00");
        assertThat(at("11:59", A, B, C)).isEqualTo("a 10:00-12:00");
        assertThat(at("12:00", A, B, C)).isEqualTo("b 12:00-14:00");
        assertThat(at("23:00", A, B, C)).isEqualTo("c 14:00-");
    }

    @Test
    void beforeTheOldest_nothingIsKept() {
        assertThat(at("09:59", A, B, C)).isEqualTo("from 10:00");
        assertThat(at("09:59")).isEqualTo("nothing");
    }

    /** Rolled back from c to a, which became revision 4. */
    @Test
    void revisionThatWasUsedAgain_beganWhenStepbackPatched() {
        Revision again = revision("a", 4, "10:00", 1);
        PastUndo undo = undo("16:00", "c", "a");

        assertThat(at("15:59", List.of(undo), again, B, C)).isEqualTo("c 14:00-16:00");
        assertThat(at("16:00", List.of(undo), again, B, C)).isEqualTo("a 16:00-");
        assertThat(at("11:00", List.of(undo), again, B, C)).isEqualTo("a 10:00-12:00");
    }

    @Test
    void revisionThatWasUsedAgainBySomebodyElse_leavesADoubt_onlyWhereItMatters() {
        Revision again = revision("a", 3, "10:00", 1);
        Revision newer = revision("d", 4, "18:00");

        assertThat(at("13:00", again, B, newer)).isEqualTo("b 12:00-18:00 perhaps 3");
        assertThat(at("18:30", again, B, newer)).isEqualTo("d 18:00-");
        assertThat(at("11:00", again, B, newer)).isEqualTo("a 10:00-12:00");
    }

    /** The API server remembers when the ReplicaSet's numbers or replicas were written last. */
    @Test
    void latestTimeOfANumber_makesWhatComesAfterItSure() {
        Revision again = numbered(revision("a", 3, "10:00", 1), "16:00", false);

        assertThat(at("16:00", again, B)).isEqualTo("a ?-");
        assertThat(at("15:00", again, B)).isEqualTo("b 12:00- perhaps 3");
    }

    @Test
    void exactTimeOfANumber_isBelieved_andTellsThatItWasUsedAgain() {
        Revision again = numbered(revision("a", 3, "10:00"), "16:00", true);

        assertThat(at("15:59", again, B)).isEqualTo("b 12:00-16:00");
        assertThat(at("16:00", again, B)).isEqualTo("a 16:00-");
        assertThat(at("11:00", again, B)).isEqualTo("a 10:00-12:00");
    }

    @Test
    void undoAndTheApiServersMemoryOfIt_areOne() {
        Revision again = numbered(revision("a", 3, "10:00"), "16:00", true);
        PastUndo undo = new PastUndo(time("16:00").plus(Duration.ofMillis(400)), "b", "a");

        assertThat(at("16:30", List.of(undo), again, B)).isEqualTo("a 16:00-");
    }

    @Test
    void backAndForth_isToldByTheUndos() {
        Revision a = revision("a", 5, "10:00", 1, 3);
        Revision b = revision("b", 4, "12:00", 2);
        List<PastUndo> undos = List.of(undo("17:00", "b", "a"), undo("13:00", "b", "a"), undo("15:00", "a", "b"));

        assertThat(at("12:30", undos, a, b)).isEqualTo("b 12:00-13:00");
        assertThat(at("14:00", undos, a, b)).isEqualTo("a 13:00-15:00");
        assertThat(at("16:00", undos, a, b)).isEqualTo("b 15:00-17:00");
        assertThat(at("18:00", undos, a, b)).isEqualTo("a 17:00-");
    }

    @Test
    void controllerRevisions_tellNoEarlierNumbers_undosDo() {
        Revision a = revision("a", 5, "10:00");
        Revision b = revision("b", 4, "12:00");
        List<PastUndo> undos = List.of(undo("13:00", "b", "a"), undo("15:00", "a", "b"), undo("17:00", "b", "a"));

        assertThat(at("14:00", undos, a, b)).isEqualTo("a 13:00-15:00");
        assertThat(at("16:00", undos, a, b)).isEqualTo("b 15:00-17:00");
        assertThat(at("17:30", undos, a, b)).isEqualTo("a 17:00-");
    }

    @Test
    void revisionsThatAreNoLongerKept_leaveADoubt() {
        assertThat(at("13:00", B, revision("f", 6, "18:00"))).isEqualTo("b 12:00-18:00 perhaps 3 to 5");
        assertThat(at("13:00", B, revision("d", 4, "18:00"))).isEqualTo("b 12:00-18:00 perhaps 3");
        assertThat(at("18:00", B, revision("f", 6, "18:00"))).isEqualTo("f 18:00-");
    }

    @Test
    void undoToARevisionThatIsNotKept_isLeftOut() {
        assertThat(at("23:00", List.of(undo("16:00", "c", "gone")), A, B, C)).isEqualTo("c 14:00-");
    }

    private static String at(String time, Revision... revisions) {
        return at(time, List.of(), revisions);
    }

    private static String at(String time, List<PastUndo> undos, Revision... revisions) {
        List<Revision> newestFirst = Stream.of(revisions)
                .sorted(Comparator.comparingLong(Revision::number).reversed())
                .toList();
        Timeline.Answer answer = Timeline.at(
                new History(TARGET, "u", OptionalLong.empty(), newestFirst, 10), new PointInTime(time(time), undos));
        if (answer instanceof Timeline.Answer.NotKept none) {
            return none.oldest().map(oldest -> "from " + text(oldest)).orElse("nothing");
        }
        Timeline.Answer.Was was = (Timeline.Answer.Was) answer;
        String doubt = was.doubt().replaceAll(".*revisions? (\\d+(?: to \\d+)?).*", " perhaps $1");
        return was.revision().id() + " " + was.since().map(TimelineTest::text).orElse("?") + "-"
                + was.until().map(TimelineTest::text).orElse("") + doubt;
    }

    private static PastUndo undo(String time, String from, String to) {
        return new PastUndo(time(time), from, to);
    }

    private static Revision revision(String id, long number, String created, long... earlier) {
        List<Long> numbers = java.util.Arrays.stream(earlier).boxed().toList();
        return new Revision(number, id, numbers, Map.of(), "", time(created), 0, id, true, Optional.empty());
    }

    private static Revision numbered(Revision r, String time, boolean exactly) {
        return new Revision(
                r.number(),
                r.id(),
                r.earlierNumbers(),
                r.images(),
                r.changeCause(),
                r.createdAt(),
                r.replicas(),
                r.release(),
                r.wasAvailable(),
                Optional.of(new Numbered(time(time), exactly)));
    }

    private static Instant time(String time) {
        return LocalDate.of(2026, 11, 21).atTime(LocalTime.parse(time)).toInstant(ZoneOffset.UTC);
    }

    private static String text(Instant time) {
        return time.atOffset(ZoneOffset.UTC).toLocalTime().toString().substring(0, 5);
    }
}
