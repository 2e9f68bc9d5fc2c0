package dev.stepback.rollback.event;

import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Policies.may;
import static dev.stepback.rollback.Policies.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.stepback.policy.Permission;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Examples;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Policies;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.Shop;
import io.fabric8.kubernetes.api.model.Event;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KubernetesEventsTest {
    private final Shop shop = new Shop();
    private final Set<String> before = shop.events();
    private final Redactor redactor = new Redactor(List.of(Pattern.compile("password")));
    private final KubernetesEvents events = events(Clock.systemUTC());

    private KubernetesEvents events(Clock clock) {
        return new KubernetesEvents(shop.client, redactor, clock);
    }

    @AfterEach
    void close() throws Exception {
        events.close();
        shop.close();
    }

    @Test
    void rollback_isToldOnTargetAndRollback() {
        shop.engine(events);
        String name = done();

        awaitReasons("Deployment", "RollbackRequested", "RollbackApproved", "RollbackPatched", "RollbackSucceeded");
        awaitReasons("Rollback", "RollbackRequested", "RollbackApproved", "RollbackPatched", "RollbackSucceeded");
        assertThat(written("Deployment"))
                .allSatisfy(e -> {
                    assertThat(e.getInvolvedObject().getName()).isEqualTo("checkout");
                    assertThat(e.getSource().getComponent()).isEqualTo("stepback");
                    assertThat(e.getType()).isEqualTo("Normal");
                })
                .extracting(Event::getMessage)
                .contains(
                        "Rollback " + name + " requested by responder: crashes",
                        "Rollback " + name + " approved by lead",
                        "Rollback " + name + " restores revision 3 in place of 4, approved by lead",
                        "Rollback " + name + " succeeded: successfully rolled out");
        assertThat(written("Rollback"))
                .extracting(e -> e.getInvolvedObject().getUid())
                .containsOnly(shop.now(name).getMetadata().getUid());
    }

    @Test
    void rollbackThatEndsBeforeAPlan_isToldOnTheTargetToo() {
        shop.policy = Policies.of(rule(1), may(LEADING.id(), Permission.values()));
        shop.engine(events);
        Rollback made = Examples.requested();
        made.getMetadata().setCreationTimestamp(null);
        shop.client.resource(made).create();
        shop.awaitPhase("checkout-1", Phase.REJECTED);

        awaitReasons("Deployment", "RollbackRequested", "RollbackRejected");
        assertThat(written("Deployment"))
                .extracting(e -> e.getInvolvedObject().getUid())
                .containsOnly(shop.deployment().getMetadata().getUid());
    }

    @Test
    void secondReplicaAndRestart_writeNoneTwice() {
        try (KubernetesEvents other = events(Clock.systemUTC())) {
            shop.engine(r -> {
                events.changed(r);
                other.changed(r);
            });
            String name = done();
            awaitReasons("Deployment", "RollbackRequested", "RollbackApproved", "RollbackPatched", "RollbackSucceeded");
            try (KubernetesEvents restarted = events(Clock.systemUTC())) {
                restarted.changed(shop.now(name));
            }
            assertThat(written("Deployment")).hasSize(4);
            assertThat(written("Rollback")).hasSize(4);
        }
    }

    @Test
    void oldNews_isNotToldAgain() {
        shop.engine();
        String name = done();
        try (KubernetesEvents later = events(Clock.offset(Clock.systemUTC(), KubernetesEvents.FRESH.plusMinutes(1)))) {
            later.changed(shop.now(name));
        }
        assertThat(written("Rollback")).isEmpty();
    }

    @Test
    void eventsThatCannotBeWritten_stopNothing() {
        shop.cluster.faults().deny("create", "events");
        shop.engine(events);

        String name = done();

        assertThat(shop.now(name).statusOrInitial().phase()).isEqualTo(Phase.SUCCEEDED);
        assertThat(written("Rollback")).isEmpty();
    }

    @Test
    void secretsAndLineBreaks_stayOut() {
        Rollback rollback = shop.request("delivery");
        rollback.setSpec(rollback.getSpec()
                .withDecisions(List.of(new RollbackSpec.Decision(
                        RollbackSpec.Decision.Verdict.Rejected,
                        LEADING.person(),
                        Clock.systemUTC().instant(),
                        "h",
                        null,
                        "no,\npassword=hunter2"))));
        events.changed(rollback);

        awaitReasons("Rollback", "RollbackRequested", "RollbackRejected");
        assertThat(written("Rollback"))
                .extracting(Event::getMessage)
                .anySatisfy(m -> assertThat(m).endsWith("no, password=" + Redactor.MASK));
    }

    @Test
    void halfARollback_isNoReasonToFail() {
        Rollback broken = Examples.requested();
        broken.getMetadata().setCreationTimestamp(null);

        assertThatCode(() -> events.changed(broken)).doesNotThrowAnyException();
    }

    private String done() {
        String name = shop.requestAndApprove("delivery");
        shop.finishRollout(name);
        shop.awaitPhase(name, Phase.SUCCEEDED);
        return name;
    }

    private void awaitReasons(String kind, String... reasons) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() ->
                        assertThat(written(kind)).extracting(Event::getReason).containsExactlyInAnyOrder(reasons));
    }

    private List<Event> written(String kind) {
        return shop.client.v1().events().inNamespace("production").list().getItems().stream()
                .filter(e -> !before.contains(e.getMetadata().getUid()))
                .filter(e -> e.getInvolvedObject().getKind().equals(kind))
                .toList();
    }
}
