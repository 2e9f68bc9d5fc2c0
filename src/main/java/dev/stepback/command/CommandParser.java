package dev.stepback.command;

import dev.stepback.target.Kind;
import dev.stepback.text.EditDistance;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
    private static final Pattern NUMBER = Pattern.compile("[#v]?(\\d{1,18})");
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,18})(?:\\.{2,3}|,|-|:)(\\d{1,18})");
    private static final Pattern NAMESPACE_FLAG = Pattern.compile("(?i)(?:--namespace=|-n=|-n)(.+)");
    private static final Pattern REVISION_FLAG = Pattern.compile("(?i)--(?:to-)?revision(?:=(.*))?");
    private static final List<String> WORDS =
            List.of("history", "diff", "status", "cancel", "list", "help", "to", "revision", "because");

    private enum Verb {
        UNDO,
        HISTORY,
        DIFF,
        STATUS,
        CANCEL,
        LIST,
        HELP
    }

    /** A token and where it stands in the text. */
    private record Token(String raw, String word, int start, int end) {
        String lower() {
            return word.toLowerCase(Locale.ROOT);
        }
    }

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int next;

    private @Nullable Verb verb;
    private @Nullable Wanted target;
    private @Nullable String namespace;
    private final List<Long> numbers = new ArrayList<>();
    private @Nullable Long to;
    private @Nullable String reason;
    private @Nullable String problem;
    private @Nullable String instead;

    private CommandParser(String text) {
        this.text = text;
        Matcher m = TOKEN.matcher(text);
        while (m.find()) {
            String word = SlackText.word(m.group());
            if (!word.isEmpty()) {
                tokens.add(new Token(m.group(), word, m.start(), m.end()));
            }
        }
    }

    /** What {@code delivered}, the text behind the command's name or behind the mention, asks for. */
    public static Command parse(String delivered) {
        if (delivered.length() > MAX_LENGTH) {
            return new Command.NotUnderstood(
                    "", "The text is longer than " + MAX_LENGTH + " characters.", "checkout because a short reason");
        }
        Command command = read(delivered);
        // An example is made from what was typed; one that would not be understood either helps nobody.
        if (command instanceof Command.NotUnderstood not && read(not.instead()) instanceof Command.NotUnderstood) {
            return new Command.NotUnderstood(not.understood(), not.problem(), "checkout");
        }
        return command;
    }

    private static Command read(String delivered) {
        return new CommandParser(SlackText.typed(delivered)).command();
    }

    private Command command() {
        skipLeadingWords();
        if (next == tokens.size()) {
            return new Command.Help();
        }
        while (next < tokens.size() && problem == null) {
            read(tokens.get(next++));
        }
        if (verb == Verb.HELP) {
            return new Command.Help();
        }
        if (problem == null && namespace != null) {
            applyNamespace(namespace);
        }
        if (problem != null) {
            return notUnderstood(problem);
        }
        return build();
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
        Optional<Verb> asVerb = verb(token.lower());
        if (asVerb.isPresent()) {
            readVerb(token, asVerb.get());
        } else if (token.lower().equals("because")) {
            readReason(token);
        } else if (token.lower().equals("to") || token.lower().equals("revision")) {
            readRevision(token);
        } else if (token.word().startsWith("-")) {
            readFlag(token);
        } else if (verb == Verb.DIFF && NUMBER.matcher(token.lower()).matches()) {
            addNumber(token.lower());
        } else if (verb == Verb.DIFF && NUMBERS.matcher(token.lower()).matches()) {
            Matcher m = NUMBERS.matcher(token.lower());
            if (m.matches()) {
                addNumber(m.group(1));
                addNumber(m.group(2));
            }
        } else {
            readTarget(token);
        }
    }

    private static Optional<Verb> verb(String word) {
        return switch (word) {
            case "undo" -> Optional.of(Verb.UNDO);
            case "history" -> Optional.of(Verb.HISTORY);
            case "diff" -> Optional.of(Verb.DIFF);
            case "status" -> Optional.of(Verb.STATUS);
            case "cancel" -> Optional.of(Verb.CANCEL);
            case "list" -> Optional.of(Verb.LIST);
            case "help", "--help", "-h" -> Optional.of(Verb.HELP);
            default -> Optional.empty();
        };
    }

    private void readVerb(Token token, Verb wanted) {
        if (verb == Verb.HELP || wanted == Verb.HELP) {
            verb = Verb.HELP;
        } else if (verb != null) {
            fail(
                    "“" + word(verb) + "” and “" + token.lower()
                            + "” together are not possible; one at a time. A target that is named “" + token.lower()
                            + "” is written with its kind.",
                    "deployment/" + token.lower() + " " + word(verb));
        } else {
            verb = wanted;
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
            fail("A reason must follow “because”.", shownTarget() + " because error rate is up");
            return;
        }
        reason = SlackText.bounded(words, MAX_REASON);
    }

    /** Behind {@code to}, {@code to revision} or {@code revision}: a number. */
    private void readRevision(Token keyword) {
        if (next < tokens.size()
                && keyword.lower().equals("to")
                && tokens.get(next).lower().equals("revision")) {
            next++;
        }
        if (next == tokens.size()) {
            fail("The number of a revision must follow “" + keyword.lower() + "”.", shownTarget() + " to 3");
            return;
        }
        setRevision(tokens.get(next++).lower());
    }

    private void setRevision(String typed) {
        Optional<Long> number = number(typed);
        if (number.isEmpty()) {
            fail("“" + TargetText.echo(typed) + "” is not the number of a revision.", shownTarget() + " to 3");
        } else if (number.get() == 0) {
            fail("Revisions are counted from 1; without “to”, Stepback proposes one.", shownTarget());
        } else if (verb == Verb.DIFF) {
            addNumber(typed);
        } else if (to != null && !to.equals(number.get())) {
            fail("Two revisions: " + to + " and " + number.get() + ".", shownTarget() + " to " + to);
        } else {
            to = number.get();
        }
    }

    private void addNumber(String typed) {
        Optional<Long> number = number(typed);
        if (number.isEmpty() || number.get() == 0) {
            fail("“" + TargetText.echo(typed) + "” is not the number of a revision.", shownTarget() + " diff 3");
        } else if (numbers.size() == 2) {
            fail(
                    "A diff is between two revisions at most.",
                    shownTarget() + " diff " + numbers.get(0) + " " + numbers.get(1));
        } else {
            numbers.add(number.get());
        }
    }

    private static Optional<Long> number(String typed) {
        Matcher m = NUMBER.matcher(typed);
        return m.matches() ? Optional.of(Long.parseLong(m.group(1))) : Optional.empty();
    }

    private void readFlag(Token token) {
        Matcher revision = REVISION_FLAG.matcher(token.word());
        if (revision.matches()) {
            String value = revision.group(1);
            if (value == null) {
                readRevision(new Token(token.raw(), "--to-revision", token.start(), token.end()));
            } else {
                setRevision(value);
            }
            return;
        }
        if (token.lower().equals("-n") || token.lower().equals("--namespace")) {
            if (next == tokens.size()) {
                fail("A namespace must follow “" + token.lower() + "”.", "-n production " + shownTarget());
                return;
            }
            setNamespace(tokens.get(next++).lower());
            return;
        }
        Matcher attached = NAMESPACE_FLAG.matcher(token.word());
        if (attached.matches()) {
            setNamespace(attached.group(1).toLowerCase(Locale.ROOT));
            return;
        }
        String hint = token.lower().startsWith("--dry-run") ? " What a rollback would change is shown by “diff”." : "";
        fail(
                "The flag “" + TargetText.echo(token.word())
                        + "” is not known; those that are: -n, --namespace, --to-revision." + hint,
                shownTarget() + (hint.isEmpty() ? "" : " diff"));
    }

    private void setNamespace(String typed) {
        if (!TargetText.isNamespace(typed)) {
            fail("“" + TargetText.echo(typed) + "” cannot be a namespace.", "-n production " + shownTarget());
        } else if (namespace != null && !namespace.equals(typed)) {
            fail("Two namespaces: " + namespace + " and " + typed + ".", "-n " + namespace + " " + shownTarget());
        } else {
            namespace = typed;
        }
    }

    private void readTarget(Token token) {
        String name = token.word();
        // kubectl also takes the kind as a word of its own: "deployment checkout".
        boolean kind = Kind.parse(name).isPresent();
        if ((kind || TargetText.isUnsupportedKind(name)) && target == null && nextIsName()) {
            if (!kind) {
                fail(
                        TargetText.unsupported(name) + ".",
                        "deployment/" + tokens.get(next).lower());
                return;
            }
            name = name + "/" + tokens.get(next++).word();
        }
        Optional<Long> number = name.startsWith("v") || name.startsWith("V") ? Optional.empty() : number(name);
        if (number.isPresent()) {
            fail(
                    "“" + TargetText.echo(name) + "” alone does not say what to do with it; a revision is written “to "
                            + Math.max(1, number.get()) + "”.",
                    shownTarget() + " to " + Math.max(1, number.get()));
            return;
        }
        TargetText.Read read = TargetText.read(name);
        if (read instanceof TargetText.Read.Bad bad) {
            fail(bad.problem() + ".", shownTarget());
        } else if (read instanceof TargetText.Read.Ok ok) {
            if (target == null) {
                target = ok.wanted();
            } else if (!target.equals(ok.wanted())) {
                failTwoTargets(target, ok.wanted());
            }
        }
    }

    private boolean nextIsName() {
        if (next >= tokens.size()) {
            return false;
        }
        String following = tokens.get(next).lower();
        return verb(following).isEmpty()
                && !WORDS.contains(following)
                && !following.startsWith("-")
                && !following.contains("/");
    }

    private void failTwoTargets(Wanted first, Wanted second) {
        for (Wanted word : List.of(second, first)) {
            List<String> meant = EditDistance.nearest(word.name(), WORDS, 1);
            if (!meant.isEmpty() && word.namespace().isEmpty() && word.kind().isEmpty()) {
                Wanted other = word.equals(second) ? first : second;
                fail(
                        "“" + TargetText.echo(word.name()) + "” is not known here; did you mean “" + meant.get(0)
                                + "”?",
                        TargetText.echo(other.toString()) + " " + example(meant.get(0)));
                return;
            }
        }
        fail(
                "Two targets, " + TargetText.echo(first.toString()) + " and " + TargetText.echo(second.toString())
                        + "; one at a time, please.",
                TargetText.echo(first.toString()));
    }

    private static String example(String word) {
        return switch (word) {
            case "to" -> "to 3";
            case "revision" -> "to revision 3";
            case "because" -> "because error rate is up";
            case "diff" -> "diff 3";
            default -> word;
        };
    }

    private void applyNamespace(String wanted) {
        if (target == null) {
            return;
        }
        Optional<String> own = target.namespace();
        if (own.isPresent() && !own.get().equals(wanted)) {
            fail("Two namespaces: " + own.get() + " and " + wanted + ".", TargetText.echo(target.toString()));
        } else {
            target = new Wanted(Optional.of(wanted), target.kind(), target.name());
        }
    }

    private Command build() {
        Verb what = verb == null ? Verb.UNDO : verb;
        if (what == Verb.LIST) {
            if (target != null || to != null || reason != null) {
                return notUnderstood(
                        "“list” shows all rollbacks and takes only a namespace.",
                        target == null ? "list" : shownTarget() + " history");
            }
            return new Command.ListRollbacks(Optional.ofNullable(namespace));
        }
        Wanted on = target;
        if (on == null) {
            return notUnderstood("A target is missing.", "checkout" + (what == Verb.UNDO ? "" : " " + word(what)));
        }
        if (what != Verb.UNDO && (reason != null || to != null)) {
            return notUnderstood(
                    (reason != null ? "A reason" : "“to”") + " belongs to a rollback, not to “" + word(what) + "”.",
                    shownTarget() + " " + word(what));
        }
        return switch (what) {
            case HISTORY -> new Command.History(on);
            case STATUS -> new Command.Status(on);
            case CANCEL -> new Command.Cancel(on);
            case DIFF -> diff(on);
            default ->
                new Command.Rollback(
                        on, to == null ? OptionalLong.empty() : OptionalLong.of(to), reason == null ? "" : reason);
        };
    }

    private Command.Diff diff(Wanted on) {
        return switch (numbers.size()) {
            case 0 -> new Command.Diff(on, OptionalLong.empty(), OptionalLong.empty());
            case 1 -> new Command.Diff(on, OptionalLong.empty(), OptionalLong.of(numbers.get(0)));
            default -> new Command.Diff(on, OptionalLong.of(numbers.get(0)), OptionalLong.of(numbers.get(1)));
        };
    }

    private void fail(String what, String right) {
        if (problem == null) {
            problem = what;
            instead = right;
        }
    }

    private Command notUnderstood(String what, String right) {
        fail(what, right);
        return notUnderstood(what);
    }

    private Command notUnderstood(String what) {
        List<String> known = new ArrayList<>();
        if (verb != null) {
            known.add(word(verb));
        }
        if (target != null) {
            known.add("target " + TargetText.echo(target.toString()));
        }
        if (namespace != null) {
            known.add("namespace " + namespace);
        }
        if (to != null) {
            known.add("to revision " + to);
        }
        if (reason != null) {
            known.add("because " + TargetText.echo(reason));
        }
        return new Command.NotUnderstood(
                String.join(", ", known), what, instead == null ? "help" : SlackText.bounded(instead, 150));
    }

    private String shownTarget() {
        return target == null ? "checkout" : TargetText.echo(target.toString());
    }

    private static String word(Verb verb) {
        return verb.name().toLowerCase(Locale.ROOT);
    }
}
