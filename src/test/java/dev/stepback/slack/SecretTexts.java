package dev.stepback.slack;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Secrets, and texts that have one in them. */
public final class SecretTexts {
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final String DIGITS = "0123456789";

    /** What comes before the random part, what the random part is made of, how long it is. */
    private record Form(String prefix, String characters, int length) {}

    private static final List<Form> FORMS = List.of(
            new Form("AKIA", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
            new Form("ASIA", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
            new Form("ghp_", LETTERS + DIGITS, 36),
            new Form("github_pat_", LETTERS + DIGITS + "_", 60),
            new Form("glpat-", LETTERS + DIGITS + "-_", 20),
            new Form("xoxb-123456789012-", LETTERS + DIGITS, 24),
            new Form("xapp-1-A012-", LETTERS + DIGITS, 40),
            new Form("AIza", LETTERS + DIGITS + "-_", 35),
            new Form("sk_live_", LETTERS + DIGITS, 24),
            new Form("npm_1", LETTERS + DIGITS, 35),
            new Form("hvs.", LETTERS + DIGITS + "-_", 60),
            new Form("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx", LETTERS + DIGITS + "-_", 60),
            new Form("https://hooks.slack.com/services/T012/B012/", LETTERS + DIGITS, 24),
            new Form("-----BEGIN RSA PRIVATE KEY-----\n", LETTERS + DIGITS + "+/", 64),
            new Form("-----BEGIN OPENSSH PRIVATE KEY-----\\n", LETTERS + DIGITS + "+/", 64));

    private static final List<String> AROUND = List.of(
            "%s", "refused: %s", "x %s y", "\"%s\"", "A=%s", "{\"a\":\"%s\"}", "from %s, again", "`%s`", "(%s)");

    /** Whatever stands for the secret there is one by its name. */
    private static final List<String> NAMED = List.of(
            "password=%s",
            "DB_PASSWORD=%s USER=ana",
            "--token=%s --level=1",
            "--api-key %s --level=1",
            "--set=db.password=%s",
            "invalid token: %s",
            "Authorization: Bearer %s",
            "authorization: %s",
            "Cookie: a=b; sid=%s",
            "dial postgres://app:%s@db:5432/shop failed",
            "https://bot:%s@registry.example.com/shop:1",
            "app:%s@tcp(db:3306)/shop",
            "{\"user\":\"ana\",\"password\":\"%s\"}",
            "{\\\"clientSecret\\\":\\\"%s\\\"}",
            "env: [{\"name\":\"API_KEY\",\"value\":\"%s\"},{\"name\":\"A\",\"value\":\"b\"}]",
            "v1.EnvVar{Name:\"API_KEY\", Value:\"%s\", ValueFrom:(*v1.EnvVarSource)(nil)}",
            "Deployment.apps \"x\" is invalid: env[0]: {Name:DB_PASSWORD Value:%s}",
            "Server=db;Password=%s;Encrypt=true",
            "kubectl create secret generic x --from-literal=pw=%s",
            "curl -u admin:%s https://x",
            "mysql -uroot -p%s shop",
            "?access_token=%s&x=1");

    private SecretTexts() {}

    /** @param text has the secret in it */
    public record SecretText(String secret, String text) {}

    public static Arbitrary<SecretText> any() {
        return Arbitraries.oneOf(known(), named());
    }

    /** A password that nobody could tell from something else without its name. */
    static Arbitrary<String> passwords() {
        return Arbitraries.strings()
                .withChars(LETTERS + DIGITS + "!#%^*+.")
                .ofMinLength(12)
                .ofMaxLength(40)
                .map(s -> "x1" + s + "z9");
    }

    private static Arbitrary<SecretText> known() {
        Arbitrary<String[]> secrets = Arbitraries.of(FORMS)
                .flatMap(form -> Arbitraries.strings()
                        .withChars(form.characters())
                        .ofLength(form.length())
                        .map(random -> new String[] {form.prefix(), random + "Q7"}));
        return Combinators.combine(secrets, Arbitraries.of(AROUND))
                .as((secret, around) -> new SecretText(secret[1], around.formatted(secret[0] + secret[1])));
    }

    private static Arbitrary<SecretText> named() {
        return Combinators.combine(passwords(), Arbitraries.of(NAMED))
                .as((secret, around) -> new SecretText(secret, around.formatted(secret)));
    }
}
