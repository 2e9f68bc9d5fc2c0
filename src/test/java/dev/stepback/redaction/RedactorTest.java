package dev.stepback.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactorTest {
    private final Redactor redactor = new Redactor(List.of(Pattern.compile("(?i)password|token|secret")));

    @Test
    void value_isMaskedByItsName() {
        assertThat(redactor.value("DB_PASSWORD", "x")).isEqualTo(Redactor.MASK);
        assertThat(redactor.value("LOG_LEVEL", "info")).isEqualTo("info");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dial postgres://app:hunter2@db:5432/x failed | dial postgres://app:*@db:5432/x failed",
                "Authorization: Bearer abcdefghijkl           | Authorization: Bearer *",
                "password=hunter2 user=ana                    | password=* user=ana",
                "invalid token: abc                           | invalid token: *",
                "export DB_PASSWORD=abc; run --level=3        | export DB_PASSWORD=*; run --level=3",
                "Back-off pulling image \"shop/checkout:2\"   | Back-off pulling image \"shop/checkout:2\"",
                "{\"user\":\"ana\",\"password\":\"x y\"}     | {\"user\":\"ana\",\"password\":*}",
                "--token=abc                                  | --token=*",
            })
    void text_losesWhatLooksSecret(String text, String shown) {
        assertThat(redactor.text(text)).isEqualTo(shown.replace("*", Redactor.MASK));
    }

    @Test
    void arguments_loseWhatFollowsASecretFlag() {
        assertThat(redactor.arguments(List.of("serve", "--token", "abc", "--verbose", "--secret", "--port", "80")))
                .containsExactly("serve", "--token", Redactor.MASK, "--verbose", "--secret", "--port", "80");
    }
}
