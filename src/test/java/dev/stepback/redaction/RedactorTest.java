package dev.stepback.redaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.config.StepbackConfig;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactorTest {
    private static final String HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private static final List<Pattern> NAMES =
            StepbackConfig.defaults().redaction().secretNames();

    private final Redactor redactor = new Redactor(NAMES);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DB_PASSWORD",
                "dbPassword",
                "MYSQL_PWD",
                "API_TOKEN",
                "apiKey",
                "api-key",
                "STRIPE_SECRET_KEY",
                "AccountKey",
                "AWS_SECRET_ACCESS_KEY",
                "GOOGLE_APPLICATION_CREDENTIALS",
                "SENTRY_DSN",
                "X-Auth",
                "Cookie",
                "SESSION",
                "AZURE_STORAGE_CONNECTION_STRING",
                "SLACK_WEBHOOK",
                "JWT"
            })
    void name_saysThatItIsASecret(String name) {
        assertThat(redactor.value(name, "x")).isEqualTo(Redactor.MASK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LOG_LEVEL",
                "TOKEN_TTL",
                "SESSION_TIMEOUT",
                "PASSWORD_FILE",
                "AUTH_URL",
                "tokenTtl",
                "AUTHOR",
                "unauthorized",
                "CACHE_KEY",
                "PARTITION_KEY",
                "kubernetes.io/change-cause",
                "authentication-kubeconfig",
                "COMPASS"
            })
    void name_saysNoSuchThing(String name) {
        assertThat(redactor.value(name, "x")).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "true", "False", "none", "$(DB_PASSWORD)", "${DB_PASSWORD}"})
    void value_thatTellsNothing_isShown(String value) {
        assertThat(redactor.value("DB_PASSWORD", value)).isEqualTo(value);
        assertThat(redactor.text("password=" + value)).isEqualTo("password=" + value);
    }

    @ParameterizedTest
    @CsvFileSource(resources = "values.csv", delimiter = '|', useHeadersInDisplayName = true, numLinesToSkip = 1)
    void value_ofAVariable_asInRealLife(String name, String value, String shown) {
        assertThat(redactor.value(name, value))
                .isEqualTo("shown".equals(shown) ? value : shown.replace("*", Redactor.MASK));
    }

    @ParameterizedTest
    @CsvFileSource(
            resources = "texts.csv",
            delimiter = '|',
            quoteCharacter = '\u0001',
            useHeadersInDisplayName = true,
            numLinesToSkip = 1)
    void text_asInRealLife(String text, String shown) {
        String expected = "shown".equals(shown) ? text : shown.replace("*", Redactor.MASK);
        assertThat(redactor.text(text)).isEqualTo(expected);
        assertThat(redactor.text(expected)).as("masked again").isEqualTo(expected);
    }

    /** Most texts are not looked at closely for most forms, and none of these goes unseen for that. */
    @ParameterizedTest
    @CsvFileSource(resources = "texts.csv", delimiter = '|', quoteCharacter = '\u0001', numLinesToSkip = 1)
    void form_hasWhatItNeedsWhereverItIsFound(String text, String shown) {
        for (Credentials.Form form : Credentials.FORMS) {
            assertThat(!form.pattern().matcher(text).find() || form.mayBeIn(text))
                    .as("%s in %s", form, text)
                    .isTrue();
        }
    }

    @Test
    void privateKey_isMaskedWhole_evenWhenItWasCut() {
        String key = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B\n\n"
                + "MIIEpAIBAAKCAQEA7bq\n+x/y==\n-----END RSA PRIVATE KEY-----";
        assertThat(redactor.text("key: " + key + " used")).isEqualTo("key: " + Redactor.MASK + " used");
        assertThat(redactor.text(key.replace("\n", "\\n"))).isEqualTo(Redactor.MASK);
        assertThat(redactor.text(key.substring(0, 110).strip())).isEqualTo(Redactor.MASK);
    }

    @Test
    void lastAppliedConfiguration_isNeverShown() {
        assertThat(redactor.value("kubectl.kubernetes.io/last-applied-configuration", "{\"a\":1}"))
                .isEqualTo(Redactor.MASK);
    }

    @Test
    void mask_tellsNeitherLengthNorEquality() {
        assertThat(redactor.value("A_TOKEN", "x"))
                .isEqualTo(redactor.value("B_TOKEN", "y".repeat(500)))
                .isEqualTo(Redactor.MASK);
    }

    @Test
    void arguments_loseWhatFollowsASecretFlag() {
        assertThat(redactor.arguments(List.of("serve", "--token", "abc", "--verbose", "--secret", "--port", "80")))
                .containsExactly("serve", "--token", Redactor.MASK, "--verbose", "--secret", "--port", "80");
        assertThat(redactor.arguments(List.of("--password", "$(DB_PASSWORD)", "--token-file", "/run/token")))
                .containsExactly("--password", "$(DB_PASSWORD)", "--token-file", "/run/token");
    }

    @Test
    void allowed_isShownByItsNameOrItsValue_unlessItHasTheFormOfACredential() {
        Redactor allowing = new Redactor(
                () -> NAMES,
                () -> List.of(Pattern.compile("SESSION_KIND"), Pattern.compile("[0-9a-f]{64}")),
                List.of());

        assertThat(allowing.value("SESSION_KIND", "sticky")).isEqualTo("sticky");
        assertThat(allowing.value("MY_SESSION_KIND", "sticky")).isEqualTo(Redactor.MASK);
        assertThat(allowing.text("SESSION_KIND=sticky")).isEqualTo("SESSION_KIND=sticky");
        assertThat(allowing.text("seed " + HEX)).isEqualTo("seed " + HEX);
        assertThat(allowing.value("SESSION_KIND", "AKIAIOSFODNN7EXAMPLE")).isEqualTo(Redactor.MASK);
    }

    @Test
    void ownSecret_isMaskedWhateverItLooksLike() {
        Redactor knowing = new Redactor(() -> NAMES, List::of, List.of("correct horse battery", "short"));

        assertThat(knowing.reference("a correct horse battery, short")).isEqualTo("a " + Redactor.MASK + ", short");
    }

    @Test
    void reference_keepsWhatOnlyLooksRandom() {
        assertThat(redactor.reference("production/x#" + HEX)).isEqualTo("production/x#" + HEX);
        assertThat(redactor.reference("x because token=abc")).isEqualTo("x because token=" + Redactor.MASK);
    }

    @ParameterizedTest
    @CsvSource({"DB_PASSWORD", "PLAIN"})
    void value_withSeveralLines_isMaskedLineByLine(String name) {
        assertThat(redactor.value(name, "user=ana\npassword=hunter2\n")).doesNotContain("hunter2");
    }
}
