package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.LEADING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.access.Acting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A rollback that was approved, and everything went away before the change was made or noted. */
class ApprovedBeforeACrashTest {
    private final Shop shop = new Shop();

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @Test
    void changeMadeBeforeACrash_isSeenAlthoughNobodyMayLookAnyMore() {
        String name = running();
        shop.annotate(FakeTarget.RELEASE, "good");
        shop.annotate(Rollback.MARK, name);
        shop.rollout("done");
        shop.engine(new ActingAuthorizer(shop.authorizer, new Acting.Nobody("lead has left", false)));
        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isZero();
    }

    @Test
    void changeForNobody_isNotMade() {
        String name = running();
        shop.engine(new ActingAuthorizer(shop.authorizer, new Acting.Nobody("lead has left", false)));
        assertThat(shop.awaitPhase(name, Phase.FAILED).message()).isEqualTo("lead has left");
        assertThat(shop.undos()).isZero();
    }

    /** The cluster's audit log names one person, and that is who had the last word. */
    @Test
    void changeThatSeveralApproved_isMadeAsWhoApprovedLast() {
        String name = shop.plannedWithoutEngine();
        Person other = new Person("U9", "other");
        Instant now = Instant.now();
        shop.writeApproval(name, LEAD, now.minusSeconds(10));
        shop.writeApproval(name, other, now.minusSeconds(20));
        run(name, now, LEAD, other);
        List<Person> actors = new CopyOnWriteArrayList<>();
        shop.engine(new ForwardingAuthorizer(shop.authorizer) {
            @Override
            public Acting acting(Person who) {
                actors.add(who);
                return new Acting.Nobody(who.name() + " has left", false);
            }
        });
        shop.awaitPhase(name, Phase.FAILED);
        assertThat(actors).containsOnly(LEAD);
    }

    @Test
    void approvalFromBeforeALongOutage_changesNothing() {
        String name = runningSinceAnHour();
        shop.engine();
        assertThat(shop.awaitPhase(name, Phase.EXPIRED).message()).startsWith("approved at");
        assertThat(shop.undos()).isZero();
    }

    @Test
    void changeFromBeforeALongOutage_isSeenThrough() {
        String name = runningSinceAnHour();
        shop.annotate(FakeTarget.RELEASE, "good");
        shop.annotate(Rollback.MARK, name);
        shop.rollout("done");
        shop.engine();
        shop.awaitPhase(name, Phase.SUCCEEDED);
        assertThat(shop.undos()).isZero();
    }

    /** Approved an hour ago and written down as running, when everything went away. */
    private String runningSinceAnHour() {
        String name = shop.plannedWithoutEngine();
        Instant then = Instant.now().minus(Duration.ofHours(1));
        shop.writeApproval(name, LEAD, then);
        run(name, then, LEAD);
        return name;
    }

    /** Approved and written down as running, when the process died. */
    private String running() {
        String name = shop.plannedWithoutEngine();
        shop.approve(name, LEADING);
        run(name, Instant.now(), LEAD);
        return name;
    }

    private void run(String name, Instant at, Person... approvers) {
        Rollback approved = shop.now(name);
        new Store(shop.client).updateStatus(approved, approved.statusOrInitial().with(s -> {
            s.phase = Phase.RUNNING;
            s.approvedAt = at;
            s.expiresAt = at.plusSeconds(1);
            s.approvals = new RollbackStatus.ApprovalStatus(
                    1, Stream.of(approvers).map(Person::id).toList(), false);
            s.steps = List.of(Examples.step("fake.undo", RollbackStatus.StepStatus.State.Pending, at), s.steps.get(1));
        }));
    }
}
