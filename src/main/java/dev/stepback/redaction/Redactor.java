package dev.stepback.redaction;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Masks what looks like a secret, by its name or by its form. */
public final class Redactor {
    /** Stands for a masked value. */
    public static final String MASK = "••••••";

    /** {@code scheme://user:password@host}. */
    private static final Pattern URL_PASSWORD = Pattern.compile("(?<=://)([^\\s/:@]*):([^\\s/@]+)(?=@)");

    private static final Pattern BEARER = Pattern.compile("(?i)\\b(bearer|basic)\\s+[A-Za-z0-9._~+/=-]{8,}");

    /** {@code name=value}, {@code name: value} and {@code "name":"value"}, with or without dashes before the name. */
    private static final Pattern PAIR = Pattern.compile(
            "(?<![\\w-])(--?)?([A-Za-z][\\w.-]*)(\\s*=\\s*|:\\s+|\"\\s*:\\s*)(\"[^\"]*\"|'[^']*'|[^\\s,;&]+)");

    private static final Pattern FLAG = Pattern.compile("--?([A-Za-z][\\w.-]*)");

    private final Supplier<List<Pattern>> secretNames;

    /** @param secretNames found anywhere in a variable's name, these patterns mark its value as secret */
    public Redactor(List<Pattern> secretNames) {
        this(() -> secretNames);
    }

    /** @param secretNames asked for each time: they may change */
    public Redactor(Supplier<List<Pattern>> secretNames) {
        this.secretNames = secretNames;
    }

    public boolean isSecret(String name) {
        return secretNames.get().stream().anyMatch(p -> p.matcher(name).find());
    }

    /** The value as it may be shown. */
    public String value(String name, String value) {
        return isSecret(name) ? MASK : value;
    }

    /**
     * Free text as it may be shown: passwords in URLs, credentials of HTTP's Authorization, and values given to a name
     * that looks secret are masked.
     */
    public String text(String text) {
        String masked = URL_PASSWORD.matcher(text).replaceAll("$1:" + MASK);
        masked = BEARER.matcher(masked).replaceAll("$1 " + MASK);
        return PAIR.matcher(masked)
                .replaceAll(pair -> isSecret(pair.group(2))
                        ? Matcher.quoteReplacement(pair.group().substring(0, pair.start(4) - pair.start()) + MASK)
                        : Matcher.quoteReplacement(pair.group()));
    }

    /** The words of a command as they may be shown; what follows a flag that looks secret is masked too. */
    public List<String> arguments(List<String> words) {
        List<String> safe = new ArrayList<>();
        boolean secretFollows = false;
        for (String word : words) {
            Matcher flag = FLAG.matcher(word);
            boolean isFlag = flag.matches();
            safe.add(secretFollows && !isFlag ? MASK : text(word));
            secretFollows = isFlag && isSecret(flag.group(1));
        }
        return List.copyOf(safe);
    }
}
