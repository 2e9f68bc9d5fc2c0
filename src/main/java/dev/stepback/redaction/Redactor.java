package dev.stepback.redaction;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Masks what looks like a secret: by its name, by the form of a known credential, or because its characters were drawn at
 * random. A mask is the same for every secret, so that it tells neither how long one is nor which ones are equal.
 *
 * <p>What is masked already stays masked, and every method takes time in proportion to its text. Safe for use by several
 * threads.
 */
public final class Redactor {
    /** Stands for a masked value. */
    public static final String MASK = "••••••";

    /** Whole objects as JSON, with everything that is in them. */
    private static final Pattern APPLIED =
            Pattern.compile("(?i)last-applied|applied-config|/(?:original|applied)$|original-(?:state|config)");

    private static final Pattern FLAG = Pattern.compile("--?([A-Za-z][\\w.-]*)");
    private static final int SHORTEST_KNOWN = 8;

    private final SecretNames names;
    private final NamedValues pairs;
    private final List<String> known;

    /** @param secretNames found anywhere in a name, these patterns mark its value as secret */
    public Redactor(List<Pattern> secretNames) {
        this(() -> secretNames, List::of, List.of());
    }

    /** @param secretNames asked for each time: they may change */
    public Redactor(Supplier<List<Pattern>> secretNames) {
        this(secretNames, List::of, List.of());
    }

    /**
     * @param secretNames found anywhere in a name, these patterns mark its value as secret; asked for each time
     * @param allowed names and values that one of these matches as a whole are masked neither for the name nor for their
     *     randomness; asked for each time
     * @param known secrets that this process itself has; they are masked whatever they look like
     */
    public Redactor(Supplier<List<Pattern>> secretNames, Supplier<List<Pattern>> allowed, List<String> known) {
        this.names = new SecretNames(secretNames, allowed);
        this.pairs = new NamedValues(names);
        this.known = known.stream()
                .map(String::strip)
                .filter(secret -> secret.length() >= SHORTEST_KNOWN)
                .toList();
    }

    boolean isSecret(String name) {
        return names.isSecret(name);
    }

    /** The value of a variable, a header, a label or an annotation as it may be shown. */
    public String value(String name, String value) {
        if (APPLIED.matcher(name).find()) {
            return MASK;
        }
        if (names.isAllowed(name) || names.isAllowed(value)) {
            return credentials(value);
        }
        if (names.isSecret(name)) {
            return SecretNames.isHarmless(value) ? value : MASK;
        }
        return random(pairs.masked(credentials(value)), !SecretNames.isFingerprint(name));
    }

    /**
     * Free text as it may be shown: credentials of a known form, values that it gives to a name that looks secret, and what
     * looks random are masked.
     */
    public String text(String text) {
        return random(pairs.masked(credentials(text)), true);
    }

    /** As {@link #text}, for what must stay usable: what only looks random is left. */
    public String reference(String text) {
        return pairs.masked(credentials(text));
    }

    /** The words of a command as they may be shown; what follows a flag that looks secret is masked too. */
    public List<String> arguments(List<String> words) {
        List<String> safe = new ArrayList<>();
        boolean secretFollows = false;
        for (String word : words) {
            Matcher flag = FLAG.matcher(word);
            boolean isFlag = flag.matches();
            boolean harmless = SecretNames.isHarmless(word);
            safe.add(secretFollows && !isFlag && !harmless ? MASK : text(word));
            secretFollows = isFlag && isSecret(flag.group(1));
        }
        return List.copyOf(safe);
    }

    private String credentials(String text) {
        String out = text;
        for (String secret : known) {
            out = out.replace(secret, MASK);
        }
        return Credentials.masked(out);
    }

    private String random(String text, boolean hex) {
        StringBuilder out = null;
        int shown = 0;
        for (Randomness.Range range : Randomness.in(text, hex)) {
            String found = text.substring(range.from(), range.to());
            if (names.isAllowed(found)) {
                continue;
            }
            out = out == null ? new StringBuilder(text.length()) : out;
            out.append(text, shown, range.from()).append(MASK);
            shown = range.to();
            while (shown < text.length() && text.charAt(shown) == '=') {
                shown++; // Base64's padding
            }
        }
        return out == null ? text : out.append(text, shown, text.length()).toString();
    }
}
