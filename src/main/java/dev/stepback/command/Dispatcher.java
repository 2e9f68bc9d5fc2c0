package dev.stepback.command;

import dev.stepback.access.Acting;
import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.rollback.lock.Locks;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers commands. Every command gets an answer, whatever happens: nothing is thrown. Calls the API server, so it must
 * not run on a thread that owes Slack an acknowledgement. Safe for use by several threads.
 */
public final class Dispatcher {
    /** Bounds what an answer repeats of a target or of an error. */
    private static final int ECHO = 200;

    private static final int SUGGESTIONS = 5;
    private static final int MATCHES = 20;
    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private final Workloads workloads;
    private final Authorizer authorizer;
    private final List<String> served;
    private final UnaryOperator<String> safe;
    private final UndoCommands undo;
    private final SeveralCommand several;
    private final ViewCommands view;
    private final LockCommands locks;
    private final AuditCommand audit;
    private final Denials denials;
    private final Zones zones;
    private final Clock clock;

    /** @param safe masks secrets in what people typed */
    public Dispatcher(
            Workloads workloads,
            Rollbacks rollbacks,
            RollbackGroups groups,
            List<TargetType> types,
            Authorizer authorizer,
            Locks locks,
            StepbackConfig config,
            Audit record,
            UnaryOperator<String> safe,
            Zones zones,
            Clock clock) {
        this.safe = safe;
        this.workloads = workloads;
        this.authorizer = authorizer;
        this.served = config.kubernetes().namespaces();
        this.zones = zones;
        this.clock = clock;
        this.denials = new Denials(record);
        this.undo = new UndoCommands(
                rollbacks, types, authorizer, denials, config.slack().command());
        this.several = new SeveralCommand(
                groups, rollbacks, types, authorizer, denials, config.slack().command());
        this.view = new ViewCommands(rollbacks, groups, types, authorizer, denials);
        this.audit = new AuditCommand(rollbacks, authorizer, clock);
        this.locks = new LockCommands(locks, authorizer, workloads);
    }

    /** What {@code invocation} is answered with. An invocation that is delivered again has no effect again. */
    public Reply dispatch(Invocation invocation) {
        try {
            Asked asked =
                    new Asked(clock.instant(), () -> zones.of(invocation.by().person()));
            Command command = CommandParser.parse(invocation.text(), safe, asked);
            return explained(answer(command, invocation), command, asked);
        } catch (KubernetesClientException e) {
            log.warn("command failed at the API server: {}", e.getMessage());
            return new Reply.Refused(ClusterErrors.sentence(e, safe));
        } catch (Acting.NobodyException e) {
            return new Reply.Refused(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.error("command failed", e);
            return new Reply.Refused(
                    "Something went wrong inside Stepback, and nothing was started as far as it knows; its log says"
                            + " more. `list` shows the rollbacks that there are.");
        }
    }

    /** Who types a time has to see what it was taken for. */
    private static Reply explained(Reply reply, Command command, Asked asked) {
        Optional<Instant> time = command instanceof Command.Rollback rollback
                ? rollback.toTime()
                : command instanceof Command.Several several ? several.toTime() : Optional.empty();
        if (time.isEmpty()) {
            return reply;
        }
        String then = "what ran at " + PastTime.text(time.get(), asked);
        if (reply instanceof Reply.Opened opened) {
            return new Reply.Opened(opened.rollback(), "It goes back to " + then + ".");
        } else if (reply instanceof Reply.OpenedTogether opened) {
            return new Reply.OpenedTogether(opened.view(), "Each goes back to " + then + ".");
        }
        return reply instanceof Reply.Refused refused
                ? new Reply.Refused("You asked for %s: %s".formatted(then, refused.why()))
                : reply;
    }

    private Reply answer(Command command, Invocation invocation) {
        boolean reads = command instanceof Command.OnTarget
                || command instanceof Command.Several
                || command instanceof Command.ListRollbacks
                || command instanceof Command.AuditList;
        if (reads && authorizer.acting(invocation.by().person()) instanceof Acting.Nobody nobody) {
            return denials.refused(invocation.by(), Denials.wish(command), nobody.why());
        }
        if (command instanceof Command.OnTarget onTarget) {
            return onTarget(onTarget, invocation);
        }
        if (command instanceof Command.Several many) {
            return many.selector().map(s -> selected(many, s, invocation)).orElseGet(() -> named(many, invocation));
        }
        if (command instanceof Command.ListRollbacks list) {
            Optional<Reply> refused = list.namespace().flatMap(n -> notServed(n, invocation));
            return refused.orElseGet(() -> view.list(list, invocation.by(), locks.sentences(invocation.by())));
        }
        if (command instanceof Command.AuditList list) {
            return audit(list, invocation);
        }
        if (command instanceof Command.NotUnderstood not) {
            return new Reply.NotUnderstood(not.understood(), not.problem(), not.instead());
        }
        if (command instanceof Command.Lock lock) {
            return locks.lock(lock, invocation.by());
        }
        if (command instanceof Command.Unlock unlock) {
            return locks.unlock(unlock, invocation.by());
        }
        return new Reply.Help(locks.sentences(invocation.by()));
    }

    private Reply audit(Command.AuditList command, Invocation invocation) {
        Optional<String> namespace = command.target().flatMap(Wanted::namespace).or(command::namespace);
        return namespace
                .flatMap(n -> notServed(n, invocation))
                .or(() -> command.target().flatMap(t -> t.namespace().flatMap(n -> hidden(n, t, command, invocation))))
                .orElseGet(() -> audit.list(command, invocation.by()));
    }

    /** Every word names exactly one target, or somebody has to say what is meant. */
    private Reply named(Command.Several command, Invocation invocation) {
        Set<TargetRef> targets = new LinkedHashSet<>();
        for (Wanted wanted : command.targets()) {
            Optional<Reply> refused = wanted.namespace()
                    .flatMap(n -> notServed(n, invocation).or(() -> hidden(n, wanted, command, invocation)));
            if (refused.isPresent()) {
                return refused.get();
            }
            List<TargetRef> found = visible(known(workloads.find(wanted), invocation), invocation);
            if (found.isEmpty()) {
                return unknown(command, wanted, invocation);
            }
            if (found.size() > 1) {
                return new Reply.Choose(found.stream().limit(MATCHES).toList(), command.without(wanted));
            }
            targets.add(found.get(0));
        }
        return open(command, targets, invocation);
    }

    private Reply unknown(Command.Several command, Wanted wanted, Invocation invocation) {
        Optional<String> meant = Keywords.near(wanted);
        if (meant.isPresent()) {
            Wanted other = command.targets().stream()
                    .filter(t -> !t.equals(wanted))
                    .findFirst()
                    .orElse(wanted);
            return new Reply.NotUnderstood(
                    "", Keywords.unknown(wanted, meant.get()), Keywords.instead(other, meant.get()));
        }
        return notFound(wanted, command.without(wanted), invocation);
    }

    private Reply selected(Command.Several command, String selector, Invocation invocation) {
        Optional<Reply> refused = command.namespace().flatMap(n -> notServed(n, invocation));
        if (refused.isPresent()) {
            return refused.get();
        }
        List<TargetRef> found = visible(known(workloads.select(command.namespace(), selector), invocation), invocation);
        return found.isEmpty()
                ? new Reply.Refused(
                        "Nothing with the labels " + SlackText.bounded(selector, ECHO) + " can be rolled back "
                                + command.namespace().map(n -> "in " + n).orElse("in the namespaces that I serve")
                                + ": no Deployment, StatefulSet or DaemonSet has them.")
                : open(command, new LinkedHashSet<>(found), invocation);
    }

    private Reply open(Command.Several command, Set<TargetRef> targets, Invocation invocation) {
        if (targets.size() > 1) {
            return several.open(command, List.copyOf(targets), invocation);
        }
        TargetRef only = targets.iterator().next();
        return run(
                command.alone(new Wanted(Optional.of(only.namespace()), Optional.of(only.kind()), only.name())),
                only,
                invocation);
    }

    private Reply onTarget(Command.OnTarget command, Invocation invocation) {
        Wanted wanted = command.target();
        Optional<Reply> refused = wanted.namespace().flatMap(n -> notServed(n, invocation));
        if (refused.isPresent()) {
            return refused.get();
        }
        refused = wanted.namespace().flatMap(namespace -> hidden(namespace, wanted, command, invocation));
        if (refused.isPresent()) {
            return refused.get();
        }
        if (command instanceof Command.Cancel) {
            // An open rollback can be cancelled although its target is gone.
            List<TargetRef> open = known(undo.openTargets(wanted), invocation);
            if (open.size() == 1) {
                return undo.cancel(open.get(0), invocation.by());
            }
            if (open.size() > 1) {
                return choose(open, command, invocation);
            }
        }
        List<TargetRef> found = known(workloads.find(wanted), invocation);
        if (found.isEmpty()) {
            return notFound(wanted, command, invocation);
        }
        return found.size() == 1 ? run(command, found.get(0), invocation) : choose(found, command, invocation);
    }

    private Reply run(Command.OnTarget command, TargetRef target, Invocation invocation) {
        Optional<Reply> reply;
        if (command instanceof Command.Rollback rollback) {
            reply = undo.rollback(rollback, target, invocation);
        } else if (command instanceof Command.Cancel) {
            reply = Optional.of(undo.cancel(target, invocation.by()));
        } else if (command instanceof Command.History) {
            reply = view.history(target, invocation.by());
        } else if (command instanceof Command.Diff diff) {
            reply = view.diff(diff, target, invocation.by());
        } else {
            reply = view.status(target, invocation.by());
        }
        // The index may still know what has just been deleted.
        return reply.orElseGet(() -> notFound(command.target(), command, invocation));
    }

    private Reply choose(List<TargetRef> matches, Command.OnTarget command, Invocation invocation) {
        List<TargetRef> visible = visible(matches, invocation);
        if (visible.size() < 2) {
            // With none, whoever asks may know of them, and hears what is in the way.
            return run(command, visible.isEmpty() ? matches.get(0) : visible.get(0), invocation);
        }
        return new Reply.Choose(visible.stream().limit(MATCHES).toList(), command.remaining());
    }

    private Reply notFound(Wanted wanted, Command.OnTarget command, Invocation invocation) {
        return notFound(wanted, command.remaining(), invocation);
    }

    private Reply notFound(Wanted wanted, String remaining, Invocation invocation) {
        List<TargetRef> near = workloads.suggest(
                wanted, SUGGESTIONS, t -> authorizer.mayView(invocation.by(), t).allowed());
        return new Reply.NotFound(echo(wanted), near, remaining);
    }

    /** Nobody learns by a suggestion of what they may not see. */
    private List<TargetRef> visible(List<TargetRef> targets, Invocation invocation) {
        return targets.stream()
                .filter(t -> authorizer.mayView(invocation.by(), t).allowed())
                .toList();
    }

    /** What somebody must not learn of is as if it were not there. */
    private List<TargetRef> known(List<TargetRef> targets, Invocation invocation) {
        return targets.stream()
                .filter(t -> authorizer.hides(invocation.by(), t).isEmpty())
                .toList();
    }

    /** The same answer whether or not there is such a namespace and such a target in it. */
    private Optional<Reply> hidden(String namespace, Wanted wanted, Command command, Invocation invocation) {
        List<TargetRef> meant = wanted.kind().map(List::of).orElseGet(() -> List.of(Kind.values())).stream()
                .map(kind -> new TargetRef(namespace, kind, wanted.name()))
                .toList();
        Actor who = invocation.by();
        String why = "";
        for (TargetRef target : meant) {
            Optional<String> hidden = authorizer.hides(who, target);
            Authorizer.Authorization may = authorizer.mayView(who, target);
            if (hidden.isEmpty() && may.allowed()) {
                return Optional.empty();
            }
            // What can be helped, by another channel or later, is worth more than a plain no.
            if (why.isEmpty() || hidden.isEmpty()) {
                why = hidden.orElse(may.why());
            }
        }
        return Optional.of(denials.refused(who, Denials.wish(command), meant.get(0), why));
    }

    private Optional<Reply> notServed(String namespace, Invocation invocation) {
        if (served.isEmpty() || served.contains(namespace)) {
            return Optional.empty();
        }
        List<String> others = served.stream()
                .filter(n -> Arrays.stream(Kind.values())
                        .anyMatch(kind -> authorizer
                                .mayView(invocation.by(), new TargetRef(n, kind, "any"))
                                .allowed()))
                .toList();
        return Optional.of(new Reply.Refused("Stepback does not serve the namespace " + namespace
                + (others.isEmpty() ? "" : "; it serves " + SlackText.bounded(String.join(", ", others), ECHO)) + "."));
    }

    private static String echo(Wanted wanted) {
        return SlackText.bounded(wanted.toString(), ECHO);
    }
}
