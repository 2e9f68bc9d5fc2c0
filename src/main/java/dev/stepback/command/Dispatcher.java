package dev.stepback.command;

import dev.stepback.access.Acting;
import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.rollback.lock.Locks;
import dev.stepback.target.Denial;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers commands. Every command gets an answer, whatever happens: nothing is thrown. Calls the API server, so it must
 * not run on a thread that owes Slack an acknowledgement. Safe for use by several threads.
 */
public final class Dispatcher {
    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private final Authorizer authorizer;
    private final Visibility visibility;
    private final UnaryOperator<String> safe;
    private final TargetCommands alone;
    private final SeveralTargets several;
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
        this.authorizer = authorizer;
        this.zones = zones;
        this.clock = clock;
        this.denials = new Denials(record);
        this.visibility = new Visibility(authorizer, config.kubernetes().namespaces(), denials);
        this.view = new ViewCommands(rollbacks, groups, types, authorizer, denials);
        String slashCommand = config.slack().command();
        this.alone = new TargetCommands(
                workloads,
                authorizer,
                visibility,
                new UndoCommands(rollbacks, types, authorizer, denials, slashCommand),
                view);
        this.several = new SeveralTargets(
                workloads,
                visibility,
                new SeveralCommand(groups, rollbacks, types, authorizer, denials, slashCommand),
                alone);
        this.audit = new AuditCommand(rollbacks, authorizer, clock);
        this.locks = new LockCommands(locks, authorizer, workloads);
    }

    /** What {@code invocation} is answered with. An invocation that is delivered again has no effect again. */
    public Reply dispatch(Invocation invocation) {
        try {
            Asked asked =
                    new Asked(clock.instant(), () -> zones.of(invocation.by().person()));
            Command command = CommandParser.parse(invocation.text(), safe, asked);
            return explained(answered(command, invocation), command, asked);
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

    private Reply answered(Command command, Invocation invocation) {
        try {
            return answer(command, invocation);
        } catch (KubernetesClientException e) {
            Denial.of(e)
                    .filter(authorizer.acting(invocation.by().person())::meets)
                    .ifPresent(d -> denials.refused(invocation.by(), Denials.wish(command), d.sentence()));
            throw e;
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
        String then = PastTime.ran(PastTime.text(time.get(), asked));
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
            return alone.answer(onTarget, invocation);
        }
        if (command instanceof Command.Several many) {
            return several.answer(many, invocation);
        }
        if (command instanceof Command.ListRollbacks list) {
            Optional<Reply> refused = list.namespace().flatMap(n -> visibility.notServed(n, invocation.by()));
            return refused.orElseGet(() -> view.list(list, invocation.by(), locks.sentences(invocation.by())));
        }
        if (command instanceof Command.AuditList list) {
            return audit(list, invocation.by());
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

    private Reply audit(Command.AuditList command, Actor who) {
        return command.target()
                .flatMap(target -> visibility.refused(target, command, who))
                .or(() -> command.namespace().flatMap(n -> visibility.notServed(n, who)))
                .orElseGet(() -> audit.list(command, who));
    }
}
