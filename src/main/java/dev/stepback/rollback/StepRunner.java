package dev.stepback.rollback;

import dev.stepback.access.Acting;
import dev.stepback.target.Attribution;
import dev.stepback.target.Denial;
import dev.stepback.target.Guard;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetType;
import dev.stepback.target.UnusableStepException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Starts and observes the steps of a plan, in the name of whoever let it go. */
final class StepRunner {
    private final Map<Kind, TargetType> targets;
    private final Map<String, Step> steps;
    private final Authorizer authorizer;
    private final LastMoment lastMoment;

    /** @param leading asked right before a target is changed */
    StepRunner(List<TargetType> targets, Authorizer authorizer, BooleanSupplier leading, Clock clock) {
        this.targets = targets.stream().collect(Collectors.toUnmodifiableMap(TargetType::kind, Function.identity()));
        this.steps = targets.stream()
                .flatMap(t -> t.steps().stream())
                .collect(Collectors.toUnmodifiableMap(Step::type, Function.identity()));
        this.authorizer = authorizer;
        this.lastMoment = new LastMoment(this.targets, authorizer, leading, clock);
    }

    /** Starts a step of the plan, at most once however often it is called. */
    Step.Start start(Rollback rollback, int i) {
        PlannedStep planned = rollback.planned().steps().get(i);
        Step step = steps.get(planned.type());
        if (step == null) {
            return new Step.Start.Failed(unknown(planned));
        }
        Acting acting = authorizer.acting(Approval.responsible(rollback));
        try {
            if (acting instanceof Acting.Bot) {
                return step.start(context(rollback, planned, lastMoment.guard(rollback)));
            }
            return planned.always()
                    ? startAnyhow(acting, rollback, planned, step)
                    : startAs(acting, rollback, planned, step);
        } catch (KubernetesClientException e) {
            return forbidden(e);
        } catch (UnusableStepException e) {
            return new Step.Start.Failed(unusable(e));
        }
    }

    /** Makes the target stand still in the middle of its rollout, in the name of whoever wished so. */
    Action.Seen.Stopped stop(Rollback rollback) {
        RollbackSpec.Cancellation wish = rollback.getSpec().cancellation();
        TargetType type = targets.get(rollback.target().kind());
        if (wish == null || type == null) {
            return stopped(new Step.Start.Failed("nobody asked for it"));
        }
        // It may have been written into the Rollback by hand, in anybody's name.
        String channel = rollback.getSpec().origin().channel();
        Authorizer.Authorization may = authorizer.mayStop(new Actor(wish.by(), channel), rollback);
        if (!may.allowed()) {
            return stopped(new Step.Start.Failed(may.why()));
        }
        Acting acting = authorizer.acting(wish.by());
        if (acting instanceof Acting.Nobody nobody) {
            return stopped(
                    nobody.undecided() ? new Step.Start.NotYet(nobody.why()) : new Step.Start.Failed(nobody.why()));
        }
        try {
            Optional<PlannedStep> stop = acting.on(type).stop(rollback.target());
            return stop.isEmpty()
                    ? stopped(new Step.Start.Void(rollback.target() + " cannot be held, or is no longer there."))
                    : stop(rollback, stop.get(), acting, type);
        } catch (KubernetesClientException e) {
            return stopped(forbidden(e));
        }
    }

    private Action.Seen.Stopped stop(Rollback rollback, PlannedStep planned, Acting acting, TargetType type) {
        Step step = step(planned, acting);
        Step.Start start = step.start(context(rollback, planned, () -> {
            lastMoment.checkLeading();
            return Optional.empty();
        }));
        if (!(start instanceof Step.Start.Started)) {
            return stopped(start);
        }
        String how = step.observe(context(rollback, planned, Guard.NONE)).message();
        boolean resumable = acting.on(type)
                .refusal(rollback.target(), PlanRequest.to(Operation.RESUME))
                .isEmpty();
        return new Action.Seen.Stopped(start, new RollbackStatus.Standstill(how, resumable));
    }

    /** An approved change must not lie in wait until somebody grants the permission. Throws what is no lack of one. */
    private static Step.Start forbidden(KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
            throw e;
        }
        return new Step.Start.Failed(
                Denial.of(e).map(Denial::sentence).orElseGet(() -> "The API server refuses this: " + e.getMessage()));
    }

    private static Action.Seen.Stopped stopped(Step.Start outcome) {
        return new Action.Seen.Stopped(outcome, null);
    }

    /** Ends what a step has begun, with the bot's own rights: nobody's change is undone by it. */
    String abandon(Rollback rollback, int i) {
        PlannedStep planned = rollback.planned().steps().get(i);
        Step step = steps.get(planned.type());
        lastMoment.checkLeading();
        try {
            return step == null ? unknown(planned) : step.abandon(context(rollback, planned, Guard.NONE));
        } catch (UnusableStepException e) {
            return unusable(e);
        }
    }

    /** Looks how far a started step is. */
    Step.Observation observe(Rollback rollback, int i) {
        PlannedStep planned = rollback.planned().steps().get(i);
        Step step = steps.get(planned.type());
        try {
            return step == null
                    ? Step.Observation.failed(unknown(planned))
                    : step.observe(context(rollback, planned, Guard.NONE));
        } catch (UnusableStepException e) {
            return Step.Observation.failed(unusable(e));
        }
    }

    /** What has to be done at the end must not depend on what people still may: then the bot does it, if it can. */
    private Step.Start startAnyhow(Acting acting, Rollback rollback, PlannedStep planned, Step own) {
        try {
            Step.Start done = startAs(acting, rollback, planned, own);
            if (!(done instanceof Step.Start.NotYet) && !(done instanceof Step.Start.Failed)) {
                return done;
            }
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
                throw e;
            }
        }
        return own.start(context(rollback, planned, lastMoment.guard(rollback)));
    }

    /** What is done already is seen by the bot itself, for by now whoever let it go may not even be allowed to look. */
    private Step.Start startAs(Acting acting, Rollback rollback, PlannedStep planned, Step own) {
        Step.Start undone = new Step.Start.NotYet("not done yet");
        Step.Start looked = own.start(context(rollback, planned, () -> Optional.of(undone)));
        if (!looked.equals(undone)) {
            return looked;
        }
        if (acting instanceof Acting.Nobody nobody) {
            return nobody.undecided() ? new Step.Start.NotYet(nobody.why(), true) : new Step.Start.Failed(nobody.why());
        }
        return step(planned, acting).start(context(rollback, planned, lastMoment.guard(rollback)));
    }

    private Step step(PlannedStep planned, Acting acting) {
        return targets.values().stream()
                .flatMap(type -> acting.on(type).steps().stream())
                .filter(step -> step.type().equals(planned.type()))
                .findFirst()
                .orElseThrow();
    }

    /** Trying again would come to the same for ever. */
    private static String unusable(UnusableStepException e) {
        return "The stored plan cannot be carried out: " + e.getMessage() + ".";
    }

    private static String unknown(PlannedStep planned) {
        return "this version of Stepback does not know the step " + planned.type();
    }

    private static StepContext context(Rollback rollback, PlannedStep step, Guard guard) {
        return new StepContext(rollback.target(), rollback.planned().targetUid(), step, attribution(rollback), guard);
    }

    private static Attribution attribution(Rollback rollback) {
        RollbackSpec spec = rollback.getSpec();
        List<RollbackSpec.Decision> granting = Approval.granting(rollback);
        Optional<RollbackSpec.Decision> alone = granting.stream()
                .filter(d -> d.verdict() == RollbackSpec.Decision.Verdict.BrokeGlass)
                .findFirst();
        return new Attribution(
                rollback.getMetadata().getName(),
                spec.requestedBy().name(),
                granting.stream()
                        .filter(d -> d.verdict() == RollbackSpec.Decision.Verdict.Approved)
                        .map(d -> d.by().name())
                        .toList(),
                alone.map(RollbackSpec.Decision::reason).orElse(spec.reason()),
                alone.isPresent());
    }
}
