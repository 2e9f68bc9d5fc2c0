package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** What operators read of a rollback, and what they must never read. */
class LogsIT {
    private static final String GOOD = "shop.example/checkout:1.0";
    private static final String BAD = "shop.example/checkout:1.1-crash";

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level before = root.getLevel();
    private final Captured log = new Captured();

    @SuppressWarnings("NullAway.Init") // every test starts it
    private Scene scene;

    @BeforeEach
    void capture() {
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void close() throws Exception {
        root.detachAppender(log);
        root.setLevel(before);
        if (scene != null) {
            scene.close();
        }
    }

    @Test
    void rollback_isOneLineAnEvent() throws Exception {
        scene = Scene.start(Mode.SOCKET);
        scene.deployed("checkout", 1, GOOD, BAD);
        assertThat(log.lines).noneMatch(e -> e.getLevel().isGreaterOrEqual(Level.WARN));

        String name = rolledBack();

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(log.events())
                        .contains(
                                "command received",
                                "rollback requested",
                                "AwaitingApproval",
                                "approve clicked",
                                "approval denied",
                                "decided: Approved",
                                "Running",
                                "target patched",
                                "Succeeded"));
        for (String event : List.of("rollback requested", "approval denied", "decided: Approved", "target patched")) {
            assertThat(log.fields(event))
                    .containsEntry("rollback", name)
                    .containsEntry("target", scene.namespace + "/deployment/checkout")
                    .containsKey("user");
        }
        assertThat(log.fields("command received"))
                .containsEntry("text", "checkout")
                .containsKeys("user", "channel");
        assertThat(log.lines).noneMatch(e -> e.getThrowableProxy() != null);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void tokens_areNeverLogged(Mode mode) throws Exception {
        root.setLevel(Level.DEBUG);
        scene = Scene.start(mode);
        scene.deployed("checkout", 1, GOOD, BAD);
        scene.people.rateLimit("chat.update", 1, 1);
        scene.people.fail("chat.postMessage", "http_500", 1);

        rolledBack();

        assertThat(log.all())
                .doesNotContain(scene.slack.botToken())
                .doesNotContain(scene.slack.appToken())
                .doesNotContain(scene.slack.signingSecret())
                .doesNotContain("xoxb-", "xapp-", "response_url", "trigger_id")
                .doesNotContainPattern("\\d+\\.\\d{13}\\.[0-9a-f]+"); // a trigger
    }

    /** Asked for, denied to who asked, approved by another, done; its name. */
    private String rolledBack() {
        scene.people.command("responder", INCIDENTS, "/rollback checkout");
        String card = ts(scene.awaitCard("AwaitingApproval"));
        scene.people.action("responder", INCIDENTS, card, "approve");
        await().atMost(Duration.ofSeconds(20)).until(() -> log.events().contains("approval denied"));
        scene.people.action("lead", INCIDENTS, card, "approve");
        String name = scene.awaitPhase(Phase.SUCCEEDED).getMetadata().getName();
        scene.awaitCard("Succeeded");
        return name;
    }

    /** What the bot and its libraries logged; the sandbox has a log of its own. */
    private static final class Captured extends AppenderBase<ILoggingEvent> {
        private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            if (!event.getLoggerName().startsWith("dev.stepback.sandbox")) {
                lines.add(event);
            }
        }

        private List<String> events() {
            return lines.stream().map(ILoggingEvent::getFormattedMessage).toList();
        }

        private Map<String, String> fields(String event) {
            return lines.stream()
                    .filter(e -> e.getFormattedMessage().equals(event) && e.getKeyValuePairs() != null)
                    .findFirst()
                    .orElseThrow()
                    .getKeyValuePairs()
                    .stream()
                    .collect(Collectors.toMap(p -> p.key, p -> String.valueOf(p.value)));
        }

        private String all() {
            return lines.stream()
                    .map(e -> e.getLoggerName() + " " + e.getFormattedMessage() + " " + e.getKeyValuePairs() + " "
                            + e.getMDCPropertyMap() + " "
                            + (e.getThrowableProxy() == null
                                    ? ""
                                    : e.getThrowableProxy().getMessage()))
                    .collect(Collectors.joining("\n"));
        }
    }
}
