package dev.stepback.command;

import dev.stepback.audit.AuditEvent;
import dev.stepback.config.StepbackConfig;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.group.FakeGroups;
import dev.stepback.target.TargetRef;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Commands that somebody types, and the fake cluster that they are about. */
final class Desk {
    private static final Actor RESPONDER = new Actor(new Person("U1", "responder"), "C1");

    final FakeTarget cluster = new FakeTarget();
    private final FakeGroups groups = new FakeGroups();
    final FakeRollbacks rollbacks = new FakeRollbacks();
    final HiddenNamespaces authorizer = new HiddenNamespaces();
    final FakeLocks locks = new FakeLocks();
    final List<AuditEvent> audited = new ArrayList<>();
    Zones zones = Zones.UNKNOWN;
    private final Clock clock = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);
    final TargetRef checkout = cluster.add("production", "checkout", 3);
    private final Dispatcher dispatcher = dispatcher(StepbackConfig.defaults());

    Dispatcher dispatcher(StepbackConfig config) {
        return new Dispatcher(
                cluster,
                rollbacks,
                groups,
                List.of(cluster),
                authorizer,
                locks,
                config,
                audited::add,
                t -> t.replace("hunter2", "•"),
                person -> zones.of(person),
                clock);
    }

    Reply dispatch(String text) {
        return dispatch(text, text);
    }

    Reply dispatch(String text, String key) {
        return dispatcher.dispatch(invocation(text, key));
    }

    static Invocation invocation(String text, String key) {
        return new Invocation(text, RESPONDER, null, key);
    }
}
