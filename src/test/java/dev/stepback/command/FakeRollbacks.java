package dev.stepback.command;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.NewChoice;
import dev.stepback.rollback.NewDecision;
import dev.stepback.rollback.NewRollback;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.target.BadRevision;
import dev.stepback.target.PastUndo;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Rollbacks in memory, by the key of the delivery that asked for them. */
final class FakeRollbacks implements Rollbacks {
    final Map<String, Rollback> byDelivery = new LinkedHashMap<>();

    void end(Rollback rollback, Phase phase) {
        rollback.setStatus(rollback.statusOrInitial().with(s -> s.phase = phase));
    }

    @Override
    public Created create(NewRollback request) {
        Rollback earlier = byDelivery.get(request.deliveryKey());
        if (earlier != null) {
            return new Created.Ok(earlier, true);
        }
        Optional<Rollback> open = open(request.target());
        if (open.isPresent()) {
            return new Created.AlreadyOpen(open.get());
        }
        Rollback rollback = new Rollback();
        rollback.setMetadata(new ObjectMetaBuilder()
                .withNamespace(request.target().namespace())
                .withName("rb-" + byDelivery.size())
                .build());
        rollback.setSpec(request.spec(Duration.ofMinutes(10)));
        byDelivery.put(request.deliveryKey(), rollback);
        return new Created.Ok(rollback, false);
    }

    @Override
    public Decided decide(String namespace, String name, NewDecision decision) {
        throw new AssertionError("commands decide nothing");
    }

    @Override
    public Decided choose(String namespace, String name, NewChoice choice) {
        throw new AssertionError("commands choose nothing");
    }

    @Override
    public Decided cancel(String namespace, String name, Actor by) {
        Rollback rollback = find(namespace, name).orElseThrow();
        end(rollback, Phase.CANCELLED);
        return new Decided.Recorded(rollback);
    }

    @Override
    public Decided stop(String namespace, String name, Actor by, RollbackSpec.Midway midway) {
        throw new AssertionError("commands stop nothing midway");
    }

    @Override
    public Optional<Rollback> find(String namespace, String name) {
        return byDelivery.values().stream()
                .filter(r -> r.getMetadata().getNamespace().equals(namespace)
                        && r.getMetadata().getName().equals(name))
                .findFirst();
    }

    @Override
    public Optional<Rollback> open(TargetRef target) {
        return latest(target).filter(FakeRollbacks::isOpen);
    }

    private static boolean isOpen(Rollback rollback) {
        return !rollback.statusOrInitial().phase().terminal();
    }

    @Override
    public List<Rollback> list(int limit) {
        return byDelivery.values().stream()
                .sorted(Comparator.comparing(r -> !isOpen(r)))
                .limit(limit)
                .toList();
    }

    @Override
    public Optional<Rollback> latest(TargetRef target) {
        return byDelivery.values().stream()
                .filter(r -> r.target().equals(target))
                .reduce((a, b) -> b);
    }

    @Override
    public List<PastUndo> pastUndos(TargetRef target) {
        return List.of();
    }

    @Override
    public Map<String, BadRevision> knownBad(TargetRef target) {
        return Map.of();
    }

    @Override
    public Optional<Rollback> updateCard(
            String namespace, String name, UnaryOperator<RollbackStatus.CardStatus> change) {
        throw new AssertionError("commands draw nothing");
    }
}
