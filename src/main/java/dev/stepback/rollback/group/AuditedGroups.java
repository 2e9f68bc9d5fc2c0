package dev.stepback.rollback.group;

import dev.stepback.audit.Audit;
import dev.stepback.audit.AuditEvent;
import dev.stepback.audit.AuditEvent.Wish;
import dev.stepback.audit.By;
import dev.stepback.audit.On;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Audited;
import dev.stepback.rollback.Members;
import dev.stepback.rollback.NewChoice;
import dev.stepback.rollback.NewDecision;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Records what people wrote into groups, once for every target, so that each target's record is whole. */
public final class AuditedGroups implements RollbackGroups {
    private static final String UNDO = "Undo";

    private final RollbackGroups groups;
    private final Audit audit;

    public AuditedGroups(RollbackGroups groups, Audit audit) {
        this.groups = groups;
        this.audit = audit;
    }

    @Override
    public Created create(NewGroup request) {
        Created created = groups.create(request);
        By by = Audited.by(request.requestedBy());
        if (created instanceof Created.Ok ok && !ok.repeated()) {
            RollbackGroup group = ok.view().group();
            for (NewGroup.Wish wish : request.targets()) {
                audit.record(new AuditEvent.Request(
                        by, on(group, wish.target()), wish.toRevision(), request.toTime(), request.reason()));
            }
        } else if (created instanceof Created.Denied denied) {
            On on = new On(denied.target(), null, UNDO);
            audit.record(new AuditEvent.Denial(by, Wish.REQUEST, Optional.of(on), denied.why()));
        }
        return created;
    }

    @Override
    public Decided decide(String namespace, String name, NewDecision decision) {
        Decided decided = groups.decide(namespace, name, decision);
        By by = Audited.by(decision.by());
        if (decided instanceof Decided.Recorded recorded) {
            GroupView view = recorded.view();
            for (int i = 0; i < view.size(); i++) {
                String hash = GroupHash.planHash(view.member(i)).orElse("");
                On on = on(view.group(), view.target(i));
                audit.record(
                        switch (decision.verdict()) {
                            case Approved -> new AuditEvent.Approval(by, on, hash, decision.reason());
                            case Rejected -> new AuditEvent.Rejection(by, on, hash, decision.reason());
                            case BrokeGlass -> new AuditEvent.BreakGlass(by, on, hash, decision.reason());
                        });
            }
        } else if (decided instanceof Decided.Denied denied) {
            denied(namespace, name, by, wish(decision.verdict()), denied.why());
        }
        return decided;
    }

    @Override
    public Decided choose(String namespace, String name, NewChoice choice) {
        Decided decided = groups.choose(namespace, name, choice);
        By by = Audited.by(choice.by());
        if (decided instanceof Decided.Recorded recorded) {
            GroupView view = recorded.view();
            // Those that it changes nothing for are not planned again.
            view.members().stream()
                    .filter(member -> view.otherChoice(member).isPresent())
                    .forEach(member -> audit.record(Audited.choice(
                            by,
                            on(view.group(), member.target()),
                            choice,
                            GroupHash.planHash(Optional.of(member)).orElse(""))));
        } else if (decided instanceof Decided.Denied denied) {
            denied(namespace, name, by, Wish.CHOOSE, denied.why());
        }
        return decided;
    }

    private static Wish wish(Verdict verdict) {
        return switch (verdict) {
            case Approved -> Wish.APPROVE;
            case Rejected -> Wish.REJECT;
            case BrokeGlass -> Wish.BREAK_GLASS;
        };
    }

    @Override
    public Decided cancel(String namespace, String name, Actor actor) {
        Decided decided = groups.cancel(namespace, name, actor);
        By by = Audited.by(actor);
        if (decided instanceof Decided.Recorded recorded) {
            RollbackGroup group = recorded.view().group();
            group.targets().forEach(t -> audit.record(new AuditEvent.Cancellation(by, on(group, t))));
        } else if (decided instanceof Decided.Denied denied) {
            denied(namespace, name, by, Wish.CANCEL, denied.why());
        }
        return decided;
    }

    @Override
    public Decided stop(String namespace, String name, Actor actor, Midway midway) {
        Decided decided = groups.stop(namespace, name, actor, midway);
        By by = Audited.by(actor);
        if (decided instanceof Decided.Recorded recorded) {
            GroupView view = recorded.view();
            for (Rollback member : view.all()) {
                On on = on(view.group(), member.target());
                if (!Members.begun(member)) {
                    audit.record(new AuditEvent.Cancellation(by, on));
                } else if (!GroupMoment.phase(member).terminal()) {
                    audit.record(new AuditEvent.Stop(by, on, midway.name()));
                }
            }
        } else if (decided instanceof Decided.Denied denied) {
            denied(namespace, name, by, Wish.STOP, denied.why());
        }
        return decided;
    }

    /** One line says enough: nothing was done to any of them. */
    private void denied(String namespace, String name, By by, Wish wish, String why) {
        Optional<On> on;
        try {
            on = find(namespace, name).map(v -> on(v.group(), v.target(0)));
        } catch (KubernetesClientException e) {
            on = Optional.empty();
        }
        audit.record(new AuditEvent.Denial(by, wish, on, why));
    }

    private static On on(RollbackGroup group, TargetRef target) {
        return new On(
                target, Members.name(group, target), UNDO, group.getMetadata().getName());
    }

    @Override
    public Optional<GroupView> find(String namespace, String name) {
        return groups.find(namespace, name);
    }

    @Override
    public List<RollbackGroup> all() {
        return groups.all();
    }

    @Override
    public Optional<RollbackGroup> updateCard(String namespace, String name, UnaryOperator<CardStatus> change) {
        return groups.updateCard(namespace, name, change);
    }
}
