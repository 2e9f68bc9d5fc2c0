package dev.stepback.rollback;

import dev.stepback.config.StepbackConfig;
import dev.stepback.target.BadRevision;
import dev.stepback.target.PastUndo;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rollbacks as custom resources; the API server is the only memory. */
public final class KubernetesRollbacks implements Rollbacks {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesRollbacks.class);

    private final Store store;
    private final StepbackConfig config;
    private final Authorizer authorizer;
    private final List<TargetType> targets;
    private final DecisionRecorder recorder;
    private final Clock clock;

    /** @param targets the kinds of targets that can be rolled back */
    public KubernetesRollbacks(
            KubernetesClient client,
            StepbackConfig config,
            Authorizer authorizer,
            List<TargetType> targets,
            Clock clock) {
        this.store = new Store(client);
        this.config = config;
        this.authorizer = authorizer;
        this.targets = List.copyOf(targets);
        this.recorder = new DecisionRecorder(store, authorizer, clock);
        this.clock = clock;
    }

    @Override
    public Created create(NewRollback request) {
        TargetRef target = request.target();
        var authorization = authorizer.mayRequest(request.requestedBy(), target, request.operation());
        if (!authorization.allowed()) {
            return new Created.Denied(authorization.why());
        }
        if (targets.stream().noneMatch(t -> t.kind() == target.kind())) {
            return new Created.Denied("I cannot roll back a " + target.kind().apiName() + ".");
        }
        String name = Labels.rollbackName(request);
        Optional<Rollback> earlier = store.find(target.namespace(), name);
        if (earlier.isPresent()) {
            return new Created.Ok(earlier.get(), true);
        }
        if (request.reason().isBlank() && authorizer.needsReason(target)) {
            return new Created.NeedsReason(target);
        }
        Optional<Rollback> open = open(target);
        if (open.isPresent()) {
            return sameRequest(open.get(), name);
        }
        Optional<Rollback> created = store.create(rollback(name, request));
        if (created.isEmpty()) {
            return new Created.Ok(store.find(target.namespace(), name).orElseThrow(), true);
        }
        log(created.get(), request.requestedBy(), "rollback requested");
        return new Created.Ok(created.get(), false);
    }

    /** Another delivery of the request may have created the open one just now. */
    private static Created sameRequest(Rollback open, String name) {
        return open.getMetadata().getName().equals(name) ? new Created.Ok(open, true) : new Created.AlreadyOpen(open);
    }

    private Rollback rollback(String name, NewRollback request) {
        Rollback rollback = new Rollback();
        rollback.setMetadata(new ObjectMetaBuilder()
                .withNamespace(request.target().namespace())
                .withName(name)
                .withLabels(Labels.of(request.target()))
                .build());
        rollback.setSpec(request.spec(config.rollback().deadline()));
        return rollback;
    }

    @Override
    public Decided decide(String namespace, String name, NewDecision decision) {
        return alone(namespace, name, r -> recorder.decide(r, decision));
    }

    @Override
    public Decided choose(String namespace, String name, NewChoice choice) {
        return alone(namespace, name, r -> recorder.choose(r, choice));
    }

    @Override
    public Decided cancel(String namespace, String name, Actor by) {
        return alone(namespace, name, r -> cancel(r, by));
    }

    private Decided cancel(Rollback rollback, Actor by) {
        var authorization = authorizer.mayCancel(by, rollback);
        if (!authorization.allowed()) {
            log(rollback, by, "cancellation denied");
            return new Decided.Denied(authorization.why());
        }
        if (rollback.getSpec().cancellation() != null) {
            return new Decided.AlreadyRecorded(rollback);
        }
        RollbackStatus status = rollback.statusOrInitial();
        if (status.phase().terminal()) {
            return new Decided.TooLate(
                    rollback,
                    "The rollback has ended already: " + status.phase().apiName() + ".");
        }
        if (!status.cancellable()) {
            return new Decided.TooLate(rollback, NotStopped.cancelled(rollback));
        }
        Rollback written = store.update(Store.with(
                rollback,
                rollback.getSpec().withCancellation(new RollbackSpec.Cancellation(by.person(), clock.instant())),
                status));
        log(written, by, "cancellation requested");
        return new Decided.Recorded(written);
    }

    @Override
    public Decided stop(String namespace, String name, Actor by, RollbackSpec.Midway midway) {
        return alone(namespace, name, r -> stop(r, by, midway));
    }

    /** What is part of a group is decided on with all of it. */
    private Decided alone(String namespace, String name, Function<Rollback, Decided> attempt) {
        return store.lookAndTry(
                        namespace,
                        name,
                        r -> r.getSpec().group() == null
                                ? attempt.apply(r)
                                : new Decided.TooLate(
                                        r,
                                        r.target() + " is rolled back together with others ("
                                                + r.getSpec().group()
                                                + "), and only all of it can be approved, rejected or stopped: on its"
                                                + " card."))
                .orElseGet(Decided.Gone::new);
    }

    private Decided stop(Rollback rollback, Actor by, RollbackSpec.Midway midway) {
        var authorization = midway == RollbackSpec.Midway.Pause
                ? authorizer.mayStop(by, rollback)
                : authorizer.mayCancel(by, rollback);
        if (!authorization.allowed()) {
            if (midway == RollbackSpec.Midway.Pause
                    && rollback.statusOrInitial().cancellable()
                    && rollback.statusOrInitial().replacesPods()) {
                return cancel(rollback, by); // it comes to the same, but for the pod that is being replaced
            }
            log(rollback, by, "stop denied");
            return new Decided.Denied(authorization.why());
        }
        if (midway == RollbackSpec.Midway.Pause && !rollback.canStandStill()) {
            return new Decided.TooLate(rollback, NotStopped.midway(rollback));
        }
        if (rollback.getSpec().cancellation() != null) {
            return new Decided.AlreadyRecorded(rollback);
        }
        RollbackStatus status = rollback.statusOrInitial();
        if (status.phase() != Phase.RUNNING || status.patchedAt() == null) {
            return new Decided.TooLate(
                    rollback,
                    "No rollout is under way that could be stopped: it is "
                            + status.phase().apiName() + ".");
        }
        Rollback written = store.update(Store.with(
                rollback,
                rollback.getSpec()
                        .withCancellation(new RollbackSpec.Cancellation(by.person(), clock.instant(), midway)),
                status));
        log(written, by, "stop requested: " + midway);
        return new Decided.Recorded(written);
    }

    @Override
    public Optional<Rollback> find(String namespace, String name) {
        return store.find(namespace, name);
    }

    @Override
    public Optional<Rollback> open(TargetRef target) {
        return store.of(target).stream().filter(KubernetesRollbacks::isOpen).findFirst();
    }

    @Override
    public List<Rollback> list(int limit) {
        return store.all(config.kubernetes().namespaces()).stream()
                .sorted(Comparator.comparing((Rollback r) -> !isOpen(r)).thenComparing(Store.OLDEST_FIRST.reversed()))
                .limit(limit)
                .toList();
    }

    @Override
    public Optional<Rollback> latest(TargetRef target) {
        return store.of(target).stream().max(Store.OLDEST_FIRST);
    }

    @Override
    public Map<String, BadRevision> knownBad(TargetRef target) {
        return KnownBad.of(store.of(target), targets, target);
    }

    @Override
    public List<PastUndo> pastUndos(TargetRef target) {
        return PastUndos.of(store.of(target));
    }

    @Override
    public Optional<Rollback> updateCard(
            String namespace, String name, UnaryOperator<RollbackStatus.CardStatus> change) {
        return store.lookAndTry(namespace, name, rollback -> {
            RollbackStatus status = rollback.statusOrInitial();
            RollbackStatus.CardStatus card = change.apply(status.card());
            return card.equals(status.card())
                    ? rollback
                    : store.updateStatus(rollback, status.with(s -> s.card = card));
        });
    }

    private static boolean isOpen(Rollback rollback) {
        return !rollback.statusOrInitial().phase().terminal();
    }

    static void log(Rollback rollback, Actor by, String event) {
        LOG.atInfo()
                .addKeyValue("rollback", rollback.getMetadata().getName())
                .addKeyValue("target", rollback.target())
                .addKeyValue("user", by.id())
                .log(event);
    }
}
