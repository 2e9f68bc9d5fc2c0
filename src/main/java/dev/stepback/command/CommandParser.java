package dev.stepback.command;

import dev.stepback.target.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text of a command: a target, and in any order what to do with it. Forgives what Slack, phones and habits
 * from kubectl do to a text; never guesses a target or a revision. Accepts every text and never throws.
 */
public final class CommandParser {
    /** Longer texts are refused. */
    public static final int MAX_LENGTH = 2_000;

    /** Longer reasons are cut, visibly. */
    public static final int MAX_REASON = 500;

    private static final Pattern TOKEN = Pattern.compile("\\S+");
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,18})(?:\\.{2,3}|,|-|:)(\\d{1,18})");
    private static final Pattern NAMESPACE_FLAG = Pattern.compile("(?i)(?:--namespace=|-n=|-n)(.+)");
    private static final Pattern SELECTOR_FLAG = Pattern.compile("(?i)(?:--selector|-l)(?:=|(?<=-l)(?=.))?(.*)");
    private static final Pattern REVISION_FLAG = Pattern.compile("(?i)--(?:to-)?revision(?:=(.*))?");

    /** A token and where it stands in the text. */
    private record Token(String raw, String word, int start, int end) {
        String lower() {
            return word.toLowerCase(Locale.ROOT);
        }
    }

    private final String text;
    private final UnaryOperator<String> safe;
    private final List<Token> tokens = new ArrayList<>();
    private final Clauses clauses = new Clauses();
    private final Asked asked;
    private int next;

    private CommandParser(String text, UnaryOperator<String> safe, Asked asked) {
        this.asked = asked;
        this.text = text;
        this.safe = safe;
        Matcher m = TOKEN.matcher(text);
        while (m.find()) {
            String word = SlackText.word(m.group());
            if (!word.isEmpty()) {
                tokens.add(new Token(m.group(), word, m.start(), m.end()));
            }
        }
    }

    /** With nothing to mask, by a clock that begins now; for what names no time. */
    static Command parse(String delivered) {
        return parse(delivered, UnaryOperator.identity(), Asked.inUtc(Instant.EPOCH));
    }

    /**
     * What {@code delivered}, the text behind the command's name or behind the mention, asks for.
     *
     * @param safe masks secrets: in the reason, which is stored and shown, and in whatever is repeated to who typed it
     */
    static Command parse(String delivered, UnaryOperator<String> safe, Asked asked) {
        if (delivered.length() > MAX_LENGTH) {
            return new Command.NotUnderstood(
                    "", "The text is longer than " + MAX_LENGTH + " characters.", "checkout because a short reason");
        }
        Command command = read(delivered, safe, asked);
        return command instanceof Command.NotUnderstood not ? repeatable(not, delivered, safe, asked) : command;
    }

    private static Command repeatable(
            Command.NotUnderstood plain, String delivered, UnaryOperator<String> safe, Asked asked) {
        Command.NotUnderstood not = plain;
        String masked = safe.apply(delivered);
        if (!masked.equals(delivered)) {
            // Masked before it is cut into pieces: a piece of a secret is none that anybody knows.
            not = read(masked, safe, asked) instanceof Command.NotUnderstood of
                    ? of
                    : new Command.NotUnderstood(
                            "", "Something in it looks like a secret; please leave that out.", "checkout");
        }
        // An example is made from what was typed; one that would not be understood either helps nobody.
        return read(not.instead(), safe, asked) instanceof Command.NotUnderstood
                ? new Command.NotUnderstood(not.understood(), not.problem(), "checkout")
                : not;
    }

    private static Command read(String delivered, UnaryOperator<String> safe, Asked asked) {
        return new CommandParser(SlackText.typed(delivered), safe, asked).command();
    }

    private Command command() {
        skipLeadingWords();
        if (next == tokens.size()) {
            return new Command.Help();
        }
        while (next < tokens.size() && !clauses.failed()) {
            read(tokens.get(next++));
        }
        return clauses.command();
    }

    /** Drops the mention of the bot, its command's name, and kubectl's {@code rollout}. */
    private void skipLeadingWords() {
        while (next < tokens.size() && tokens.get(next).word().startsWith("@")) {
            next++;
        }
        if (next < tokens.size()) {
            String first = tokens.get(next).lower();
            if (first.equals("rollback") || first.equals("/rollback") || first.equals("rollout")) {
                next++;
            }
        }
    }

    private void read(Token token) {
        Optional<Verb> asVerb = Verb.of(token.lower());
        if (asVerb.isPresent()) {
            clauses.verb(asVerb.get());
        } else if (token.lower().equals("because")) {
            readReason(token);
        } else if (token.lower().equals("to") || token.lower().equals("revision")) {
            readRevision(token);
        } else if (token.lower().equals("together")) {
            clauses.order(false);
        } else if (token.lower().equals("in")
                && next < tokens.size()
                && tokens.get(next).lower().equals("order")) {
            next++;
            clauses.order(true);
        } else if (token.lower().equals("since")) {
            readSince();
        } else if (token.lower().equals("fast") || token.lower().equals("--fast")) {
            clauses.fast();
        } else if (token.lower().equals("--by-partition")) {
            clauses.byPartition();
        } else if (token.lower().equals("by")) {
            readBy();
        } else if (token.word().startsWith("-")) {
            readFlag(token);
        } else if (clauses.isDiff() && Clauses.NUMBER.matcher(token.lower()).matches()) {
            clauses.addNumber(token.lower());
        } else if (clauses.isDiff() && NUMBERS.matcher(token.lower()).matches()) {
            Matcher m = NUMBERS.matcher(token.lower());
            if (m.matches()) {
                clauses.addNumber(m.group(1));
                clauses.addNumber(m.group(2));
            }
        } else {
            readTarget(token);
        }
    }

    private void readReason(Token because) {
        int start = because.end();
        String words = text.substring(start).trim();
        next = tokens.size();
        if (words.length() > 1 && words.startsWith("\"") && words.endsWith("\"")) {
            words = words.substring(1, words.length() - 1).trim();
        }
        if (words.isEmpty()) {
            clauses.noReason();
            return;
        }
        clauses.reason(SlackText.bounded(safe.apply(words), MAX_REASON));
    }

    /** Behind {@code to}, {@code to revision} or {@code revision}: a number, or a time. */
    private void readRevision(Token keyword) {
        if (next < tokens.size()
                && keyword.lower().equals("to")
                && tokens.get(next).lower().equals("revision")) {
            next++;
        }
        if (next == tokens.size()) {
            clauses.fail(
                    "The number of a revision must follow “" + keyword.lower() + "”.", clauses.shownTarget() + " to 3");
            return;
        }
        List<String> rest =
                tokens.subList(next, tokens.size()).stream().map(Token::lower).toList();
        if (keyword.lower().equals("to") && TimeWords.begins(rest)) {
            int count = TimeWords.count(rest);
            next += count;
            clauses.time(PastTime.read(rest.subList(0, count), asked));
        } else {
            clauses.revision(tokens.get(next++).lower());
        }
    }

    /** Behind {@code since}: {@code 7d}, {@code 7 d} or {@code 7 days}. */
    private void readSince() {
        if (next == tokens.size()) {
            clauses.fail("A time must follow “since”.", "audit since 7d");
            return;
        }
        String time = tokens.get(next++).lower();
        clauses.since(
                Past.lacksUnit(time) && next < tokens.size()
                        ? time + tokens.get(next++).lower()
                        : time);
    }

    /** Behind {@code by}: {@code partition}. */
    private void readBy() {
        if (next < tokens.size() && tokens.get(next).lower().matches("partitions?")) {
            next++;
            clauses.byPartition();
        } else {
            clauses.fail(
                    "“by” is followed by “partition”: a StatefulSet's pods one after another.",
                    clauses.shownTarget() + " by partition");
        }
    }

    private void readFlag(Token token) {
        Matcher revision = REVISION_FLAG.matcher(token.word());
        if (revision.matches()) {
            String value = revision.group(1);
            if (value == null) {
                readRevision(new Token(token.raw(), "--to-revision", token.start(), token.end()));
            } else {
                clauses.revision(value);
            }
            return;
        }
        if (token.lower().equals("-n") || token.lower().equals("--namespace")) {
            if (next == tokens.size()) {
                clauses.fail(
                        "A namespace must follow “" + token.lower() + "”.", "-n production " + clauses.shownTarget());
                return;
            }
            clauses.namespace(tokens.get(next++).lower());
            return;
        }
        Matcher selector = SELECTOR_FLAG.matcher(bare(token.raw()));
        if (selector.matches()) {
            readSelector(selector.group(1));
            return;
        }
        Matcher attached = NAMESPACE_FLAG.matcher(token.word());
        if (attached.matches()) {
            clauses.namespace(attached.group(1).toLowerCase(Locale.ROOT));
            return;
        }
        String hint = token.lower().startsWith("--dry-run") ? " What a rollback would change is shown by “diff”." : "";
        clauses.fail(
                "The flag “" + TargetText.echo(token.word())
                        + "” is not known; those that are: -n, --namespace, -l, --selector,"
                        + " --to-revision, --fast, --by-partition."
                        + hint,
                clauses.shownTarget() + (hint.isEmpty() ? "" : " diff"));
    }

    /** As kubectl takes it; a set's spaces need no quotes: {@code -l release in (a, b)}. */
    private void readSelector(String attached) {
        if (attached.isEmpty() && next == tokens.size()) {
            clauses.fail("A label selector must follow “-l”.", "-l release=2024-11-20");
            return;
        }
        StringBuilder text =
                new StringBuilder(attached.isEmpty() ? bare(tokens.get(next++).raw()) : attached);
        while (next < tokens.size() && goesOn(text)) {
            text.append(' ').append(bare(tokens.get(next++).raw()));
        }
        clauses.selector(text.toString());
    }

    /** Whether the next word belongs to the selector: “in” does before a parenthesis, but “in order” is none of it. */
    private boolean goesOn(StringBuilder text) {
        String following = bare(tokens.get(next).raw());
        boolean set = (following.equals("in") || following.equals("notin"))
                && next + 1 < tokens.size()
                && tokens.get(next + 1).raw().startsWith("(");
        boolean open = text.chars().filter(c -> c == '(').count()
                > text.chars().filter(c -> c == ')').count();
        boolean comma = text.charAt(text.length() - 1) == ',';
        String read = text.toString();
        return open || comma || read.endsWith(" in") || read.endsWith(" notin") || set || following.startsWith(",");
    }

    private static String bare(String raw) {
        return raw.replaceAll("^[\"'`]+|[\"'`]+$", "");
    }

    private void readTarget(Token token) {
        String name = token.word();
        // kubectl also takes the kind as a word of its own: "deployment checkout".
        boolean kind = Kind.parse(name).isPresent();
        if ((kind || TargetText.isUnsupportedKind(name)) && !clauses.hasTarget() && nextIsName()) {
            if (!kind) {
                clauses.fail(
                        TargetText.unsupported(name) + ".",
                        "deployment/" + tokens.get(next).lower());
                return;
            }
            name = name + "/" + tokens.get(next++).word();
        }
        Optional<Long> number = name.startsWith("v") || name.startsWith("V") ? Optional.empty() : Clauses.number(name);
        if (number.isPresent()) {
            clauses.fail(
                    "“" + TargetText.echo(name) + "” alone does not say what to do with it; a revision is written “to "
                            + Math.max(1, number.get()) + "”.",
                    clauses.shownTarget() + " to " + Math.max(1, number.get()));
            return;
        }
        TargetText.Read read = TargetText.read(name);
        if (read instanceof TargetText.Read.Bad bad) {
            clauses.fail(bad.problem() + ".", clauses.shownTarget());
        } else if (read instanceof TargetText.Read.Ok ok) {
            clauses.target(ok.wanted());
        }
    }

    private boolean nextIsName() {
        if (next >= tokens.size()) {
            return false;
        }
        String following = tokens.get(next).lower();
        return Verb.of(following).isEmpty()
                && !Keywords.WORDS.contains(following)
                && !following.startsWith("-")
                && !following.contains("/");
    }
}
