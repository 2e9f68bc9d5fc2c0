package dev.stepback.command;

import dev.stepback.policy.LabelSelector;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What has been read of a command so far. The first thing that does not fit decides the answer. */
final class Clauses {
    static final Pattern NUMBER = Pattern.compile("[#v]?(\\d{1,18})");

    private @Nullable Verb verb;
    private @Nullable Wanted target;
    private final List<Wanted> others = new ArrayList<>();
    private @Nullable String selector;
    private @Nullable Boolean inOrder;
    private @Nullable String namespace;
    private final List<Long> numbers = new ArrayList<>();
    private @Nullable Long to;
    private PastTime.Read.@Nullable Ok toTime;
    private @Nullable String reason;
    private @Nullable Duration since;
    private boolean fast;
    private boolean byPartition;
    private @Nullable String problem;
    private @Nullable String instead;

    boolean failed() {
        return problem != null;
    }

    boolean isDiff() {
        return verb == Verb.DIFF;
    }

    boolean hasTarget() {
        return target != null;
    }

    /** What all of it asks for. */
    Command command() {
        if (verb == Verb.HELP) {
            return new Command.Help();
        }
        if (problem == null && namespace != null) {
            applyNamespace(namespace);
        }
        return problem != null ? notUnderstood(problem) : build();
    }

    void verb(Verb wanted) {
        if (verb == Verb.HELP || wanted == Verb.HELP) {
            verb = Verb.HELP;
        } else if (verb != null) {
            fail(
                    "“" + verb.word() + "” and “" + wanted.word()
                            + "” together are not possible; one at a time. A target that is named “" + wanted.word()
                            + "” is written with its kind.",
                    locks() ? Keywords.LOCK_EXAMPLE : "deployment/" + wanted.word() + " " + verb.word());
        } else {
            verb = wanted;
        }
    }

    void fast() {
        fast = true;
    }

    void byPartition() {
        byPartition = true;
    }

    void reason(String words) {
        reason = words;
    }

    void since(String typed) {
        Optional<Duration> past = Past.parse(typed);
        if (past.isEmpty()) {
            fail("“" + TargetText.echo(typed) + "” is not a time; write 7d, 24h or 2w.", "audit since 7d");
        } else {
            since = past.get();
        }
    }

    void noReason() {
        fail(
                "A reason must follow “because”.",
                locks() ? Keywords.LOCK_EXAMPLE : shownTarget() + " because error rate is up");
    }

    void target(Wanted wanted) {
        if (target == null) {
            target = wanted;
        } else if (!target.equals(wanted) && !others.contains(wanted)) {
            others.add(wanted);
        }
    }

    void selector(String typed) {
        if (LabelSelector.parse(typed).isEmpty()) {
            fail(
                    "“" + TargetText.echo(typed) + "” is not a label selector as kubectl takes it.",
                    "-l release=2024-11-20");
        } else if (selector != null && !selector.equals(typed)) {
            fail("Two selectors; put a comma between what must all be the case.", "-l app=shop,release=2024-11-20");
        } else {
            selector = typed;
        }
    }

    void order(boolean wanted) {
        if (inOrder != null && inOrder != wanted) {
            fail("“in order” and “together” are not possible at once.", "checkout cart in order");
        } else {
            inOrder = wanted;
        }
    }

    void revision(String typed) {
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

    void time(PastTime.Read read) {
        if (read instanceof PastTime.Read.Bad bad) {
            fail(bad.problem() + "; " + PastTime.EXAMPLES + ".", shownTarget() + " to 20m ago");
        } else if (read instanceof PastTime.Read.Ok ok) {
            if (verb == Verb.DIFF) {
                fail("A diff is between revisions, not times.", shownTarget() + " history");
            } else if (toTime != null && !toTime.equals(ok)) {
                fail(
                        "Two times: " + toTime.understood() + " and " + ok.understood() + ".",
                        shownTarget() + " to 20m ago");
            } else {
                toTime = ok;
            }
        }
    }

    void addNumber(String typed) {
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

    static Optional<Long> number(String typed) {
        Matcher m = NUMBER.matcher(typed);
        return m.matches() ? Optional.of(Long.parseLong(m.group(1))) : Optional.empty();
    }

    void namespace(String typed) {
        if (!TargetText.isNamespace(typed)) {
            fail("“" + TargetText.echo(typed) + "” cannot be a namespace.", "-n production " + shownTarget());
        } else if (namespace != null && !namespace.equals(typed)) {
            fail("Two namespaces: " + namespace + " and " + typed + ".", "-n " + namespace + " " + shownTarget());
        } else {
            namespace = typed;
        }
    }

    private boolean locks() {
        return verb == Verb.LOCK || verb == Verb.UNLOCK;
    }

    private void failTwoTargets(Wanted first, Wanted second) {
        if (locks()) {
            fail("One namespace at a time, please; a reason follows “because”.", Keywords.LOCK_EXAMPLE);
            return;
        }
        for (Wanted word : List.of(second, first)) {
            Optional<String> meant = Keywords.near(word);
            if (meant.isPresent()) {
                fail(
                        Keywords.unknown(word, meant.get()),
                        Keywords.instead(word.equals(second) ? first : second, meant.get()));
                return;
            }
        }
        fail(
                "Two targets, " + TargetText.echo(first.toString()) + " and " + TargetText.echo(second.toString())
                        + "; only a rollback takes several.",
                TargetText.echo(first.toString()));
    }

    private void applyNamespace(String wanted) {
        if (target == null) {
            return;
        }
        target = in(wanted, target);
        others.replaceAll(other -> in(wanted, other));
    }

    private Wanted in(String wanted, Wanted one) {
        Optional<String> own = one.namespace();
        if (own.isPresent() && !own.get().equals(wanted)) {
            fail("Two namespaces: " + own.get() + " and " + wanted + ".", TargetText.echo(one.toString()));
        }
        return new Wanted(Optional.of(wanted), one.kind(), one.name());
    }

    private Command build() {
        Verb what = verb == null ? Verb.UNDO : verb;
        if (fast && byPartition) {
            return notUnderstood(
                    "“fast” and “by partition” are opposites; one of them, please.", shownTarget() + " fast");
        }
        if ((fast || byPartition) && what != Verb.UNDO) {
            return notUnderstood(
                    "“" + (fast ? "fast" : "by partition") + "” belongs to a rollback, not to “" + what.word() + "”.",
                    target == null ? what.word() : shownTarget() + " " + what.word());
        }
        if (what == Verb.UNDO && (selector != null || !others.isEmpty())) {
            return several();
        }
        if (!others.isEmpty() && target != null) {
            failTwoTargets(target, others.get(0));
            return notUnderstood(String.valueOf(problem));
        }
        if (selector != null) {
            return notUnderstood("A selector belongs to a rollback of several, not to “" + what.word() + "”.", "list");
        }
        if (inOrder != null) {
            return notUnderstood("One target has no order; name several.", "checkout cart in order");
        }
        if (what == Verb.AUDIT) {
            return to != null || toTime != null || reason != null
                    ? notUnderstood("“audit” takes a target and how far back.", "audit " + shownTarget() + " since 7d")
                    : new Command.AuditList(
                            Optional.ofNullable(target), Optional.ofNullable(namespace), Optional.ofNullable(since));
        }
        if (since != null) {
            return notUnderstood(
                    "“since” belongs to “audit”.", "audit " + shownTarget() + " since " + Past.text(since));
        }
        if (what == Verb.LIST) {
            if (target != null || to != null || toTime != null || reason != null) {
                return notUnderstood(
                        "“list” shows all rollbacks and takes only a namespace.",
                        target == null ? "list" : shownTarget() + " history");
            }
            return new Command.ListRollbacks(Optional.ofNullable(namespace));
        }
        if (what == Verb.LOCK || what == Verb.UNLOCK) {
            return lock(what);
        }
        Wanted on = target;
        if (on == null) {
            return notUnderstood("A target is missing.", "checkout" + (what == Verb.UNDO ? "" : " " + what.word()));
        }
        Optional<Operation> operation = what.operation();
        if (to != null && toTime != null) {
            return notUnderstood(
                    "Either to revision " + to + " or to what ran at " + toTime.understood() + ".",
                    shownTarget() + " to " + to);
        }
        if (operation.isPresent() && what != Verb.UNDO && (to != null || toTime != null)) {
            return notUnderstood("“" + what.word() + "” goes to no other revision.", shownTarget() + " " + what.word());
        }
        if (operation.isEmpty() && (reason != null || to != null || toTime != null)) {
            return notUnderstood(
                    (reason != null ? "A reason" : "“to”") + " belongs to a rollback, not to “" + what.word() + "”.",
                    shownTarget() + " " + what.word());
        }
        return switch (what) {
            case HISTORY -> new Command.History(on);
            case STATUS -> new Command.Status(on);
            case CANCEL -> new Command.Cancel(on);
            case DIFF -> Command.Diff.of(on, numbers);
            default ->
                new Command.Rollback(
                        on,
                        operation.orElse(Operation.UNDO),
                        to == null ? OptionalLong.empty() : OptionalLong.of(to),
                        Optional.ofNullable(toTime).map(PastTime.Read.Ok::at),
                        new PlanOptions(fast, byPartition, false),
                        reason == null ? "" : reason);
        };
    }

    private Command several() {
        List<Wanted> all = new ArrayList<>(others);
        if (target != null) {
            all.add(0, target);
        }
        if (selector != null && !all.isEmpty()) {
            return notUnderstood("Names and a selector at once: use one of them.", "-l " + TargetText.echo(selector));
        }
        if (to != null) {
            return notUnderstood(
                    "A revision's number belongs to one target; several go to what is proposed for each.",
                    all.isEmpty() ? "-l release=2024-11-20" : shownTarget() + " to " + to);
        }
        return new Command.Several(
                all,
                Optional.ofNullable(selector),
                Optional.ofNullable(namespace),
                inOrder != null && inOrder,
                Optional.ofNullable(toTime).map(PastTime.Read.Ok::at),
                new PlanOptions(fast, byPartition, false),
                reason == null ? "" : reason);
    }

    private Command lock(Verb what) {
        Wanted on = target;
        if (to != null
                || toTime != null
                || (on != null && (on.kind().isPresent() || !TargetText.isNamespace(on.name())))) {
            return notUnderstood(
                    "“" + what.word() + "” takes a namespace, or none for everything.", Keywords.LOCK_EXAMPLE);
        }
        // "production" and "-n production" are the same; "production -n staging" is what applyNamespace has made of it.
        if (on != null && on.namespace().isPresent() && !on.namespace().get().equals(on.name())) {
            return notUnderstood("One namespace at a time, please.", Keywords.LOCK_EXAMPLE);
        }
        Optional<String> where = Optional.ofNullable(on == null ? namespace : on.name());
        if (what == Verb.UNLOCK) {
            return new Command.Unlock(where);
        }
        return reason == null
                ? notUnderstood(
                        "Say why, for those who will want to roll back.",
                        "lock" + where.map(n -> " " + n).orElse("") + " because the database is being moved")
                : new Command.Lock(where, reason);
    }

    void fail(String what, String right) {
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
            known.add(verb.word());
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
        if (fast) {
            known.add("fast");
        }
        if (byPartition) {
            known.add("by partition");
        }
        if (toTime != null) {
            known.add("to what ran at " + toTime.understood());
        }
        if (since != null) {
            known.add("since " + Past.text(since));
        }
        if (reason != null) {
            known.add("because " + TargetText.echo(reason));
        }
        return new Command.NotUnderstood(
                String.join(", ", known), what, instead == null ? "help" : SlackText.bounded(instead, 150));
    }

    String shownTarget() {
        return target == null ? "checkout" : TargetText.echo(target.toString());
    }
}
