package dev.stepback.slack.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.command.Reply;
import dev.stepback.target.History;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class HistoryMessageTest {
    private static String drawn(History history, long proposed) {
        return new Replies("/rollback", r -> Optional.empty())
                .draw(new Reply.ShowHistory(history, OptionalLong.of(proposed), Map.of()), Samples.NOW)
                .toString();
    }

    @Test
    void proposedRevision_isOnlyCalledGoodWhenItWasAvailable() {
        assertThat(drawn(Samples.history(3), 2)).contains("*last known good*");
        assertThat(drawn(Samples.history(2), 1))
                .doesNotContain("good", "though")
                .contains("*proposed*");
        assertThat(drawn(Samples.history(4, 2), 3))
                .doesNotContain("good")
                .contains("*proposed*, though nothing shows that it was ever available");
    }
}
