package dev.stepback.command;

import dev.stepback.command.Words.Word;
import dev.stepback.target.Kind;
import dev.stepback.text.Bounded;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text of a command: a target, and in any order what to do with it. Forgives what Slack, phones and habits
 * from kubectl do to a text; never guesses a target or a revision. Accepts every text and never throws.
 */
final class CommandParser {
    /** Longer texts are refused. */
    public static final int MAX_LENGTH = 2_000;

    /** Longer reasons are cut, visibly. */
    public static final int MAX_REASON = 500;

    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,18})(?:\\.{2,3}|,|-|:)(\\d{1,18})");
    private static final Pattern REVISION_FLAG = Pattern.compile("(?i)--(?:to-)?revision(?:=(.*))?");

    private final UnaryOperator<String> safe;
    private final Words words;
    private final Clauses clauses = new Clauses();
    private final Flags flags;
    private final Asked asked;

    private CommandParser(String text, UnaryOperator<String> safe, Asked asked) {
        this.asked = asked;
        this.safe = safe;
        this.words = new Words(text);
        this.flags = new Flags(words, clauses);
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
        if (!words.hasNext()) {
            return new Command.Help();
        }
        while (words.hasNext() && !clauses.failed()) {
            read(words.next());
        }
        return clauses.command();
    }

    /** Drops the mention of the bot, its command's name, and kubectl's {@code rollout}. */
    private void skipLeadingWords() {
        while (words.hasNext() && words.peek().text().startsWith("@")) {
            words.next();
        }
        if (!words.skip("rollback") && !words.skip("/rollback")) {
            words.skip("rollout");
        }
    }

    private void read(Word word) {
        Optional<Verb> verb = Verb.of(word.lower());
        Matcher numbers = NUMBERS.matcher(word.lower());
        if (verb.isPresent()) {
            clauses.verb(verb.get());
        } else if (readKeyword(word)) {
            return;
        } else if (word.text().startsWith("-")) {
            flags.read(word);
        } else if (clauses.isDiff() && RevisionClause.number(word.lower()).isPresent()) {
            clauses.revisions().compare(word.lower());
        } else if (clauses.isDiff() && numbers.matches()) {
            clauses.revisions().compare(numbers.group(1));
            clauses.revisions().compare(numbers.group(2));
        } else {
            readTarget(word);
        }
    }

    /** @return false when the word is none */
    private boolean readKeyword(Word word) {
        Matcher revision = REVISION_FLAG.matcher(word.text());
        switch (word.lower()) {
            case "because" -> readReason(word);
            case "to", "revision" -> readRevision(word.lower());
            case "together" -> clauses.targets().order(false);
            case "since" -> readSince();
            case "fast", "--fast" -> clauses.fast();
            case "--by-partition" -> clauses.byPartition();
            case "by" -> readBy();
            default -> {
                if (word.lower().equals("in")) {
                    readIn();
                } else if (!revision.matches()) {
                    return false;
                } else if (revision.group(1) == null) {
                    readRevision("--to-revision");
                } else {
                    clauses.revision(revision.group(1));
                }
            }
        }
        return true;
    }

    private void readReason(Word because) {
        String reason = words.textBehind(because);
        if (reason.length() > 1 && reason.startsWith("\"") && reason.endsWith("\"")) {
            reason = reason.substring(1, reason.length() - 1).trim();
        }
        if (reason.isEmpty()) {
            clauses.noReason();
            return;
        }
        clauses.reason(Bounded.of(safe.apply(reason), MAX_REASON));
    }

    /** Behind {@code to}, {@code to revision} or {@code revision}: a number, or a time. */
    private void readRevision(String keyword) {
        boolean to = keyword.equals("to");
        if (to) {
            words.skip("revision");
        }
        if (!words.hasNext()) {
            clauses.fail(
                    "The number of a revision must follow “" + keyword + "”.",
                    clauses.targets().shown() + " to 3");
            return;
        }
        List<String> rest = words.rest().stream().map(Word::lower).toList();
        if (to && TimeWords.begins(rest)) {
            int count = TimeWords.count(rest);
            if (count < rest.size() && TimeWords.unsaid(rest.subList(0, count)) && !meansSomething(rest.get(count))) {
                count++; // it was meant to be one, and is named in the answer
            }
            words.skip(count);
            clauses.time(PastTime.read(rest.subList(0, count), asked));
        } else {
            clauses.revision(words.next().lower());
        }
    }

    /** Behind {@code since}: {@code 7d}, {@code 7 d} or {@code 7 days}. */
    private void readSince() {
        if (!words.hasNext()) {
            clauses.fail("A time must follow “since”.", "audit since 7d");
            return;
        }
        String time = words.next().lower();
        clauses.since(
                Past.lacksUnit(time) && words.hasNext() ? time + words.next().lower() : time);
    }

    /** Behind {@code in}: {@code order}. */
    private void readIn() {
        if (words.skip("order")) {
            clauses.targets().order(true);
            return;
        }
        Optional<String> namespace = words.hasNext()
                ? Optional.of(words.peek().lower())
                        .filter(TargetText::isNamespace)
                        .filter(n -> !meansSomething(n))
                : Optional.empty();
        namespace.ifPresent(n -> words.next());
        String target = clauses.targets().first().isEmpty() && nextIsName()
                ? words.next().lower()
                : clauses.targets().shown();
        clauses.fail(
                namespace
                        .map(n -> "“in” is followed by “order”; a namespace is written “-n " + n + "”.")
                        .orElse("“in” is followed by “order”: each begins when the one before it has succeeded."),
                namespace.map(n -> "-n " + n + " " + target).orElse(target + " cart in order"));
    }

    /** Behind {@code by}: {@code partition}. */
    private void readBy() {
        if (words.skip("partition") || words.skip("partitions")) {
            clauses.byPartition();
        } else {
            clauses.fail(
                    "“by” is followed by “partition”: a StatefulSet's pods one after another.",
                    clauses.targets().shown() + " by partition");
        }
    }

    private void readTarget(Word word) {
        String name = word.text();
        // kubectl also takes the kind as a word of its own: "deployment checkout".
        boolean kind = Kind.parse(name).isPresent();
        if ((kind || TargetText.isUnsupportedKind(name))
                && clauses.targets().first().isEmpty()
                && nextIsName()) {
            if (!kind) {
                clauses.fail(
                        TargetText.unsupported(name) + ".",
                        "deployment/" + words.next().lower());
                return;
            }
            name = name + "/" + words.next().text();
        }
        Optional<Long> number =
                name.startsWith("v") || name.startsWith("V") ? Optional.empty() : RevisionClause.number(name);
        if (number.isPresent()) {
            long revision = Math.max(1, number.get());
            clauses.fail(
                    "“" + TargetText.echo(name) + "” alone does not say what to do with it; a revision is written “to "
                            + revision + "”.",
                    clauses.targets().shown() + " to " + revision);
            return;
        }
        TargetText.Read read = TargetText.read(name);
        if (read instanceof TargetText.Read.Bad bad) {
            clauses.fail(bad.problem() + ".", clauses.targets().shown());
        } else if (read instanceof TargetText.Read.Ok ok) {
            clauses.targets().add(ok.wanted());
        }
    }

    private boolean nextIsName() {
        if (!words.hasNext()) {
            return false;
        }
        String following = words.peek().lower();
        return !meansSomething(following) && !following.startsWith("-") && !following.contains("/");
    }

    private static boolean meansSomething(String word) {
        return Verb.of(word).isPresent() || Keywords.WORDS.contains(word);
    }
}
