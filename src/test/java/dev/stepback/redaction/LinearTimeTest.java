package dev.stepback.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** No text keeps the redaction busy: what it looks at grows with the text's length, not faster. */
class LinearTimeTest {
    private static final int LENGTH = 6_000;

    /** Bounded look-aheads and look-backs, each of a few hundred characters at most. */
    private static final int LOOKS = 700;

    @Provide
    Arbitrary<String> hostile() {
        Arbitrary<String> bits = Arbitraries.of(
                "://",
                ":",
                "@",
                "a",
                "A",
                "0",
                "-",
                "_",
                ".",
                "/",
                "=",
                " ",
                "\n",
                "\"",
                "'",
                "\\",
                "name",
                "value",
                "token",
                "password",
                "password=",
                "--",
                "-p",
                "-u a:",
                "bearer ",
                "basic ",
                "Cookie:",
                "eyJaaaaaaaaaaaaaaaa.",
                "-----BEGIN ",
                "PRIVATE KEY-----",
                "mysql ",
                "redis-cli ",
                "--from-literal=a=",
                "&",
                "?sig=",
                ",",
                ";",
                "`",
                "{",
                "[",
                "$2a$10$",
                "AKIA",
                "ghp_",
                "xoxb-",
                "a-",
                "A-a: ",
                "\\n",
                "https://hooks.slack.com/a/",
                "sntryu",
                "dp.pt.",
                "•",
                "é");
        return Combinators.combine(
                        bits.list().ofMinSize(1).ofMaxSize(6), bits.list().ofMaxSize(3))
                .as((repeated, head) -> {
                    String unit = String.join("", repeated);
                    return String.join("", head) + unit.repeat(LENGTH / unit.length());
                });
    }

    @Property(tries = 100)
    void patterns_lookAtEachCharacterABoundedNumberOfTimes(@ForAll("hostile") String text) {
        Stream.concat(
                        Credentials.FORMS.stream().map(Credentials.Form::pattern),
                        Stream.of(NamedValues.NAME, NamedValues.VARIABLE))
                .forEach(pattern -> {
                    Counted counted = new Counted(text);
                    Matcher matcher = pattern.matcher(counted);
                    while (matcher.find()) {
                        // All of them.
                    }
                    assertThat(counted.looks).as("%s", pattern).isLessThan((long) LOOKS * text.length());
                });
    }

    @Property(tries = 100)
    void whatAFormMatches_hasWhatItNeeds(@ForAll("hostile") String text) {
        for (Credentials.Form form : Credentials.FORMS) {
            if (form.pattern().matcher(text).find()) {
                assertThat(form.mayBeIn(text)).as("%s", form).isTrue();
            }
        }
    }

    @Property(tries = 100)
    void redactor_copesWithAnything(@ForAll("hostile") String text) {
        Redactor redactor = new Redactor(List.of(Pattern.compile("token|password")));
        String once = redactor.text(text);
        assertThat(redactor.text(once).contains(Redactor.MASK)).isEqualTo(once.contains(Redactor.MASK));
    }

    private static final class Counted implements CharSequence {
        private final CharSequence text;
        private long looks;

        private Counted(CharSequence text) {
            this.text = text;
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            looks++;
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
