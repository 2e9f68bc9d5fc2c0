package dev.stepback.slack;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.NewChoice;
import dev.stepback.rollback.NewDecision;
import dev.stepback.rollback.NewRollback;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackListener;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.slack.card.Samples;
import dev.stepback.target.BadRevision;
import dev.stepback.target.PastUndo;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Rollbacks in memory, with an engine that plans at once and runs when a test says so. */
final class FakeRollbacks implements Rollbacks {
    private final Map<String, Rollback> byName = new LinkedHashMap<>();
    private final Map<String, String> byDelivery = new LinkedHashMap<>();
    private final List<RollbackListener> listeners = new ArrayList<>();
    private String denied = "";
    private String toType = "";

    synchronized void tell(RollbackListener listener) {
        listeners.add(listener);
        byName.values().forEach(r -> listener.changed(copy(r)));
    }

    synchronized void tellNobody() {
        listeners.clear();
    }

    synchronized void deny(String why) {
        denied = why;
    }

    /** What has to be typed to approve. */
    synchronized void wantTyped(String expected) {
        toType = expected;
    }

    synchronized List<Rollback> all() {
        return byName.values().stream().map(FakeRollbacks::copy).toList();
    }

    /** Changes the status of the newest rollback and tells the listeners. */
    synchronized void status(Consumer<RollbackStatus.Changes> change) {
        change(newest(), change);
    }

    synchronized Rollback newest() {
        List<Rollback> all = new ArrayList<>(byName.values());
        return all.get(all.size() - 1);
    }

    /** Nobody is told of it, as in the cluster. */
    synchronized void deleteNewest() {
        byName.remove(newest().getMetadata().getName());
    }

    private void change(Rollback rollback, Consumer<RollbackStatus.Changes> change) {
        rollback.setStatus(rollback.statusOrInitial().with(change));
        changed(rollback);
    }

    private void changed(Rollback rollback) {
        listeners.forEach(l -> l.changed(copy(rollback)));
    }

    @Override
    public synchronized Created create(NewRollback request) {
        if (!denied.isEmpty()) {
            return new Created.Denied(denied);
        }
        Rollback known = byName.get(byDelivery.getOrDefault(request.deliveryKey(), ""));
        if (known != null) {
            return new Created.Ok(copy(known), true);
        }
        Optional<Rollback> open = open(request.target());
        if (open.isPresent()) {
            return new Created.AlreadyOpen(open.get());
        }
        Rollback rollback = new Rollback();
        String name = request.target().name() + "-" + (byName.size() + 1);
        rollback.setMetadata(new ObjectMetaBuilder()
                .withNamespace(request.target().namespace())
                .withName(name)
                .withUid("uid-" + name)
                .withCreationTimestamp(Instant.now().toString())
                .build());
        rollback.setSpec(request.spec(Duration.ofMinutes(10)));
        byName.put(name, rollback);
        byDelivery.put(request.deliveryKey(), name);
        change(rollback, s -> {
            s.phase = Phase.AWAITING_APPROVAL;
            s.plan = Samples.plan(Samples.changes(2), Samples.findings());
            s.expiresAt = Instant.now().plusSeconds(900);
        });
        return new Created.Ok(copy(rollback), false);
    }

    @Override
    public synchronized Decided decide(String namespace, String name, NewDecision decision) {
        Decision.Verdict verdict = decision.verdict();
        Person by = decision.by().person();
        Rollback rollback = byName.get(name);
        if (rollback == null) {
            return new Decided.Gone();
        }
        boolean own = by.same(rollback.getSpec().requestedBy());
        if (own ? verdict == Decision.Verdict.Approved : verdict == Decision.Verdict.BrokeGlass) {
            return new Decided.Denied(
                    own ? "Somebody else has to approve what you asked for." : "Only who asked can go alone.");
        }
        if (rollback.getSpec().decisions().stream().anyMatch(d -> d.verdict() == verdict && d.by().same(by))) {
            return new Decided.AlreadyRecorded(copy(rollback));
        }
        if (rollback.statusOrInitial().phase() != Phase.AWAITING_APPROVAL
                || decision.planHash().isEmpty()
                || !Samples.HASH.startsWith(decision.planHash())) {
            return new Decided.TooLate(copy(rollback), "It no longer waits for an approval.");
        }
        String expected = switch (verdict) {
            case Approved -> toType;
            case BrokeGlass -> rollback.target().name();
            case Rejected -> "";
        };
        boolean said =
                verdict != Decision.Verdict.BrokeGlass || !decision.reason().isBlank();
        if (!expected.isEmpty() && !(said && decision.typed().equals(Optional.of(expected)))) {
            return new Decided.NeedsTyping(copy(rollback), expected);
        }
        List<Decision> decisions = new ArrayList<>(rollback.getSpec().decisions());
        decisions.add(new Decision(
                verdict,
                by,
                Instant.now(),
                Samples.HASH,
                decision.by().channel(),
                decision.reason().isBlank() ? null : decision.reason()));
        rollback.setSpec(rollback.getSpec().withDecisions(decisions));
        change(rollback, s -> {
            if (verdict != Decision.Verdict.Rejected) {
                s.phase = Phase.RUNNING;
                s.approvedAt = Instant.now();
            } else {
                s.phase = Phase.REJECTED;
                s.finishedAt = Instant.now();
            }
        });
        return new Decided.Recorded(copy(rollback));
    }

    @Override
    public synchronized Decided choose(String namespace, String name, NewChoice choice) {
        Rollback rollback = byName.get(name);
        if (rollback == null) {
            return new Decided.Gone();
        }
        List<RollbackSpec.Choice> choices = new ArrayList<>(rollback.getSpec().choices());
        choices.add(
                new RollbackSpec.Choice(choice.updateLastApplied(), choice.by().person(), Instant.now(), Samples.HASH));
        rollback.setSpec(rollback.getSpec().withChoices(choices));
        return new Decided.Recorded(copy(rollback));
    }

    @Override
    public synchronized Decided cancel(String namespace, String name, Actor by) {
        Rollback rollback = byName.get(name);
        if (rollback == null) {
            return new Decided.Gone();
        }
        rollback.setSpec(
                rollback.getSpec().withCancellation(new RollbackSpec.Cancellation(by.person(), Instant.now())));
        change(rollback, s -> {
            s.phase = Phase.CANCELLED;
            s.finishedAt = Instant.now();
        });
        return new Decided.Recorded(copy(rollback));
    }

    @Override
    public synchronized Decided stop(String namespace, String name, Actor by, RollbackSpec.Midway midway) {
        Rollback rollback = byName.get(name);
        if (rollback == null) {
            return new Decided.Gone();
        }
        rollback.setSpec(
                rollback.getSpec().withCancellation(new RollbackSpec.Cancellation(by.person(), Instant.now(), midway)));
        change(rollback, s -> {
            s.phase = Phase.CANCELLED;
            s.finishedAt = Instant.now();
        });
        return new Decided.Recorded(copy(rollback));
    }

    @Override
    public synchronized Optional<Rollback> find(String namespace, String name) {
        return Optional.ofNullable(byName.get(name)).map(FakeRollbacks::copy);
    }

    @Override
    public synchronized Optional<Rollback> open(TargetRef target) {
        return byName.values().stream()
                .filter(r -> r.target().equals(target)
                        && !r.statusOrInitial().phase().terminal())
                .findFirst()
                .map(FakeRollbacks::copy);
    }

    @Override
    public synchronized List<Rollback> list(int limit) {
        return all();
    }

    @Override
    public synchronized Optional<Rollback> latest(TargetRef target) {
        return byName.isEmpty() ? Optional.empty() : Optional.of(copy(newest()));
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
    public synchronized Optional<Rollback> updateCard(
            String namespace, String name, UnaryOperator<RollbackStatus.CardStatus> change) {
        Rollback rollback = byName.get(name);
        if (rollback == null) {
            return Optional.empty();
        }
        change(rollback, s -> s.card = change.apply(s.card));
        return Optional.of(copy(rollback));
    }

    private static Rollback copy(Rollback rollback) {
        Rollback copy = new Rollback();
        copy.setMetadata(rollback.getMetadata());
        copy.setSpec(rollback.getSpec());
        copy.setStatus(rollback.getStatus());
        return copy;
    }
}
