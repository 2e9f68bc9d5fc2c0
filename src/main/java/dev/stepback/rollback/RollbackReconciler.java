package dev.stepback.rollback;

import dev.stepback.access.Acting;
import dev.stepback.rollback.Action.Seen;
import dev.stepback.target.Attribution;
import dev.stepback.target.Denial;
import dev.stepback.target.Guard;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
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
    private final Map<String, Step> steps;
    private final Authorizer authorizer;
    private final TargetWatches watches;
    private final Outcomes outcomes;
    private final BooleanSupplier leading;
    private final Clock clock;

    /** @param leading asked before every action */
    RollbackReconciler(
            Store store,
            List<TargetType> targets,
            Authorizer authorizer,
            TargetWatches watches,
            Outcomes outcomes,
            BooleanSupplier leading,
            Clock clock) {
        this.store = store;
        this.targets = targets.stream().collect(Collectors.toUnmodifiableMap(TargetType::kind, Function.identity()));
        this.steps = targets.stream()
                .flatMap(t -> t.steps().stream())
                .collect(Collectors.toUnmodifiableMap(Step::type, Function.identity()));
        this.authorizer = authorizer;
        this.watches = watches;
        this.outcomes = outcomes;
        this.leading = leading;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, Rollback>> prepareEventSources(EventSourceContext<Rollback> context) {
        return List.of(watches);
    }

    @Override
    public UpdateControl<Rollback> reconcile(Rollback cached, Context<Rollback> context) {
        if (cached.getSpec() == null) {
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
            } else if ((action instanceof Action.StartStep && !live) || !labelled(rollback)) {
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
                seen = look(rollback, action);
                refused |= seen instanceof Seen.Begun begun && begun.outcome() instanceof Step.Start.NotYet;
            }
        }
        return UpdateControl.<Rollback>noUpdate().reschedule();
    }

    private Seen look(Rollback rollback, Action action) {
        if (action instanceof Action.MakePlan) {
            return plan(rollback);
        }
        if (action instanceof Action.AskPolicy) {
            return new Seen.Ruled(authorizer.approval(rollback));
        }
        if (action instanceof Action.StartStep start) {
            return new Seen.Begun(start.step(), start(rollback, start.step()));
        }
        int i = ((Action.ObserveStep) action).step();
        PlannedStep planned = plan(rollback.statusOrInitial()).steps().get(i);
        Step step = steps.get(planned.type());
        return new Seen.Progress(
                i,
                step == null
                        ? new Step.Observation(Step.Observation.State.FAILED, unknown(planned), null)
                        : step.observe(context(rollback, planned, Guard.NONE)));
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
        Long to = rollback.getSpec().toRevision();
        PlanRequest request = new PlanRequest(
                to == null ? OptionalLong.empty() : OptionalLong.of(to),
                KnownBad.of(all, List.of(type), rollback.target()));
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

    private Step.Start start(Rollback rollback, int i) {
        PlannedStep planned = plan(rollback.statusOrInitial()).steps().get(i);
        Step step = steps.get(planned.type());
        if (step == null) {
            return new Step.Start.Failed(unknown(planned));
        }
        Acting acting = authorizer.acting(responsible(rollback));
        try {
            return acting instanceof Acting.Bot
                    ? step.start(context(rollback, planned, () -> objection(rollback)))
                    : startAs(acting, rollback, planned, step);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                // An approved change must not lie in wait until somebody grants the permission.
                return new Step.Start.Failed(Denial.of(e)
                        .map(Denial::sentence)
                        .orElseGet(() -> "The API server refuses this: " + e.getMessage()));
            }
            throw e;
        }
    }

    /** What is done already is seen by the bot itself, for by now whoever let it go may not even be allowed to look. */
    private Step.Start startAs(Acting acting, Rollback rollback, PlannedStep planned, Step own) {
        Step.Start undone = new Step.Start.NotYet("not done yet");
        Step.Start looked = own.start(context(rollback, planned, () -> Optional.of(undone)));
        if (!looked.equals(undone)) {
            return looked;
        }
        if (acting instanceof Acting.Nobody nobody) {
            return nobody.undecided() ? new Step.Start.NotYet(nobody.why()) : new Step.Start.Failed(nobody.why());
        }
        return step(planned, acting).start(context(rollback, planned, () -> objection(rollback)));
    }

    /** As whom a change is made: whoever let it go last, or who asked when nobody had to. */
    private static Person responsible(Rollback rollback) {
        return Approval.granting(rollback).stream()
                .max(Comparator.comparing(RollbackSpec.Decision::at))
                .map(RollbackSpec.Decision::by)
                .orElse(rollback.getSpec().requestedBy());
    }

    private Step step(PlannedStep planned, Acting acting) {
        return targets.values().stream()
                .flatMap(type -> acting.on(type).steps().stream())
                .filter(step -> step.type().equals(planned.type()))
                .findFirst()
                .orElseThrow();
    }

    /**
     * What stands against changing the target now. Before the first change, whoever approved must still be allowed to, and
     * the plan must still be the same; what has begun is seen through, for half a rollback helps nobody.
     */
    private Optional<Step.Start> objection(Rollback rollback) {
        Optional<Step.Start> objection = Optional.empty();
        if (rollback.statusOrInitial().patchedAt() == null) {
            Approvals approvals = authorizer.approval(rollback);
            objection = !approvals.granted()
                    ? Optional.of(new Step.Start.NotYet(approvals.missing()))
                    : lost(rollback, approvals)
                            .<Step.Start>map(Step.Start.NotYet::new)
                            .or(() -> changed(rollback).map(Step.Start.Void::new));
        }
        checkLeading();
        return objection;
    }

    /** Enough others may have approved, but the change names who let it go and may be made as one of them. */
    private static Optional<String> lost(Rollback rollback, Approvals approvals) {
        return Approval.granting(rollback).stream()
                .filter(d -> !approvals.counted().contains(d))
                .findFirst()
                .map(d -> "The approval of " + d.by().name() + " does not count any more.");
    }

    private Optional<String> changed(Rollback rollback) {
        TargetType type = targets.get(rollback.target().kind());
        return type == null
                ? Optional.empty()
                : authorizer
                        .acting(responsible(rollback))
                        .on(type)
                        .changedSince(rollback.target(), plan(rollback.statusOrInitial()));
    }

    private void checkLeading() {
        if (!leading.getAsBoolean()) {
            throw new IllegalStateException("not the leader any more");
        }
    }

    private static String unknown(PlannedStep planned) {
        return "this version of Stepback does not know the step " + planned.type();
    }

    private static StepContext context(Rollback rollback, PlannedStep step, Guard guard) {
        return new StepContext(
                rollback.target(), plan(rollback.statusOrInitial()).targetUid(), step, attribution(rollback), guard);
    }

    private static Attribution attribution(Rollback rollback) {
        RollbackSpec spec = rollback.getSpec();
        List<RollbackSpec.Decision> granting = Approval.granting(rollback);
        Optional<RollbackSpec.Decision> alone = granting.stream()
                .filter(d -> d.verdict() == RollbackSpec.Decision.Verdict.BrokeGlass)
                .findFirst();
        return new Attribution(
                name(rollback),
                spec.requestedBy().name(),
                granting.stream()
                        .filter(d -> d.verdict() == RollbackSpec.Decision.Verdict.Approved)
                        .map(d -> d.by().name())
                        .toList(),
                alone.map(RollbackSpec.Decision::reason).orElse(spec.reason()),
                alone.isPresent());
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

    private static Plan plan(RollbackStatus status) {
        Plan plan = status.plan();
        if (plan == null) {
            throw new IllegalStateException("no plan");
        }
        return plan;
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
