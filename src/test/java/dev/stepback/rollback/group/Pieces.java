package dev.stepback.rollback.group;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Members;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What groups in tests are made of. */
public final class Pieces {
    public static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");
    public static final Person ASKER = new Person("U00001", "responder");
    public static final Person LEAD = new Person("U00002", "lead");

    private Pieces() {}

    public static NewGroup wanted(String key, RollbackGroupSpec.Order order, String... names) {
        return new NewGroup(
                key,
                Stream.of(names)
                        .map(n -> new NewGroup.Wish(target(n), OptionalLong.empty()))
                        .toList(),
                order,
                Optional.empty(),
                PlanOptions.NONE,
                "crashes",
                new Actor(ASKER, "C1"),
                new RollbackSpec.Origin("C1", null),
                null);
    }

    public static TargetRef target(String name) {
        return new TargetRef("production", Kind.DEPLOYMENT, name);
    }

    public static RollbackGroup group(RollbackGroupSpec.Order order, String... names) {
        return FakeGroups.group("all", wanted("key", order, names));
    }

    public static Rollback member(RollbackGroup group, String name, Consumer<RollbackStatus.Changes> status) {
        Rollback rollback = new Rollback();
        rollback.setMetadata(new ObjectMetaBuilder()
                .withNamespace("production")
                .withName(Members.name(group, target(name)))
                .withCreationTimestamp(T0.toString())
                .build());
        rollback.setSpec(new RollbackSpec(
                new RollbackSpec.TargetName(Kind.DEPLOYMENT, name),
                null,
                null,
                null,
                null,
                "crashes",
                ASKER,
                new RollbackSpec.Origin("C1", null),
                600,
                null,
                group.getMetadata().getName(),
                List.of(),
                List.of(),
                null,
                null));
        rollback.setStatus(RollbackStatus.initial().with(status));
        return rollback;
    }

    public static void planned(RollbackStatus.Changes s, String name) {
        s.phase = Phase.AWAITING_APPROVAL;
        s.plan = plan(name);
    }

    public static Plan plan(String name) {
        List<PlannedStep> steps = List.of(new PlannedStep("fake.undo", "Undo", Map.of("patch", name)));
        return Plan.of(
                target(name),
                "uid",
                new PlannedRevision(4, name + "-bad", Map.of("app", "shop.example/" + name + ":1.4"), ""),
                new PlannedRevision(3, name + "-good", Map.of("app", "shop.example/" + name + ":1.3"), ""),
                List.of(),
                List.of(),
                steps);
    }

    /** One that begins with a check. */
    public static Plan checked(String name) {
        Plan plan = plan(name);
        List<PlannedStep> steps = List.of(
                new PlannedStep("job.check", "Check", Map.of("check", "data")),
                plan.steps().get(0));
        return new Plan(plan.hash(), "uid", plan.from(), plan.to(), List.of(), List.of(), steps);
    }

    /** One that leaves what {@code kubectl apply} remembers behind. */
    public static Plan stale(String name) {
        Plan plan = plan(name);
        return new Plan(
                plan.hash(),
                plan.targetUid(),
                plan.from(),
                plan.to(),
                plan.changes(),
                List.of(Finding.warn(Plan.LAST_APPLIED_STALE, "What kubectl remembers goes stale.")),
                plan.steps());
    }

    public static GroupView view(RollbackGroup group, Rollback... members) {
        Map<String, Rollback> byName = new HashMap<>();
        for (Rollback member : members) {
            byName.put(member.getMetadata().getName(), member);
        }
        return new GroupView(group, byName);
    }
}
