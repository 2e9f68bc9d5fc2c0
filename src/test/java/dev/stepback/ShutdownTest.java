package dev.stepback;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ShutdownTest {
    @Test
    void whatCannotBeClosed_isLogged_andKeepsNothingElseOpen() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(Shutdown.class);
        logger.addAppender(lines);
        lines.start();
        List<String> closed = new ArrayList<>();
        try {
            Shutdown.inTurn(
                    () -> closed.add("first"),
                    () -> {
                        throw new IllegalStateException("the Lease cannot be given up");
                    },
                    () -> closed.add("last"));
        } finally {
            logger.detachAppender(lines);
        }

        assertThat(closed).containsExactly("first", "last");
        assertThat(lines.list)
                .singleElement()
                .satisfies(line ->
                        assertThat(line.getThrowableProxy().getMessage()).isEqualTo("the Lease cannot be given up"));
    }
}
