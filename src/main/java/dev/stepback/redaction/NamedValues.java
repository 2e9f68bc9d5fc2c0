package dev.stepback.redaction;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds values that a text gives to a name that looks secret: {@code name=value}, {@code name: value}, {@code
 * "name":"value"}, {@code --name value}, {@code <name>value</name>}, and Kubernetes' {@code {"name":"…","value":"…"}}, also with escaped quotes.
 */
final class NamedValues {
    /** Ends a text that was cut. */
    private static final char ELLIPSIS = '…';

    private static final int REMEMBERED = 200;

    private static final String QUOTE = "\\\\{0,3}[\"']";

    /** A name and what stands between it and its value. */
    static final Pattern NAME = Pattern.compile("(?<![\\w.-])(-{0,2})([A-Za-z_][\\w.-]{0,200}+)" + "(" + QUOTE
            + "?[ \\t]{0,3}(?:=>?|:=|:(?=[ \\t\"'\\\\\\[{]))[ \\t]{0,3}|[ \\t]{1,3}(?=[^\\s-]))");

    /** A Kubernetes variable: JSON, Go's way of printing, YAML. */
    static final Pattern VARIABLE =
            Pattern.compile("(?i)(?<![\\w.-])" + QUOTE + "?name" + QUOTE + "?[ \\t]{0,3}[:=][ \\t]{0,3}"
                    + QUOTE + "?([A-Za-z_][\\w.-]{0,200}+)" + QUOTE + "?(?:\\s|\\\\n){0,12}+,?(?:\\s|\\\\n){0,12}+"
                    + QUOTE + "?value" + QUOTE
                    + "?[ \\t]{0,3}[:=][ \\t]{0,3}");

    /** An element of XML: {@code <password>…</password>}. */
    static final Pattern ELEMENT = Pattern.compile("<([A-Za-z_][\\w.-]{0,200}+)>(?=[^<\\s])");

    private static final Pattern QUOTED_APART = Pattern.compile("[\"'][ \\t]");

    private static final Pattern SCHEME =
            Pattern.compile("(?i)(?:bearer|basic|digest|token|negotiate|apikey|splunk)[ \\t]{1,3}+(?=\\S)");

    /** Begins an explanation, as in "token: not found"; nobody's password, or it is a bad one. */
    private static final Set<String> EXPLAINS = Set.of(
            "invalid",
            "expired",
            "missing",
            "required",
            "failed",
            "failure",
            "denied",
            "unknown",
            "not",
            "is",
            "are",
            "was",
            "the",
            "a",
            "an",
            "in",
            "of",
            "for",
            "from",
            "server",
            "error",
            "authentication",
            "authorization",
            "insufficient",
            "access",
            "cannot",
            "unable",
            "must",
            "could",
            "create",
            "secret",
            "request",
            "no",
            "none",
            "token",
            "key",
            "password",
            "closed",
            "has",
            "does",
            "did",
            "timeout",
            "timed",
            "lost",
            "exceeded",
            "reset",
            "refused",
            "there",
            "while",
            "to",
            "with",
            "should");

    private final SecretNames names;

    NamedValues(SecretNames names) {
        this.names = names;
    }

    String masked(String text) {
        String named = masked(VARIABLE, 1, masked(NAME, 2, text));
        return named.indexOf('<') < 0 ? named : masked(ELEMENT, 1, named);
    }

    private String masked(Pattern pattern, int nameGroup, String text) {
        Matcher found = pattern.matcher(text);
        StringBuilder out = null;
        int shown = 0;
        int at = 0;
        Map<String, Boolean> secret = new HashMap<>();
        while (at <= text.length() && found.find(at)) {
            // What is given to a harmless name may be a name with a value itself: --set=token=…
            at = found.end();
            boolean spaced = pattern == NAME && found.group(3).isBlank();
            if (spaced && found.end(1) == found.start(1)) {
                continue; // two words of a sentence
            }
            // The same few names come again and again.
            String name = found.group(nameGroup);
            Boolean known = secret.get(name);
            boolean isSecret = known == null ? names.isSecret(name) : known;
            if (known == null && secret.size() < REMEMBERED) {
                secret.put(name, isSecret);
            }
            if (!isSecret) {
                continue;
            }
            Span value = pattern == ELEMENT
                    ? content(text, found.end())
                    : value(text, found.end(), spaced, pattern == NAME ? found.group(3) : "=");
            if (value.to <= value.from || SecretNames.isHarmless(text.substring(value.from, value.to))) {
                continue;
            }
            out = out == null ? new StringBuilder(text.length()) : out;
            out.append(text, shown, value.from).append(Redactor.MASK);
            shown = value.to;
            at = value.to;
        }
        return out == null ? text : out.append(text, shown, text.length()).toString();
    }

    private record Span(int from, int to) {}

    private static Span value(String text, int from, boolean spaced, String separator) {
        boolean colon = separator.strip().endsWith(":") && !separator.contains("=");
        int begin = from;
        Matcher scheme = SCHEME.matcher(text).region(begin, text.length());
        if (scheme.lookingAt()) {
            begin = scheme.end();
        }
        int quote = begin;
        while (quote < text.length() && quote < begin + 3 && text.charAt(quote) == '\\') {
            quote++;
        }
        if (quote < text.length() && (text.charAt(quote) == '"' || text.charAt(quote) == '\'')) {
            return new Span(quote + 1, closing(text, quote, quote - begin));
        }
        if (colon
                && (QUOTED_APART.matcher(separator).find()
                        || (begin < text.length() && "{[".indexOf(text.charAt(begin)) >= 0))) {
            return new Span(begin, begin); // an object, or a sentence: failed for volume "token" : not found
        }
        int end = begin;
        while (end < text.length() && !ends(text, end)) {
            end++;
        }
        // What closes something that was opened before the name.
        while (!SecretNames.isHarmless(text.substring(begin, Math.min(end, begin + 100)))
                && end > begin
                && "`>)]}\"'".indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return (spaced || colon) && EXPLAINS.contains(text.substring(begin, Math.min(end, begin + 20)))
                ? new Span(begin, begin)
                : new Span(begin, end);
    }

    /** Up to the next tag; to the end of a text that was cut. */
    private static Span content(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) != '<' && text.charAt(end) != ELLIPSIS) {
            end++;
        }
        return new Span(from, end);
    }

    /** Where the quote ends that begins at {@code quote} after so many backslashes; the end of a text that was cut. */
    private static int closing(String text, int quote, int backslashes) {
        char mark = text.charAt(quote);
        int before = 0;
        for (int i = quote + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ELLIPSIS) {
                return i;
            }
            if (c == mark && before <= backslashes) {
                return i - before;
            }
            before = c == '\\' ? before + 1 : 0;
        }
        return text.length();
    }

    /** A separator or a quote ends a value only when something follows that is no part of a password. */
    private static boolean ends(String text, int i) {
        char c = text.charAt(i);
        if (Character.isWhitespace(c)) {
            return true;
        }
        if (c == '"' || c == '\\') {
            int quote = i;
            while (quote < text.length() && quote < i + 4 && text.charAt(quote) == '\\') {
                quote++;
            }
            return quote < text.length()
                    && text.charAt(quote) == '"'
                    && (quote + 1 == text.length() || " \t\r\n,;:}])>`\\".indexOf(text.charAt(quote + 1)) >= 0);
        }
        if (c != ',' && c != ';' && c != '&') {
            return false;
        }
        int next = i + (text.startsWith("&amp;", i) ? 5 : 1);
        int word = next;
        while (word < text.length() && word < next + 64 && isOfName(text.charAt(word))) {
            word++;
        }
        return next >= text.length()
                || Character.isWhitespace(text.charAt(next))
                || text.charAt(next) == '"'
                || (word > next && word < text.length() && (text.charAt(word) == '=' || text.charAt(word) == ':'));
    }

    private static boolean isOfName(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-';
    }
}
