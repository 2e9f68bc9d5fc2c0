package dev.stepback.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.Phase;
import dev.stepback.target.TargetRef;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ViewCommandsTest {
    private final Desk desk = new Desk();
    private final FakeTarget cluster = desk.cluster;
    private final FakeRollbacks rollbacks = desk.rollbacks;
    private final HiddenNamespaces authorizer = desk.authorizer;
    private final TargetRef checkout = desk.checkout;

    @Test
    void history_proposesTheNewestEarlierRevision() {
        assertThat(dispatch("checkout history"))
                .isInstanceOfSatisfying(
                        Reply.ShowHistory.class, h -> assertThat(h.proposed()).isEqualTo(OptionalLong.of(2)));
    }

    @ParameterizedTest
    @CsvSource({"diff, 3, 2", "diff 1, 3, 1", "diff 1 2, 1, 2"})
    void diff_isFromTheCurrentRevisionUnlessSaidOtherwise(String text, long from, long to) {
        assertThat(dispatch("checkout " + text)).isInstanceOfSatisfying(Reply.ShowDiff.class, diff -> {
            assertThat(diff.from()).isEqualTo(from);
            assertThat(diff.to()).isEqualTo(to);
        });
    }

    @Test
    void diffOfAnUnknownRevision_isRefused() {
        assertThat(dispatch("checkout diff 9"))
                .isEqualTo(new Reply.Refused("unable to find specified revision 9 in history"));
    }

    @Test
    void diffWithoutAnEarlierRevision_isRefused() {
        cluster.add("production", "fresh", 1);
        assertThat(dispatch("fresh diff")).isInstanceOf(Reply.Refused.class);
    }

    @Test
    void status_showsTheRolloutAndTheLatestRollback() {
        dispatch("checkout");
        assertThat(dispatch("checkout status")).isInstanceOfSatisfying(Reply.ShowStatus.class, status -> {
            assertThat(status.rollout()).isPresent();
            assertThat(status.latest()).isPresent();
        });
    }

    @Test
    void list_showsWhatMaySeen() {
        cluster.add("staging", "cart", 2);
        dispatch("checkout", "a");
        dispatch("cart", "b");
        rollbacks.end(rollbacks.open(checkout).orElseThrow(), Phase.SUCCEEDED);
        assertThat(((Reply.ShowList) dispatch("list")).rollbacks()).hasSize(2);
        assertThat(((Reply.ShowList) dispatch("list -n staging")).rollbacks()).hasSize(1);
        authorizer.hidden.add("staging");
        assertThat(((Reply.ShowList) dispatch("list")).rollbacks()).hasSize(1);
    }

    private Reply dispatch(String text) {
        return desk.dispatch(text);
    }

    private Reply dispatch(String text, String key) {
        return desk.dispatch(text, key);
    }
}
