package dev.stepback.rollback;

import dev.stepback.access.Acting;
import dev.stepback.target.Attribution;
import dev.stepback.target.Denial;
import dev.stepback.target.Guard;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetType;
import dev.stepback.target.UnusableStepException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Starts and observes the steps of a plan, and stands guard over what they change. */
final class StepRunner {
    private final Map<Kind, TargetType> targets;
    private final Map<String, Step> steps;
    private final Authorizer authorizer;
    private final BooleanSupplier leading;
    private final Clock clock;

    /** @param leading asked right before a target is changed */
    StepRunner(List<TargetType> targets, Authorizer authorizer, BooleanSupplier leading, Clock clock) {
        this.targets = targets.stream().collect(Collectors.toUnmodifiableMap(TargetType::kind, Function.identity()));
        this.steps = targets.stream()
                .flatMap(t -> t.steps().stream())
                .collect(Collectors.toUnmodifiableMap(Step::type, Function.identity()));
        this.authorizer = authorizer;
        this.leading = leading;
        this.clock = clock;
    }

    /** Starts a step of the plan, at most once however often it is called. */
    Step.Start start(Rollback rollback, int i) {
        PlannedStep planned = plan(rollback.statusOrInitial()).steps().get(i);
        Step step = steps.get(planned.type());
        if (step == null) {
            return new Step.Start.Failed(unknown(planned));
        }
        Acting acting = authorizer.acting(responsible(rollback));
        if (planned.always() && !(acting instanceof Acting.Bot)) {
            return startAnyhow(acting, rollback, planned, step);
        }
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
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return stopped(new Step.Start.Failed(
                        Denial.of(e).map(Denial::sentence).orElseGet(() -> String.valueOf(e.getMessage()))));
            }
            throw e;
        }
    }

    private Action.Seen.Stopped stop(Rollback rollback, PlannedStep planned, Acting acting, TargetType type) {
        Step step = step(planned, acting);
        Step.Start start = step.start(context(rollback, planned, () -> {
            checkLeading();
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

    private static Action.Seen.Stopped stopped(Step.Start outcome) {
        return new Action.Seen.Stopped(outcome, null);
    }

    /** Ends what a step has begun, with the bot's own rights: nobody's change is undone by it. */
    String abandon(Rollback rollback, int i) {
        PlannedStep planned = plan(rollback.statusOrInitial()).steps().get(i);
        Step step = steps.get(planned.type());
        checkLeading();
        try {
            return step == null ? unknown(planned) : step.abandon(context(rollback, planned, Guard.NONE));
        } catch (UnusableStepException e) {
            return unusable(e);
        }
    }

    /** Looks how far a started step is. */
    Step.Observation observe(Rollback rollback, int i) {
        PlannedStep planned = plan(rollback.statusOrInitial()).steps().get(i);
        Step step = steps.get(planned.type());
        return step == null
                ? Step.Observation.failed(unknown(planned))
                : step.observe(context(rollback, planned, Guard.NONE));
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
        try {
            return own.start(context(rollback, planned, () -> objection(rollback)));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return new Step.Start.Failed(Denial.of(e).map(Denial::sentence).orElse(String.valueOf(e.getMessage())));
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
            return nobody.undecided() ? new Step.Start.NotYet(nobody.why(), true) : new Step.Start.Failed(nobody.why());
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
                    ? Optional.of(new Step.Start.NotYet(approvals.missing(), approvals.undecided()))
                    : late(rollback, approvals)
                            .or(() -> lost(rollback, approvals))
                            .<Step.Start>map(Step.Start.NotYet::new)
                            .or(() -> changed(rollback).map(Step.Start.Void::new));
        }
        checkLeading();
        return objection;
    }

    /** An outage may have come between the approval and this very moment. */
    private Optional<String> late(Rollback rollback, Approvals approvals) {
        Instant expiresAt = Approval.expiresAt(rollback);
        return Optional.ofNullable(expiresAt)
                .filter(e -> !clock.instant()
                        .isBefore(Approval.goodUntil(e, approvals.counted()).plus(checked(rollback))))
                .map(approvals::startedTooLate);
    }

    /** What the checks took, as far as they may take so long: they were begun in time. */
    private static Duration checked(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        List<PlannedStep> planned = plan(status).steps();
        Duration all = Duration.ZERO;
        for (int i = 0; i < planned.size(); i++) {
            Instant from = status.steps().get(i).startedAt();
            Instant to = status.steps().get(i).finishedAt();
            if (planned.get(i).checks() && from != null && to != null) {
                Duration took = Duration.between(from, to);
                Duration most = planned.get(i).longest();
                all = all.plus(took.compareTo(most) < 0 ? took : most);
            }
        }
        return all;
    }

    /** Enough others may have approved, but the change names who let it go and may be made as one of them. */
    private static Optional<String> lost(Rollback rollback, Approvals approvals) {
        return Approval.granting(rollback).stream()
                .filter(d ->
                        approvals.counted().stream().noneMatch(c -> c.by().same(d.by()) && c.verdict() == d.verdict()))
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

    /** Trying again would come to the same for ever. */
    private static String unusable(UnusableStepException e) {
        return "The stored plan cannot be carried out: " + e.getMessage() + ".";
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
                rollback.getMetadata().getName(),
                spec.requestedBy().name(),
                granting.stream()
                        .filter(d -> d.verdict() == RollbackSpec.Decision.Verdict.Approved)
                        .map(d -> d.by().name())
                        .toList(),
                alone.map(RollbackSpec.Decision::reason).orElse(spec.reason()),
                alone.isPresent());
    }

    private static Plan plan(RollbackStatus status) {
        Plan plan = status.plan();
        if (plan == null) {
            throw new IllegalStateException("no plan");
        }
        return plan;
    }
}
