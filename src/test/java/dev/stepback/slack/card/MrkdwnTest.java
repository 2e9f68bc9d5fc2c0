package dev.stepback.slack.card;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MrkdwnTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "*bold* _it_ ~gone~                | ∗bold∗ ˍitˍ ∼gone∼",
                "LOG_LEVEL=2*3 a~b                 | LOG_LEVEL=2*3 a~b",
                "prod-* and */5                    | prod-∗ and ∗/5",
                ":tada: at 10:20:30                | :\u200btada: at 10:20:30",
                "arn:aws:iam :+1: :100:            | arn:\u200baws:iam :\u200b+1: :\u200b100:",
                "<!channel> & <@U1>                | &lt;!channel&gt; &amp; &lt;@U1&gt;",
                "type `kubectl *` and `             | type `kubectl *` and '",
            })
    void text_meansNothing(String raw, String shown) {
        assertThat(Mrkdwn.text(raw, 500)).isEqualTo(shown);
    }

    @Test
    void whatSomebodyOutsideHasSaid_hasNoCodeEither() {
        assertThat(Mrkdwn.quoted("`x` and ```y```\n<!here> *b*", 500)).isEqualTo("'x' and '''y''' &lt;!here&gt; ∗b∗");
    }

    @Test
    void linkAndFence_areNone() {
        assertThat(Mrkdwn.text("<http://evil|safe>", 500)).isEqualTo("&lt;http://evil|safe&gt;");
        assertThat(Mrkdwn.text("```fence```", 500)).doesNotContain("```");
    }

    @Test
    void quote_isNoQuote() {
        assertThat(Mrkdwn.text("> said\na\n > b > c", 500)).isEqualTo("\u200b&gt; said\na\n \u200b&gt; b &gt; c");
    }

    @Test
    void whatCannotBeSeen_isDropped() {
        assertThat(Mrkdwn.text("a\u202eb\u200bc\u2066d\ufeffe\u00adf\u0000g\u200dh\ud83di\u3164j\ue000k", 500))
                .isEqualTo("abcdefghijk");
        assertThat(Mrkdwn.line("a\u2028b\nc\u2029d\r\ne", 500)).isEqualTo("a b c d e");
        assertThat(Mrkdwn.code("a\u202e`b`\nc", 500)).isEqualTo("`a'b' c`");
    }

    @Test
    void codeSpan_thatIsCut_isNone() {
        assertThat(Mrkdwn.text("ab `cdefghijk` l", 8)).isEqualTo("ab 'cde…");
        assertThat(Mrkdwn.text("`:_:abc`", 5))
                .as("what was not meant literally takes more room so")
                .isEqualTo("':\u02cd…");
        assertThat(Mrkdwn.text("`:_:&abc`", 10)).isEqualTo("':\u200b\u02cd:…");
    }

    @Provide
    Arbitrary<String> marks() {
        return Arbitraries.of("*", "_", "~", "`", ":", "tada", "a", " ", "\n", ">", "<", "&", "\u202e", "@here", "1")
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    @Property(tries = 500)
    void anyText_hasNoMarksOutsideItsCodeSpans_andFits(
            @ForAll("marks") String raw, @ForAll @IntRange(min = 2, max = 200) int limit) {
        String text = Mrkdwn.text(raw, limit);
        assertThat(text).hasSizeLessThanOrEqualTo(limit);
        assertThat(text.chars().filter(c -> c == '`').count()).isEven();
        assertThat(text.replaceAll("`[^`]*`", "`"))
                .doesNotContainPattern(
                        "(?<![a-z0-9])[*~]|[*~](?![a-z0-9…])|(?<![a-z0-9_\u02cd])_|_(?![a-z0-9_…\u02cd])")
                .doesNotContainPattern(":[a-z]+:")
                .doesNotContainPattern("(?m)^ *&gt;")
                .doesNotContain("<", "\u202e");
    }
}
