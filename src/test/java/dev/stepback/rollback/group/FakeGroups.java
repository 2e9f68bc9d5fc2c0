package dev.stepback.rollback.group;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.NewChoice;
import dev.stepback.rollback.NewDecision;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** Groups in memory, without an engine: what is asked for stays as it was asked for. */
public final class FakeGroups implements RollbackGroups {
    public final List<NewGroup> created = new CopyOnWriteArrayList<>();
    private final List<GroupView> views = new CopyOnWriteArrayList<>();

    @Override
    public Created create(NewGroup request) {
        created.add(request);
        GroupView view = new GroupView(group("group-" + created.size(), request), Map.of());
        views.add(view);
        return new Created.Ok(view, false);
    }

    static RollbackGroup group(String name, NewGroup request) {
        RollbackGroup group = new RollbackGroup();
        group.setMetadata(new ObjectMetaBuilder()
                .withNamespace(request.namespace())
                .withName(name)
                .withUid("uid-" + name)
                .withCreationTimestamp("2026-03-01T12:00:00Z")
                .build());
        group.setSpec(request.spec(Duration.ofMinutes(10)));
        return group;
    }

    @Override
    public Decided decide(String namespace, String name, NewDecision wanted) {
        Optional<GroupView> view = find(namespace, name);
        if (view.isEmpty()) {
            return new Decided.Gone();
        }
        RollbackGroup group = view.get().group();
        List<Decision> decisions = new ArrayList<>(group.getSpec().decisions());
        decisions.add(new Decision(wanted.verdict(), wanted.by().person(), Instant.now(), wanted.planHash()));
        group.setSpec(group.getSpec().withDecisions(decisions));
        return new Decided.Recorded(view.get());
    }

    @Override
    public Decided choose(String namespace, String name, NewChoice choice) {
        return find(namespace, name).<Decided>map(Decided.Recorded::new).orElseGet(Decided.Gone::new);
    }

    @Override
    public Decided cancel(String namespace, String name, Actor by) {
        return find(namespace, name).<Decided>map(Decided.Recorded::new).orElseGet(Decided.Gone::new);
    }

    @Override
    public Decided stop(String namespace, String name, Actor by, Midway midway) {
        return cancel(namespace, name, by);
    }

    @Override
    public Optional<GroupView> find(String namespace, String name) {
        return views.stream()
                .filter(v -> v.group().getMetadata().getName().equals(name))
                .findFirst();
    }

    @Override
    public List<RollbackGroup> all() {
        return views.stream().map(GroupView::group).toList();
    }

    @Override
    public Optional<RollbackGroup> updateCard(String namespace, String name, UnaryOperator<CardStatus> change) {
        return find(namespace, name).map(GroupView::group);
    }
}
