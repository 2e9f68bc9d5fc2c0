package dev.stepback.command;

import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import dev.stepback.text.Bounded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What has been read of a command so far, and what all of it asks for. */
final class Clauses {
    private final Misfit misfit = new Misfit();
    private final TargetClause targets = new TargetClause(misfit);
    private final RevisionClause revisions = new RevisionClause(misfit, targets::shown);
    private @Nullable Verb verb;
    private @Nullable String reason;
    private @Nullable Duration since;
    private boolean fast;
    private boolean byPartition;

    TargetClause targets() {
        return targets;
    }

    RevisionClause revisions() {
        return revisions;
    }

    boolean failed() {
        return misfit.problem() != null;
    }

    void fail(String what, String right) {
        misfit.found(what, right);
    }

    boolean isDiff() {
        return verb == Verb.DIFF;
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

    void noReason() {
        fail(
                "A reason must follow “because”.",
                locks() ? Keywords.LOCK_EXAMPLE : targets.shown() + " because error rate is up");
    }

    void since(String typed) {
        Optional<Duration> past = Past.parse(typed);
        if (past.isEmpty()) {
            fail("“" + TargetText.echo(typed) + "” is not a time; write 7d, 24h or 2w.", "audit since 7d");
        } else {
            since = past.get();
        }
    }

    void revision(String typed) {
        if (isDiff() && RevisionClause.number(typed).filter(n -> n > 0).isPresent()) {
            revisions.compare(typed);
        } else {
            revisions.to(typed);
        }
    }

    void time(PastTime.Read read) {
        if (isDiff() && read instanceof PastTime.Read.Ok) {
            fail("A diff is between revisions, not times.", targets.shown() + " history");
        } else {
            revisions.time(read);
        }
    }

    private boolean locks() {
        return verb == Verb.LOCK || verb == Verb.UNLOCK;
    }

    /** What all of it asks for. */
    Command command() {
        if (verb == Verb.HELP) {
            return new Command.Help();
        }
        if (!failed()) {
            targets.applyNamespace();
        }
        return failed() ? notUnderstood() : build(verb == null ? Verb.UNDO : verb);
    }

    private Command build(Verb what) {
        if (fast && byPartition) {
            return notUnderstood(
                    "“fast” and “by partition” are opposites; one of them, please.", targets.shown() + " fast");
        }
        if ((fast || byPartition) && what != Verb.UNDO) {
            return notUnderstood(
                    "“" + (fast ? "fast" : "by partition") + "” belongs to a rollback, not to “" + what.word() + "”.",
                    targets.first().isEmpty() ? what.word() : targets.shown() + " " + what.word());
        }
        if (what == Verb.UNDO && targets.several()) {
            return several();
        }
        if (targets.names().size() > 1) {
            return twoTargets(targets.names().get(0), targets.names().get(1));
        }
        if (targets.selector().isPresent()) {
            return notUnderstood("A selector belongs to a rollback of several, not to “" + what.word() + "”.", "list");
        }
        if (targets.inOrder().isPresent()) {
            return notUnderstood("One target has no order; name several.", "checkout cart in order");
        }
        if (what == Verb.AUDIT) {
            return audit();
        }
        if (since != null) {
            return notUnderstood(
                    "“since” belongs to “audit”.", "audit " + targets.shown() + " since " + Past.text(since));
        }
        return switch (what) {
            case LIST -> list();
            case LOCK, UNLOCK -> lock(what);
            default ->
                targets.first().map(on -> onTarget(what, on)).orElseGet(() -> {
                    String action = what == Verb.UNDO ? "" : " " + what.word();
                    return notUnderstood("A target is missing.", "checkout" + action);
                });
        };
    }

    private Command audit() {
        return revisions.named() || reason != null
                ? notUnderstood("“audit” takes a target and how far back.", "audit " + targets.shown() + " since 7d")
                : new Command.AuditList(targets.first(), targets.namespace(), Optional.ofNullable(since));
    }

    private Command list() {
        return targets.first().isPresent() || revisions.named() || reason != null
                ? notUnderstood(
                        "“list” shows all rollbacks and takes only a namespace.",
                        targets.first().isEmpty() ? "list" : targets.shown() + " history")
                : new Command.ListRollbacks(targets.namespace());
    }

    private Command onTarget(Verb what, Wanted on) {
        Optional<Operation> operation = what.operation();
        if (revisions.to().isPresent() && revisions.time().isPresent()) {
            long to = revisions.to().getAsLong();
            return notUnderstood(
                    "Either to revision " + to + " or to "
                            + PastTime.ran(revisions.time().get().understood()) + ".",
                    targets.shown() + " to " + to);
        }
        if (operation.isPresent() && what != Verb.UNDO && revisions.named()) {
            return notUnderstood(
                    "“" + what.word() + "” goes to no other revision.", targets.shown() + " " + what.word());
        }
        if (operation.isEmpty() && (reason != null || revisions.named())) {
            return notUnderstood(
                    (reason != null ? "A reason" : "“to”") + " belongs to a rollback, not to “" + what.word() + "”.",
                    targets.shown() + " " + what.word());
        }
        return switch (what) {
            case HISTORY -> new Command.History(on);
            case STATUS -> new Command.Status(on);
            case CANCEL -> new Command.Cancel(on);
            case DIFF -> Command.Diff.of(on, revisions.compared());
            default ->
                new Command.Rollback(
                        on,
                        operation.orElse(Operation.UNDO),
                        revisions.to(),
                        revisions.time().map(PastTime.Read.Ok::at),
                        options(),
                        reasonOrNone());
        };
    }

    private Command several() {
        Optional<String> selector = targets.selector();
        if (selector.isPresent() && !targets.names().isEmpty()) {
            return notUnderstood(
                    "Names and a selector at once: use one of them.", "-l " + TargetText.echo(selector.get()));
        }
        if (revisions.to().isPresent()) {
            return notUnderstood(
                    "A revision's number belongs to one target; several go to what is proposed for each.",
                    targets.names().isEmpty()
                            ? "-l release=2024-11-20"
                            : targets.shown() + " to " + revisions.to().getAsLong());
        }
        return new Command.Several(
                targets.names(),
                selector,
                targets.namespace(),
                targets.inOrder().orElse(false),
                revisions.time().map(PastTime.Read.Ok::at),
                options(),
                reasonOrNone());
    }

    private PlanOptions options() {
        return new PlanOptions(fast, byPartition, false);
    }

    private String reasonOrNone() {
        return reason == null ? "" : reason;
    }

    private Command lock(Verb what) {
        Optional<Wanted> on = targets.first();
        if (revisions.named()
                || on.filter(o -> o.kind().isPresent() || !TargetText.isNamespace(o.name()))
                        .isPresent()) {
            return notUnderstood(
                    "“" + what.word() + "” takes a namespace, or none for everything.", Keywords.LOCK_EXAMPLE);
        }
        // "production" and "-n production" are the same; "production -n staging" is what applyNamespace has made of it.
        if (on.flatMap(o -> o.namespace().filter(n -> !n.equals(o.name()))).isPresent()) {
            return notUnderstood("One namespace at a time, please.", Keywords.LOCK_EXAMPLE);
        }
        Optional<String> where = on.map(Wanted::name).or(targets::namespace);
        if (what == Verb.UNLOCK) {
            return new Command.Unlock(where);
        }
        return reason == null
                ? notUnderstood(
                        "Say why, for those who will want to roll back.",
                        "lock" + where.map(n -> " " + n).orElse("") + " because the database is being moved")
                : new Command.Lock(where, reason);
    }

    private Command twoTargets(Wanted first, Wanted second) {
        if (locks()) {
            return notUnderstood("One namespace at a time, please; a reason follows “because”.", Keywords.LOCK_EXAMPLE);
        }
        for (Wanted word : List.of(second, first)) {
            Optional<String> meant = Keywords.near(word);
            if (meant.isPresent()) {
                return notUnderstood(
                        Keywords.unknown(word, meant.get()),
                        Keywords.instead(word.equals(second) ? first : second, meant.get()));
            }
        }
        return notUnderstood(
                "Two targets, " + TargetText.echo(first.toString()) + " and " + TargetText.echo(second.toString())
                        + "; only a rollback takes several.",
                TargetText.echo(first.toString()));
    }

    private Command notUnderstood(String what, String right) {
        fail(what, right);
        return notUnderstood();
    }

    private Command notUnderstood() {
        List<String> known = new ArrayList<>();
        if (verb != null) {
            known.add(verb.word());
        }
        targets.first().ifPresent(name -> known.add("target " + TargetText.echo(name.toString())));
        targets.namespace().ifPresent(name -> known.add("namespace " + name));
        revisions.to().ifPresent(number -> known.add("to revision " + number));
        if (fast) {
            known.add("fast");
        }
        if (byPartition) {
            known.add("by partition");
        }
        revisions.time().ifPresent(time -> known.add("to " + PastTime.ran(time.understood())));
        if (since != null) {
            known.add("since " + Past.text(since));
        }
        if (reason != null) {
            known.add("because " + TargetText.echo(reason));
        }
        return new Command.NotUnderstood(
                String.join(", ", known), String.valueOf(misfit.problem()), Bounded.of(wished(misfit.instead()), 150));
    }

    /** Who asks for something else is not told to type what would be a rollback. */
    private String wished(String right) {
        Verb wish = verb;
        if (wish == null || wish == Verb.UNDO || revisions.named() || fast || byPartition) {
            return right;
        }
        boolean said = Arrays.stream(right.split(" ", -1))
                .anyMatch(word -> Verb.of(word).isPresent());
        return said ? right : wish.word() + " " + right;
    }
}
