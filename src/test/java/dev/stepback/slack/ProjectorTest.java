package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.NewRollback;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.group.FakeGroups;
import dev.stepback.sandbox.slack.SandboxSlack;
import dev.stepback.slack.card.Message;
import dev.stepback.slack.card.Samples;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of the card of a running rollback when nobody tells of it any more. */
class ProjectorTest {
    private final SandboxSlack slack = start();
    private final FakeRollbacks rollbacks = new FakeRollbacks();
    private final CardMessages messages;
    private final Projector projector;

    ProjectorTest() {
        Map<String, String> env =
                Map.of("SLACK_API_URL", slack.apiUrl().toString(), "SLACK_BOT_TOKEN", slack.botToken());
        SlackApi api = new SlackApi(env, new Redactor(List.of()), new Metrics());
        messages = new CardMessages(api);
        CardAnnouncements announcements = new CardAnnouncements(
                messages, new Workspace(api), () -> StepbackConfig.defaults().notifications(), Clock.systemUTC());
        projector = new Projector(
                new CardWriter(messages, announcements, Clock.systemUTC(), Duration.ofMillis(50)),
                rollbacks,
                new FakeGroups());
    }

    private static SandboxSlack start() {
        try {
            return SandboxSlack.start(0, Clock.systemUTC());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void runs() {
        slack.control().rateLimits(false);
        rollbacks.create(new NewRollback(
                "delivery",
                Samples.CHECKOUT,
                Operation.UNDO,
                OptionalLong.empty(),
                Optional.empty(),
                PlanOptions.NONE,
                "",
                new Actor(Samples.RESPONDER, "C0INCIDENTS"),
                new RollbackSpec.Origin("C0INCIDENTS", null),
                null));
        rollbacks.status(s -> {
            s.phase = Phase.RUNNING;
            s.approvedAt = Instant.now();
        });
        rollbacks.tell(projector);
        awaitCard("*Running*");
        rollbacks.tellNobody();
    }

    @AfterEach
    void close() throws Exception {
        projector.close();
        slack.close();
    }

    private ObjectNode awaitCard(String text) {
        return await().until(
                        () -> slack.control().messages("incidents", "lead").stream()
                                .filter(m -> m.path("thread_ts")
                                        .asText(m.path("ts").asText())
                                        .equals(m.path("ts").asText()))
                                .filter(m -> m.toString().contains(text))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    @Test
    void deletedRollback_isSaidToBe_andHasNoButtonsAnyMore() {
        rollbacks.deleteNewest();

        assertThat(awaitCard("*deleted*").toString())
                .contains("from revision 5 to revision 4", "nobody follows it any more")
                .doesNotContain("*Running*", "stop_here");
    }

    @Test
    void replicaThatNoLongerReconciles_leavesTheCardToWhoDoes() {
        AtomicBoolean leads = new AtomicBoolean(true);
        projector.onlyWhile(leads::get);
        leads.set(false);
        String ts = awaitCard("*Running*").path("ts").asText();
        // A draw that had begun before may still be under way.
        await().untilAsserted(() -> {
            messages.update("C0INCIDENTS", ts, Message.of("drawn by the other"));
            await().during(Duration.ofMillis(150))
                    .until(() -> !awaitCard("").toString().contains("*Running*"));
        });

        rollbacks.deleteNewest();
        await().during(Duration.ofMillis(150))
                .until(() -> awaitCard("").toString().contains("drawn by the other"));
    }
}
