package dev.stepback.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** It is Saturday, 2026-11-21, 15:00 in Berlin, where the clocks are one hour ahead of UTC. */
class PastTimeTest {
    private static final Instant NOW = Instant.parse("2026-11-21T14:00:00Z");
    private static final Asked IN_BERLIN = new Asked(NOW, () -> Optional.of(ZoneId.of("Europe/Berlin")));
    private static final Asked ANYWHERE = new Asked(NOW, Optional::empty);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        checkout to time 14:05                              | 2026-11-21T13:05:00Z
        checkout to 14:05                                   | 2026-11-21T13:05:00Z
        checkout to "14:05"                                 | 2026-11-21T13:05:00Z
        checkout to time “14:05” because payments fail      | 2026-11-21T13:05:00Z
        to 14:05 checkout                                   | 2026-11-21T13:05:00Z
        checkout to at 14:05.                               | 2026-11-21T13:05:00Z
        checkout to 14.05                                   | 2026-11-21T13:05:00Z
        checkout to 14:05:30                                | 2026-11-21T13:05:30Z
        checkout to time 2:05pm                             | 2026-11-21T13:05:00Z
        checkout to time 2:05 p.m.                          | 2026-11-21T13:05:00Z
        checkout to 2 pm                                    | 2026-11-21T13:00:00Z
        checkout to 2pm                                     | 2026-11-21T13:00:00Z
        checkout to noon                                    | 2026-11-21T11:00:00Z
        checkout to 9:05                                    | 2026-11-21T08:05:00Z
        checkout to 14:05 UTC                               | 2026-11-20T14:05:00Z
        checkout to 13:05 UTC                               | 2026-11-21T13:05:00Z
        checkout to 13:05Z                                  | 2026-11-21T13:05:00Z
        checkout to 14:05 CET                               | 2026-11-21T13:05:00Z
        checkout to 08:05 EST                               | 2026-11-21T13:05:00Z
        checkout to 18:35 +05:30                            | 2026-11-21T13:05:00Z
        checkout to 18:35 Asia/Kolkata                      | 2026-11-21T13:05:00Z
        checkout to time 16:05                              | 2026-11-20T15:05:00Z
        checkout to yesterday 14:05                         | 2026-11-20T13:05:00Z
        checkout to 14:05 yesterday                         | 2026-11-20T13:05:00Z
        checkout to yesterday at 2 pm                       | 2026-11-20T13:00:00Z
        checkout to today 14:05                             | 2026-11-21T13:05:00Z
        checkout to friday 14:05                            | 2026-11-20T13:05:00Z
        checkout to sat 16:05                               | 2026-11-14T15:05:00Z
        checkout to saturday 14:05                          | 2026-11-21T13:05:00Z
        checkout to time 2026-11-20 14:05                   | 2026-11-20T13:05:00Z
        checkout to 2026-11-20 14:05                        | 2026-11-20T13:05:00Z
        checkout to 2026-11-20T14:05                        | 2026-11-20T13:05:00Z
        checkout to 2026-11-20T13:05:00Z                    | 2026-11-20T13:05:00Z
        checkout to 2026-07-01 14:05                        | 2026-07-01T12:05:00Z
        checkout to 20m ago                                 | 2026-11-21T13:40:00Z
        checkout to "20m ago"                               | 2026-11-21T13:40:00Z
        checkout to before 20m ago                          | 2026-11-21T13:40:00Z
        checkout to “before 20m ago”                        | 2026-11-21T13:40:00Z
        checkout to time 20 minutes ago -n production       | 2026-11-21T13:40:00Z
        checkout to 20 minutes ago                          | 2026-11-21T13:40:00Z
        checkout to 2 h ago                                 | 2026-11-21T12:00:00Z
        checkout to 1h30m ago                               | 2026-11-21T12:30:00Z
        checkout to 1 hour 30 min ago                       | 2026-11-21T12:30:00Z
        checkout to an hour ago                             | 2026-11-21T13:00:00Z
        checkout to time an hour ago                        | 2026-11-21T13:00:00Z
        checkout to 2d ago                                  | 2026-11-19T14:00:00Z
        checkout to before 14:05                            | 2026-11-21T13:05:00Z
        """)
    void timesThatPeopleWrite(String text, Instant at) {
        assertThat(parse(text, IN_BERLIN)).isInstanceOfSatisfying(Command.Rollback.class, rollback -> {
            assertThat(rollback.toTime()).contains(at);
            assertThat(rollback.target().name()).isEqualTo("checkout");
            assertThat(parse("checkout " + rollback.remaining(), ANYWHERE))
                    .isInstanceOfSatisfying(
                            Command.Rollback.class,
                            again -> assertThat(again.toTime()).contains(at));
        });
    }

    @Test
    void severalTargets_goToTheSameTime() {
        for (String text :
                java.util.List.of("checkout cart to time 14:05", "to 14:05 checkout cart", "-l tier=web to 14:05")) {
            assertThat(parse(text, IN_BERLIN))
                    .isInstanceOfSatisfying(
                            Command.Several.class,
                            several -> assertThat(several.toTime()).contains(Instant.parse("2026-11-21T13:05:00Z")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"to 3", "to revision 3", "to v3", "to #3", "to 3 because at 14:05 it broke"})
    void revisions_areNoTimes(String text) {
        assertThat(parse("checkout " + text, IN_BERLIN)).isInstanceOfSatisfying(Command.Rollback.class, rollback -> {
            assertThat(rollback.to()).hasValue(3);
            assertThat(rollback.toTime()).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        14:05                | 14:05 CET (13:05 UTC)
        16:05                | yesterday, 2026-11-20 16:05 CET (15:05 UTC)
        0:30                 | 00:30 CET (2026-11-20 23:30 UTC)
        2026-07-01 14:05     | 2026-07-01 14:05 CEST (12:05 UTC)
        13:05 UTC            | 13:05 UTC
        20m ago              | 14:40 CET (13:40 UTC)
        """)
    void whatWasUnderstood_namesTheTimeZone(String typed, String understood) {
        assertThat(read(typed, IN_BERLIN))
                .isInstanceOfSatisfying(
                        PastTime.Read.Ok.class,
                        ok -> assertThat(ok.understood()).isEqualTo(understood));
    }

    @Test
    void whatRanThen_readsAsASentence() {
        assertThat(PastTime.ran("14:05 UTC")).isEqualTo("what ran at 14:05 UTC");
        assertThat(PastTime.ran("yesterday, 2026-11-20 14:05 UTC"))
                .isEqualTo("what ran yesterday, 2026-11-20 14:05 UTC");
    }

    @Test
    void unknownTimeZone_isSaid() {
        assertThat(read("13:05", ANYWHERE))
                .isInstanceOfSatisfying(
                        PastTime.Read.Ok.class,
                        ok -> assertThat(ok.understood()).isEqualTo("13:05 UTC (your time zone is not known)"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        to time                         | A time is missing
        to yesterday                    | A day is not enough, at what time
        to 2026-11-21                   | A day is not enough, at what time
        to time 2026-11-22 14:05        | 2026-11-22 14:05 CET (13:05 UTC) is in the future
        to today 16:05                  | 16:05 CET (15:05 UTC) is in the future
        to time 25:00                   | There is no time “25:00”
        to 2026-13-40 14:05             | There is no day 2026-13-40
        to 13 pm                        | There is no time “13 pm”
        to 20m ago 14:05                | That is two times
        to time 14:05 3                 | “3” of what
        to "before 30s ago"             | “30s” is not a time
        to before -5m ago               | “-5m” is not a time
        to before because x             | A time is missing
        """)
    void badTime_isRefused_withWhatToType(String text, String problem) {
        assertThat(parse("checkout " + text, IN_BERLIN)).isInstanceOfSatisfying(Command.NotUnderstood.class, not -> {
            assertThat(not.problem()).isEqualTo(problem + "; " + PastTime.EXAMPLES + ".");
            assertThat(not.instead()).isEqualTo("checkout to 20m ago");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "checkout to 3 to 14:05",
                "checkout to 14:05 to 20m ago",
                "checkout restart to 14:05",
                "checkout diff to 14:05",
                "checkout history to 14:05",
                "lock production to 14:05 because x",
                "list to 14:05"
            })
    void timeWhereThereCanBeNone_isRefused(String text) {
        assertThat(parse(text, IN_BERLIN)).isInstanceOf(Command.NotUnderstood.class);
    }

    /** The clocks went from 3:00 back to 2:00 on that night. */
    @Test
    void timeThatCameTwice_isTheFirst_andSaysWhich() {
        Asked winter = new Asked(Instant.parse("2026-10-25T08:00:00Z"), IN_BERLIN.zone());

        assertThat(read("2:30", winter))
                .isInstanceOfSatisfying(
                        PastTime.Read.Ok.class,
                        ok -> assertThat(ok.understood()).isEqualTo("02:30 CEST (00:30 UTC)"));
    }

    private static PastTime.Read read(String typed, Asked asked) {
        return PastTime.read(
                java.util.List.of(typed.toLowerCase(java.util.Locale.ROOT).split(" ")), asked);
    }

    private static Command parse(String text, Asked asked) {
        return CommandParser.parse(text, t -> t, asked);
    }
}
