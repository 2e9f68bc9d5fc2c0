package dev.stepback.rollback;

import dev.stepback.audit.Audit;
import dev.stepback.audit.AuditEvent;
import dev.stepback.audit.On;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.target.BadRevision;
import dev.stepback.target.PastUndo;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Records what people wrote into Rollbacks and what they were denied. Only the one whose write the API server took is
 * recorded: whatever came a second time, or too late, changed nothing.
 */
public final class AuditedRollbacks implements Rollbacks {
    private final Rollbacks rollbacks;
    private final Audit audit;

    public AuditedRollbacks(Rollbacks rollbacks, Audit audit) {
        this.rollbacks = rollbacks;
        this.audit = audit;
    }

    @Override
    public Created create(NewRollback request) {
        Created created = rollbacks.create(request);
        if (created instanceof Created.Ok ok && !ok.repeated()) {
            audit.record(new AuditEvent.Request(
                    Audited.by(request.requestedBy()),
                    Audited.on(ok.rollback()),
                    request.toRevision(),
                    request.toTime(),
                    request.reason()));
        } else if (created instanceof Created.Denied denied) {
            On on = new On(request.target(), null, request.operation().apiName());
            audit.record(new AuditEvent.Denial(
                    Audited.by(request.requestedBy()), AuditEvent.Wish.REQUEST, Optional.of(on), denied.why()));
        }
        return created;
    }

    @Override
    public Decided decide(String namespace, String name, NewDecision decision) {
        Decided decided = rollbacks.decide(namespace, name, decision);
        if (decided instanceof Decided.Recorded recorded) {
            audit.record(event(recorded.rollback(), decision));
        } else if (decided instanceof Decided.Denied denied) {
            denied(namespace, name, decision.by(), wish(decision.verdict()), denied.why());
        }
        return decided;
    }

    @Override
    public Decided choose(String namespace, String name, NewChoice choice) {
        Decided decided = rollbacks.choose(namespace, name, choice);
        if (decided instanceof Decided.Recorded recorded) {
            audit.record(Audited.choice(
                    Audited.by(choice.by()),
                    Audited.on(recorded.rollback()),
                    choice,
                    Audited.planHash(recorded.rollback())));
        } else if (decided instanceof Decided.Denied denied) {
            denied(namespace, name, choice.by(), AuditEvent.Wish.CHOOSE, denied.why());
        }
        return decided;
    }

    private static AuditEvent event(Rollback rollback, NewDecision decision) {
        var by = Audited.by(decision.by());
        On on = Audited.on(rollback);
        String hash = Audited.planHash(rollback);
        return switch (decision.verdict()) {
            case Approved -> new AuditEvent.Approval(by, on, hash, decision.reason());
            case Rejected -> new AuditEvent.Rejection(by, on, hash, decision.reason());
            case BrokeGlass -> new AuditEvent.BreakGlass(by, on, hash, decision.reason());
        };
    }

    private static AuditEvent.Wish wish(Verdict verdict) {
        return switch (verdict) {
            case Approved -> AuditEvent.Wish.APPROVE;
            case Rejected -> AuditEvent.Wish.REJECT;
            case BrokeGlass -> AuditEvent.Wish.BREAK_GLASS;
        };
    }

    @Override
    public Decided cancel(String namespace, String name, Actor by) {
        Decided decided = rollbacks.cancel(namespace, name, by);
        if (decided instanceof Decided.Recorded recorded) {
            audit.record(new AuditEvent.Cancellation(Audited.by(by), Audited.on(recorded.rollback())));
        } else if (decided instanceof Decided.Denied denied) {
            denied(namespace, name, by, AuditEvent.Wish.CANCEL, denied.why());
        }
        return decided;
    }

    @Override
    public Decided stop(String namespace, String name, Actor by, RollbackSpec.Midway midway) {
        Decided decided = rollbacks.stop(namespace, name, by, midway);
        if (decided instanceof Decided.Recorded recorded) {
            var wish = recorded.rollback().getSpec().cancellation();
            audit.record(
                    wish != null && wish.midway() == null
                            ? new AuditEvent.Cancellation(Audited.by(by), Audited.on(recorded.rollback()))
                            : new AuditEvent.Stop(Audited.by(by), Audited.on(recorded.rollback()), midway.name()));
        } else if (decided instanceof Decided.Denied denied) {
            denied(namespace, name, by, AuditEvent.Wish.STOP, denied.why());
        }
        return decided;
    }

    private void denied(String namespace, String name, Actor by, AuditEvent.Wish wish, String why) {
        Optional<On> on;
        try {
            on = find(namespace, name).map(Audited::on);
        } catch (KubernetesClientException e) {
            on = Optional.empty();
        }
        audit.record(new AuditEvent.Denial(Audited.by(by), wish, on, why));
    }

    @Override
    public Optional<Rollback> find(String namespace, String name) {
        return rollbacks.find(namespace, name);
    }

    @Override
    public Optional<Rollback> open(TargetRef target) {
        return rollbacks.open(target);
    }

    @Override
    public List<Rollback> list(int limit) {
        return rollbacks.list(limit);
    }

    @Override
    public Optional<Rollback> latest(TargetRef target) {
        return rollbacks.latest(target);
    }

    @Override
    public List<PastUndo> pastUndos(TargetRef target) {
        return rollbacks.pastUndos(target);
    }

    @Override
    public Map<String, BadRevision> knownBad(TargetRef target) {
        return rollbacks.knownBad(target);
    }

    @Override
    public Optional<Rollback> updateCard(
            String namespace, String name, UnaryOperator<RollbackStatus.CardStatus> change) {
        return rollbacks.updateCard(namespace, name, change);
    }
}
