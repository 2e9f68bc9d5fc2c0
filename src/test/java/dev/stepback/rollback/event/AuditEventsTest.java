package dev.stepback.rollback.event;

import static dev.stepback.rollback.Examples.ASKER;
import static dev.stepback.rollback.Examples.TARGET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.audit.AuditEvent;
import dev.stepback.audit.AuditEvent.Wish;
import dev.stepback.audit.By;
import dev.stepback.audit.On;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Audited;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.Shop;
import dev.stepback.rollback.lock.AuditedLocks;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.Event;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuditEventsTest {
    private static final By LEAD = new By("U00002", "lead", null, "C1");
    private final Shop shop = new Shop();
    private final Set<String> before = shop.events();
    private final AuditEvents events = new AuditEvents(
            shop.client,
            "default",
            "stepback-0",
            new Redactor(List.of(Pattern.compile("password"))),
            Clock.systemUTC());

    @AfterEach
    void close() throws Exception {
        events.close();
        shop.close();
    }

    @Test
    void denial_isToldOnTheTargetAndOnTheRollback() {
        Rollback rollback = shop.request("delivery");

        events.record(denial(Audited.on(rollback), "You may not, password=hunter2\n<!channel>"));

        Event onTarget = awaited("production", "Deployment");
        assertThat(onTarget.getReason()).isEqualTo("RollbackDenied");
        assertThat(onTarget.getType()).isEqualTo("Warning");
        assertThat(onTarget.getMessage())
                .isEqualTo(
                        "approve denied to responder (U00001): You may not, password=" + Redactor.MASK + " <!channel>");
        assertThat(onTarget.getInvolvedObject().getUid())
                .isEqualTo(shop.deployment().getMetadata().getUid());
        assertThat(awaited("production", "Rollback").getInvolvedObject().getUid())
                .isEqualTo(rollback.getMetadata().getUid());
    }

    @Test
    void denials_ofTheSame_areOneEvent() {
        for (int i = 0; i < 50; i++) {
            events.record(denial(new On(TARGET), "You may not."));
        }
        awaited("production", "Deployment");
        events.close();
        assertThat(written("production", "Deployment")).hasSize(1);
    }

    @Test
    void denial_ofWhatIsNotThere_isToldNowhere() {
        events.record(denial(new On(new TargetRef("production", Kind.DEPLOYMENT, "nothing")), "You may not."));
        events.record(denial(new On(TARGET), "You may not."));

        awaited("production", "Deployment");
        assertThat(written("production", "Deployment"))
                .extracting(e -> e.getInvolvedObject().getName())
                .containsExactly("checkout");
    }

    @Test
    void locks_areToldOnTheirConfigMap() {
        new AuditedLocks(shop.locks, events)
                .lock(new Actor(new Person(LEAD.id(), "lead"), "C1"), Optional.of("production"), "moving");
        events.record(new AuditEvent.Lock(LEAD, Optional.of("production"), "the database moves"));
        events.record(new AuditEvent.Unlock(LEAD, Optional.empty()));

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(written("default", "ConfigMap"))
                        .extracting(Event::getReason)
                        .containsExactlyInAnyOrder("RollbackDenied", "RollbacksLocked", "RollbacksUnlocked"));
        assertThat(written("default", "ConfigMap"))
                .allSatisfy(e -> assertThat(e.getInvolvedObject().getName()).isEqualTo("stepback-locks"))
                .extracting(Event::getMessage)
                .contains(
                        "lead locked rollbacks in production: the database moves",
                        "lead unlocked rollbacks everywhere");
    }

    @Test
    void configuration_isToldOnTheLease() {
        events.record(new AuditEvent.PolicyRefusal("line 3: unknown key"));
        events.record(new AuditEvent.PolicyChange("changed: access"));

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(written("default", "Lease"))
                        .extracting(Event::getMessage)
                        .containsExactlyInAnyOrder(
                                "replica stepback-0: line 3: unknown key", "replica stepback-0: changed: access"));
    }

    private static AuditEvent.Denial denial(On on, String why) {
        By by = new By(ASKER.id(), ASKER.name(), null, "C1");
        return new AuditEvent.Denial(by, Wish.APPROVE, Optional.of(on), why);
    }

    private Event awaited(String namespace, String kind) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> !written(namespace, kind).isEmpty());
        return written(namespace, kind).get(0);
    }

    private List<Event> written(String namespace, String kind) {
        return shop.client.v1().events().inNamespace(namespace).list().getItems().stream()
                .filter(e -> !before.contains(e.getMetadata().getUid()))
                .filter(e -> e.getInvolvedObject().getKind().equals(kind))
                .toList();
    }
}
