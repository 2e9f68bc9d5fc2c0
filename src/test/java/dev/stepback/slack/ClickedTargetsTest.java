package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.access.Acting;
import dev.stepback.audit.AuditEvent;
import dev.stepback.policy.Policy;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.ForwardingAuthorizer;
import dev.stepback.rollback.People;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.authorization.PolicyAuthorizer;
import dev.stepback.rollback.lock.Locks;
import dev.stepback.target.Denial;
import dev.stepback.target.Identity;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClickedTargetsTest {
    private static final Actor LEAD = new Actor(new Person("U1", "lead"), "C1");

    private final List<AuditEvent> audited = new ArrayList<>();
    private final ClickedTargets targets = new ClickedTargets(
            List.of(),
            new ForwardingAuthorizer(new PolicyAuthorizer(
                    () -> Policy.DEFAULT,
                    new People(),
                    namespace -> new Locks.State.Open(),
                    "test",
                    List.of(),
                    target -> Optional.of(Map.of()),
                    Clock.systemUTC())) {
                @Override
                public Acting acting(Person who) {
                    return new Acting.As(new Identity("alice", List.of()));
                }
            },
            new FakeRollbacks(),
            audited::add);

    @Test
    void whatTheClusterDeniesSomebodyWhoClicked_isRecorded_andWhatItDeniesTheBotIsNot() {
        targets.forbidden(LEAD, AuditEvent.Wish.VIEW, new Denial("bot", "get", "deployments.apps", "", "production"));
        assertThat(audited).isEmpty();

        targets.forbidden(LEAD, AuditEvent.Wish.VIEW, new Denial("alice", "get", "deployments.apps", "", "production"));
        assertThat(audited)
                .singleElement()
                .isInstanceOfSatisfying(
                        AuditEvent.Denial.class, d -> assertThat(d.why()).contains("alice may not get"));
    }
}
