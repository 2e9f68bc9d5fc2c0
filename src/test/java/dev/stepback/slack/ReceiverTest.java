package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiverTest {
    @ParameterizedTest
    @CsvSource({
        "<@U0STEPBACK> rollback checkout to 3, checkout to 3",
        "<@U0STEPBACK> checkout, checkout",
        "<@U0STEPBACK|stepback>   /rollback checkout, checkout",
        "please <@U0STEPBACK> rollback list, list",
        "checkout history <@U0STEPBACK>, checkout history",
        "<@U0STEPBACK> ROLLBACK help, help",
        "<@U0STEPBACK> rollbacker, rollbacker",
        "<@U0STEPBACK> checkout because a &lt; b, checkout because a &lt; b",
        "<@U0STEPBACK>, ''",
        "<@U0STEPBACK> rollback, ''"
    })
    void mention_isReadAsACommand(String text, String command) {
        assertThat(Receiver.commandIn(text, "/rollback")).isEqualTo(command);
    }
}
