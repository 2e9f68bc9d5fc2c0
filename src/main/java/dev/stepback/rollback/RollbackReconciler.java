package dev.stepback.rollback;

import dev.stepback.access.Acting;
import dev.stepback.rollback.Action.Seen;
import dev.stepback.target.Denial;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PointInTime;
import dev.stepback.target.Step;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what {@link Decision} decides, one Rollback at a time, until there is nothing to do but wait. */
final class RollbackReconciler implements Reconciler<Rollback> {
    private static final Logger LOG = LoggerFactory.getLogger(RollbackReconciler.class);

    /** A rollback takes far fewer; this only keeps a mistake from spinning. */
    private static final int MAX_ACTIONS = 50;

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Store store;
    private final Map<Kind, TargetType> targets;
    private final StepRunner steps;
    private final Authorizer authorizer;
    private final TargetWatches watches;
    private final Outcomes outcomes;
    private final LateChanges lateChanges;
    private final BooleanSupplier leading;
    private final Clock clock;

    /** @param leading asked before every action */
    RollbackReconciler(
            Store store,
            List<TargetType> targets,
            Authorizer authorizer,
            TargetWatches watches,
            Outcomes outcomes,
            LateChanges lateChanges,
            BooleanSupplier leading,
            Clock clock) {
        this.store = store;
        this.targets = targets.stream().collect(Collectors.toUnmodifiableMap(TargetType::kind, Function.identity()));
        this.steps = new StepRunner(targets, authorizer, leading, clock);
        this.authorizer = authorizer;
        this.watches = watches;
        this.outcomes = outcomes;
        this.lateChanges = lateChanges;
        this.leading = leading;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, Rollback>> prepareEventSources(EventSourceContext<Rollback> context) {
        return List.of(watches);
    }

    @Override
    public UpdateControl<Rollback> reconcile(Rollback cached, Context<Rollback> context) {
        if (!cached.understood()) {
            return UpdateControl.noUpdate();
        }
        Rollback rollback = cached;
        boolean live = false;
        boolean refused = false;
        Seen seen = new Seen.Nothing();
        for (int i = 0; i < MAX_ACTIONS; i++) {
            if (!leading.getAsBoolean()) {
                // Another one goes on from what is written, or this one when it leads again.
                return UpdateControl.<Rollback>noUpdate().rescheduleAfter(LOOK_AGAIN);
            }
            Action action = Decision.next(rollback, seen, clock.instant());
            seen = new Seen.Nothing();
            if (action instanceof Action.Leave) {
                watches.stop(rollback);
                outcomes.tell(rollback);
                return UpdateControl.noUpdate();
            } else if (action instanceof Action.WaitUntil wait) {
                if (rollback.statusOrInitial().phase() != Phase.AWAITING_APPROVAL) {
                    watches.start(rollback);
                }
                outcomes.tell(rollback);
                return UpdateControl.<Rollback>noUpdate().rescheduleAfter(until(wait.time()));
            } else if ((changes(action) && !live) || !labelled(rollback)) {
                // Never change a target on the word of a cache.
                Optional<Rollback> now = store.find(namespace(rollback), name(rollback));
                if (now.isEmpty()) {
                    watches.stop(rollback);
                    return UpdateControl.noUpdate();
                }
                rollback = label(now.get());
                live = true;
            } else if (action instanceof Action.Write write) {
                Optional<Rollback> written = write(rollback, write.status());
                if (written.isEmpty()) {
                    watches.stop(rollback);
                    return UpdateControl.noUpdate();
                }
                rollback = written.get();
                live = true;
                if (refused) {
                    // What refused may still let it go when asked at once: let it breathe.
                    outcomes.tell(rollback);
                    return UpdateControl.<Rollback>noUpdate().rescheduleAfter(LOOK_AGAIN);
                }
            } else {
                if (action instanceof Action.MakePlan && rollback.choicePending()) {
                    // Planning takes a moment, and meanwhile the card must not offer what counts no more.
                    outcomes.tell(rollback);
                }
                seen = look(rollback, action);
                if (action instanceof Action.StartStep && !leading.getAsBoolean()) {
                    // What has just been started may have been given up by the one who leads now.
                    lateChanges.look(namespace(rollback), name(rollback));
                }
                refused |= seen instanceof Seen.Begun begun && begun.outcome() instanceof Step.Start.NotYet;
            }
        }
        return UpdateControl.<Rollback>noUpdate().reschedule();
    }

    private static boolean changes(Action action) {
        return action instanceof Action.StartStep
                || action instanceof Action.AbandonStep
                || action instanceof Action.StopTarget;
    }

    private Seen look(Rollback rollback, Action action) {
        if (action instanceof Action.MakePlan) {
            return plan(rollback);
        }
        if (action instanceof Action.AskPolicy) {
            return new Seen.Ruled(authorizer.approval(rollback));
        }
        if (action instanceof Action.StartStep start) {
            return new Seen.Begun(start.step(), steps.start(rollback, start.step()));
        }
        if (action instanceof Action.AbandonStep abandon) {
            return new Seen.Abandoned(abandon.step(), steps.abandon(rollback, abandon.step()));
        }
        if (action instanceof Action.StopTarget) {
            return steps.stop(rollback);
        }
        int i = ((Action.ObserveStep) action).step();
        return new Seen.Progress(i, steps.observe(rollback, i));
    }

    private Seen.Planned plan(Rollback rollback) {
        Approvals approvals = authorizer.approval(rollback);
        if (!approvals.refused().isEmpty()) {
            return new Seen.Planned(Optional.empty(), Optional.empty(), approvals);
        }
        TargetType type = targets.get(rollback.target().kind());
        if (type == null) {
            String message = "cannot roll back a " + rollback.target().kind().apiName();
            return new Seen.Planned(
                    Optional.empty(),
                    Optional.of(new PlanResult.Refused(PlanResult.Reason.TARGET_NOT_FOUND, message)),
                    approvals);
        }
        List<Rollback> all = store.of(rollback.target());
        Optional<String> olderOpen = all.stream()
                .filter(r -> !r.statusOrInitial().phase().terminal())
                .filter(r -> Store.OLDEST_FIRST.compare(r, rollback) < 0
                        || r.statusOrInitial().phase() != Phase.PLANNING)
                .map(RollbackReconciler::name)
                .filter(name -> !name.equals(name(rollback)))
                .findFirst();
        if (olderOpen.isPresent()) {
            return new Seen.Planned(olderOpen, Optional.empty(), approvals);
        }
        // Planned once more, it goes where the card says.
        Plan shown = rollback.statusOrInitial().plan();
        Long to = shown == null
                ? rollback.getSpec().toRevision()
                : Long.valueOf(shown.to().number());
        Instant time = rollback.getSpec().toTime();
        PlanRequest request = new PlanRequest(
                rollback.getSpec().wanted(),
                to == null ? OptionalLong.empty() : OptionalLong.of(to),
                Optional.ofNullable(time).map(at -> new PointInTime(at, PastUndos.of(all))),
                KnownBad.of(all, List.of(type), rollback.target()),
                rollback.getSpec().wantedOptions());
        return new Seen.Planned(Optional.empty(), Optional.of(planAsRequester(rollback, type, request)), approvals);
    }

    private PlanResult planAsRequester(Rollback rollback, TargetType type, PlanRequest request) {
        Acting acting = authorizer.acting(rollback.getSpec().requestedBy());
        if (acting instanceof Acting.Nobody nobody && !nobody.undecided()) {
            return new PlanResult.Refused(PlanResult.Reason.FORBIDDEN, nobody.why());
        }
        try {
            return acting.on(type).plan(rollback.target(), request);
        } catch (KubernetesClientException e) {
            Optional<Denial> denial = Denial.of(e);
            if (denial.isPresent()) {
                // Who asked is waiting for an answer, not for a permission.
                return new PlanResult.Refused(
                        PlanResult.Reason.FORBIDDEN, denial.get().sentence());
            }
            throw e;
        }
    }

    /** The Rollback as it is now: written, or as somebody else wrote it in between. Empty when it is gone. */
    private Optional<Rollback> write(Rollback before, RollbackStatus status) {
        try {
            Rollback after = store.updateStatus(before, status);
            outcomes.changed(before, after);
            return Optional.of(after);
        } catch (KubernetesClientException e) {
            if (!Store.conflict(e) && !Store.gone(e)) {
                throw e;
            }
            return store.find(namespace(before), name(before));
        }
    }

    private static boolean labelled(Rollback rollback) {
        Map<String, String> labels = rollback.getMetadata().getLabels();
        return labels != null
                && labels.entrySet().containsAll(Labels.of(rollback.target()).entrySet());
    }

    /** Rollbacks that somebody made by hand get the labels by which they are found. */
    private Rollback label(Rollback rollback) {
        return labelled(rollback) ? rollback : store.label(rollback);
    }

    /** The status stays truthful while the API server, or a part of it, does not answer. Called before every retry. */
    @Override
    public ErrorStatusUpdateControl<Rollback> updateErrorStatus(
            Rollback cached, Context<Rollback> context, Exception e) {
        LOG.atWarn()
                .addKeyValue("rollback", name(cached))
                .addKeyValue("target", cached.target())
                .log("will be tried again: {}", e.toString());
        try {
            store.find(namespace(cached), name(cached)).ifPresent(r -> tellOfError(r, e));
        } catch (KubernetesClientException unreachable) {
            LOG.debug("the status cannot be written either", unreachable);
        }
        return ErrorStatusUpdateControl.noStatusUpdate();
    }

    private void tellOfError(Rollback rollback, Exception e) {
        RollbackStatus status = rollback.statusOrInitial();
        String message = "the cluster does not answer as it should, trying again: "
                + (e instanceof KubernetesClientException k && k.getCode() > 0
                        ? "HTTP " + k.getCode()
                        : e.getMessage());
        if (!status.phase().terminal() && !status.message().equals(message)) {
            write(rollback, status.with(s -> s.message = message)).ifPresent(outcomes::tell);
        }
    }

    private Duration until(Instant time) {
        Duration left = Duration.between(clock.instant(), time);
        return left.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : left;
    }

    private static String namespace(Rollback rollback) {
        return rollback.getMetadata().getNamespace();
    }

    private static String name(Rollback rollback) {
        return rollback.getMetadata().getName();
    }
}
