package dev.stepback.rollback.group;

import static dev.stepback.rollback.group.Pieces.ASKER;
import static dev.stepback.rollback.group.Pieces.LEAD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Choice;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Somebody chooses on the card of several how they shall be done. */
class GroupChoiceTest extends OneGroup {
    @Test
    void choice_isPassedOnToThoseThatItConcerns_andTheirPlansAreApprovedAnew() {
        status(checkout, s -> s.plan = Pieces.stale("checkout"));
        counting();
        String hash = GroupHash.of(view());
        decide(Verdict.Approved);
        choose(true);

        assertThat(view().plannedAgain()).isTrue();
        assertThat(next()).isInstanceOfSatisfying(GroupAction.Choose.class, c -> {
            assertThat(c.member()).isSameAs(checkout);
            assertThat(c.choice().by()).isEqualTo(LEAD);
            checkout.setSpec(checkout.getSpec().withChoices(List.of(c.choice())));
        });
        assertThat(next()).isInstanceOf(GroupAction.WaitUntil.class);
        status(checkout, s -> {
            s.plan = Pieces.plan("applied");
            s.choices = 1;
        });

        RollbackGroupStatus planned = written(next());

        assertThat(planned.hash()).isEqualTo(GroupHash.of(view())).isNotEqualTo(hash);
        assertThat(planned.startsAt()).isNull();
        assertThat(planned.expiresAt()).isEqualTo(NOW.plus(Duration.ofMinutes(15)));
        apply(next());
        assertThat(view().plannedAgain()).isFalse();
        assertThat(view().decisions(checkout)).isEmpty();
        assertThat(next()).isInstanceOf(GroupAction.AskPolicy.class);
        apply(GroupDecision.next(view(), Optional.of(NONE), NOW.plusSeconds(8)));
        assertThat(group.statusOrInitial().startsAt()).isEqualTo(NOW.plusSeconds(18));
    }

    @Test
    void choiceThatIsTakenBack_isTakenBackWhereItWasPassedOn() {
        awaiting();
        cart.setSpec(cart.getSpec().withChoices(List.of(new Choice(true, LEAD, NOW, "h"))));
        status(cart, s -> s.choices = 1);
        choose(true);
        choose(false);

        assertThat(next()).isInstanceOfSatisfying(GroupAction.Choose.class, c -> {
            assertThat(c.member()).isSameAs(cart);
            assertThat(c.choice().updateLastApplied()).isFalse();
        });
    }

    @Test
    void decisionFromBeforeTheLastChoice_isNotPassedOn() {
        awaiting();
        decide(Verdict.Approved);
        assertThat(view().decisions(cart)).hasSize(1);
        choose(false);

        assertThat(view().decisions(cart)).isEmpty();
    }

    @Test
    void choice_doesNotHoldUpWhoStops_norTheExpiry() {
        awaiting();
        choose(true);
        assertThat(written(GroupDecision.next(view(), Optional.empty(), NOW.plus(Duration.ofMinutes(15))))
                        .ending())
                .isEqualTo(Phase.EXPIRED);
        decide(Verdict.Rejected);
        assertThat(written(next()).ending()).isEqualTo(Phase.REJECTED);
        group.setSpec(group.getSpec().withCancellation(new Cancellation(ASKER, NOW)));
        assertThat(written(next()).ending()).isEqualTo(Phase.CANCELLED);
    }

    private void counting() {
        awaiting();
        apply(asked(NONE));
        assertThat(group.statusOrInitial().startsAt()).isNotNull();
    }

    private void choose(boolean update) {
        List<Choice> choices = new ArrayList<>(group.getSpec().choices());
        choices.add(new Choice(update, LEAD, NOW, "h"));
        group.setSpec(group.getSpec().withChoices(choices));
    }
}
