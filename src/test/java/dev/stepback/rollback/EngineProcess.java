package dev.stepback.rollback;

import dev.stepback.audit.Audit;
import dev.stepback.target.Change;
import dev.stepback.target.Finding;
import dev.stepback.target.History;
import dev.stepback.target.Identity;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** An engine in a process of its own that freezes where it is told to, says so, and waits for its death. */
final class EngineProcess {
    /** Where it freezes: right after a status was written, or on either side of the patch. */
    enum Point {
        PLANNED,
        /** One of several approvals is there. */
        ONE_APPROVAL,
        /** It starts by itself in a moment. */
        COUNTING,
        /** Two approvals are there, but the policy wants more by now. */
        WAITING_AGAIN,
        APPROVED,
        BEFORE_PATCH,
        AFTER_PATCH,
        PATCH_RECORDED,
        UNDO_DONE,
        BEFORE_PUT_BACK,
        AFTER_PUT_BACK,
        MIDDLE_OF_ROLLOUT,
        VERIFYING,
        NEVER
    }

    private EngineProcess() {}

    /** Arguments: a kubeconfig, a {@link Point}, how many approvals are needed, how far its clock is ahead. */
    public static void main(String[] args) throws IOException {
        Point point = Point.valueOf(args[1]);
        KubernetesClient client = Shop.client(Files.readString(Path.of(args[0])));
        Engines.start(
                client,
                Shop.config(),
                List.of(new Freezing(new FakeTarget(client), point)),
                Shop.authorizer(client, () -> Policies.needing(Integer.parseInt(args[2])), new People()),
                r -> {
                    if (point == reached(r.statusOrInitial())) {
                        freeze(point);
                    }
                },
                Audit.NONE,
                Clock.offset(Clock.systemUTC(), Duration.parse(args[3])));
        freeze(Point.NEVER);
    }

    private static @Nullable Point reached(RollbackStatus status) {
        return switch (status.phase()) {
            case AWAITING_APPROVAL -> waiting(status);
            case VERIFYING -> Point.VERIFYING;
            case RUNNING -> {
                if (status.message().startsWith("waiting")) {
                    yield Point.MIDDLE_OF_ROLLOUT;
                }
                if (status.steps().get(0).state() == RollbackStatus.StepStatus.State.Done) {
                    yield Point.UNDO_DONE;
                }
                yield status.patchedAt() == null ? Point.APPROVED : Point.PATCH_RECORDED;
            }
            default -> null;
        };
    }

    private static Point waiting(RollbackStatus status) {
        if (status.startsAt() != null) {
            return Point.COUNTING;
        }
        int approvals = Objects.requireNonNull(status.approvals()).by().size();
        return approvals == 0 ? Point.PLANNED : approvals == 1 ? Point.ONE_APPROVAL : Point.WAITING_AGAIN;
    }

    private static void freeze(Point point) {
        System.out.println("frozen at " + point);
        System.out.flush();
        while (true) {
            LockSupport.park();
        }
    }

    private record Freezing(TargetType target, Point point) implements TargetType {
        @Override
        public TargetType as(Identity identity) {
            return new Freezing(target.as(identity), point);
        }

        @Override
        public Kind kind() {
            return target.kind();
        }

        @Override
        public Optional<History> history(TargetRef ref) {
            return target.history(ref);
        }

        @Override
        public List<Change> diff(TargetRef ref, long from, long to) {
            return target.diff(ref, from, to);
        }

        @Override
        public Optional<PlanResult.Refused> refusal(TargetRef ref, PlanRequest request) {
            return target.refusal(ref, request);
        }

        @Override
        public PlanResult plan(TargetRef ref, PlanRequest request) {
            return target.plan(ref, request);
        }

        @Override
        public Optional<String> changedSince(TargetRef ref, Plan plan) {
            return target.changedSince(ref, plan);
        }

        @Override
        public Optional<Map<String, String>> labels(TargetRef ref) {
            return target.labels(ref);
        }

        @Override
        public Optional<Step.Observation> status(TargetRef ref) {
            return target.status(ref);
        }

        @Override
        public List<Step> steps() {
            return target.steps().stream()
                    .map(step -> (Step) new FreezingStep(step, point))
                    .toList();
        }
    }

    private record FreezingStep(Step step, Point point) implements Step {
        @Override
        public String type() {
            return step.type();
        }

        @Override
        public Finding dryRun(StepContext context) {
            return step.dryRun(context);
        }

        @Override
        public Start start(StepContext context) {
            freezeAt("fake.undo", Point.BEFORE_PATCH);
            freezeAt("fake.put-back", Point.BEFORE_PUT_BACK);
            Start start = step.start(context);
            freezeAt("fake.undo", Point.AFTER_PATCH);
            freezeAt("fake.put-back", Point.AFTER_PUT_BACK);
            return start;
        }

        @Override
        public Observation observe(StepContext context) {
            return step.observe(context);
        }

        private void freezeAt(String type, Point here) {
            if (point == here && type().equals(type)) {
                freeze(here);
            }
        }
    }
}
