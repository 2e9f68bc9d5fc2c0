package dev.stepback.command;

import dev.stepback.command.Words.Word;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The flags of a command that take a value, as kubectl writes them. */
final class Flags {
    private static final Pattern NAMESPACE = Pattern.compile("(?i)(?:--namespace=|-n=|-n)(.+)");
    private static final Pattern SELECTOR = Pattern.compile("(?i)(?:--selector|-l)(?:=|(?<=-l)(?=.))?(.*)");

    private final Words words;
    private final Clauses clauses;

    Flags(Words words, Clauses clauses) {
        this.words = words;
        this.clauses = clauses;
    }

    void read(Word flag) {
        if (flag.lower().equals("-n") || flag.lower().equals("--namespace")) {
            if (words.hasNext()) {
                clauses.targets().namespace(words.next().lower());
            } else {
                clauses.fail(
                        "A namespace must follow “" + flag.lower() + "”.",
                        "-n production " + clauses.targets().shown());
            }
            return;
        }
        Matcher selector = SELECTOR.matcher(flag.bare());
        if (selector.matches()) {
            readSelector(selector.group(1));
            return;
        }
        Matcher namespace = NAMESPACE.matcher(flag.text());
        if (namespace.matches()) {
            clauses.targets().namespace(namespace.group(1).toLowerCase(Locale.ROOT));
            return;
        }
        String hint = flag.lower().startsWith("--dry-run") ? " What a rollback would change is shown by “diff”." : "";
        clauses.fail(
                "The flag “" + TargetText.echo(flag.text())
                        + "” is not known; those that are: -n, --namespace, -l, --selector,"
                        + " --to-revision, --fast, --by-partition."
                        + hint,
                clauses.targets().shown() + (hint.isEmpty() ? "" : " diff"));
    }

    /** As kubectl takes it; a set's spaces need no quotes: {@code -l release in (a, b)}. */
    private void readSelector(String attached) {
        if (attached.isEmpty() && !words.hasNext()) {
            clauses.fail("A label selector must follow “-l”.", "-l release=2024-11-20");
            return;
        }
        StringBuilder text = new StringBuilder(attached.isEmpty() ? words.next().bare() : attached);
        while (words.hasNext() && goesOn(text)) {
            text.append(' ').append(words.next().bare());
        }
        clauses.targets().selector(text.toString());
    }

    /** Whether the next word belongs to the selector: “in” does before a parenthesis, but “in order” is none of it. */
    private boolean goesOn(StringBuilder text) {
        List<Word> rest = words.rest();
        String following = rest.get(0).bare();
        boolean set = (following.equals("in") || following.equals("notin"))
                && rest.size() > 1
                && rest.get(1).raw().startsWith("(");
        boolean open = text.chars().filter(c -> c == '(').count()
                > text.chars().filter(c -> c == ')').count();
        boolean comma = text.charAt(text.length() - 1) == ',';
        String read = text.toString();
        return open || comma || read.endsWith(" in") || read.endsWith(" notin") || set || following.startsWith(",");
    }
}
