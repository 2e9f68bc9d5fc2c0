package dev.stepback.rollback.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.audit.AuditEvent;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.NewChoice;
import dev.stepback.rollback.NewDecision;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.Ruling;
import dev.stepback.rollback.group.RollbackGroupSpec.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who may decide on several targets, and what is recorded of it. */
class GroupAccessTest {
    private static final Actor LEAD = new Actor(Pieces.LEAD, "C1");

    private final RollbackGroup group = Pieces.group(Order.Together, "cart", "payments");

    /** Also while the Rollback of the target is yet to be created. */
    @Test
    void whoMayNotDecideOnOneOfThem_mayNotDecideOnAny() {
        Authorizer authorizer = new Lenient() {
            @Override
            public Authorization mayDecide(Actor who, Rollback rollback, Verdict verdict) {
                return rollback.target().name().equals("payments")
                        ? Authorization.denied("Not you.")
                        : Authorization.ALLOWED;
            }
        };

        Authorizer.Authorization may = new GroupMatter(Pieces.view(group), authorizer).may(LEAD, Verdict.Approved);

        assertThat(may.allowed()).isFalse();
        assertThat(may.why()).contains("Not you.", "production/deployment/payments");
    }

    @Test
    void whoMayNotChooseForOneOfThem_mayNotChooseForAny() {
        Authorizer authorizer = new Lenient() {
            @Override
            public Authorization mayChoose(Actor who, Rollback rollback) {
                return rollback.target().name().equals("payments")
                        ? Authorization.denied("Not you.")
                        : Authorization.ALLOWED;
            }
        };

        Ruling ruling =
                Ruling.on(new GroupMatter(Pieces.view(group), authorizer), new NewChoice(LEAD, "h", true), Pieces.T0);

        assertThat(ruling)
                .isInstanceOfSatisfying(
                        Ruling.Denied.class,
                        denied -> assertThat(denied.why()).contains("Not you.", "production/deployment/payments"));
    }

    @Test
    void whatIsTyped_isWhereAllOfThemAre() {
        Authorizer typing = new Lenient() {
            @Override
            public Optional<String> toType(Rollback rollback, Verdict verdict) {
                return Optional.of(
                        verdict == Verdict.BrokeGlass
                                ? rollback.target().name()
                                : "prod-eu/production/" + rollback.target().name());
            }
        };
        GroupMatter matter = new GroupMatter(
                Pieces.view(group, Pieces.member(group, "cart", s -> Pieces.planned(s, "cart"))), typing);

        assertThat(matter.toType(Verdict.Approved)).contains("prod-eu/production");
        assertThat(matter.toType(Verdict.BrokeGlass)).contains("production");
    }

    @Test
    void record_hasALineForEveryTarget() {
        List<AuditEvent> recorded = new ArrayList<>();
        FakeGroups fake = new FakeGroups();
        RollbackGroups groups = new AuditedGroups(fake, recorded::add);

        groups.create(Pieces.wanted("key", Order.Together, "cart", "payments"));
        RollbackGroup created = fake.all().get(0);
        String name = created.getMetadata().getName();
        groups.decide("production", name, NewDecision.click(Verdict.Approved, LEAD, "0123456789ab"));
        groups.cancel("production", name, LEAD);

        assertThat(recorded.stream().map(e -> e.getClass().getSimpleName()))
                .containsExactly("Request", "Request", "Approval", "Approval", "Cancellation", "Cancellation");
        assertThat(recorded).allSatisfy(e -> assertThat(e.toString()).contains("group=" + name));
        assertThat(recorded.get(3).toString()).contains("payments");
    }
}
