package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.rollback.Phase;
import dev.stepback.stage.BotProcess;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real process is told to stop: it ends by itself in ten seconds, and the next one goes on at once. */
class SigtermIT {
    private static final String GOOD = "shop.example/checkout:1.0";
    private static final String BAD = "shop.example/checkout:1.1-crash";

    /** Of the JVM that ended because of SIGTERM: 128 and the signal's number. */
    private static final int TERMINATED = 143;

    /** The promise. */
    private static final long SECONDS = 10;

    private Scene scene;

    @BeforeEach
    void shop() throws Exception {
        scene = Scene.withoutBot(Mode.SOCKET);
        scene.deployed("checkout", 3, GOOD, BAD);
    }

    @AfterEach
    void close() throws Exception {
        scene.clearFaults();
        scene.close();
    }

    @Test
    void idleLeader_leavesTheLeaseBlank() throws Exception {
        try (BotProcess bot = leader()) {
            stops(bot);
        }

        assertThat(lease().getHolderIdentity()).isEmpty();
        assertThat(scene.people.connections()).isZero();
    }

    @Test
    void leaderInTheMiddleOfARollout_handsOverToTheOther() throws Exception {
        try (BotProcess leader = leader();
                BotProcess other = scene.botProcess()) {
            other.awaitReady();
            String holder = lease().getHolderIdentity();
            approve();
            await().atMost(Duration.ofSeconds(20)).until(() -> scene.patchesOf("checkout") > 0);

            stops(leader);

            // Sooner than an abandoned Lease would end.
            await().atMost(Duration.ofSeconds(SECONDS)).until(() -> holds(holder));
            succeeded();
            stops(other);
        }
    }

    @Test
    void slackThatIsRateLimited_doesNotHoldItUp() throws Exception {
        try (BotProcess bot = leader()) {
            String card = asked();
            scene.people.rateLimit("*", 1000, 30);
            scene.people.action("lead", INCIDENTS, card, "approve");
            scene.people.command("responder", INCIDENTS, "/rollback checkout status");
            await().atMost(Duration.ofSeconds(20)).until(() -> scene.patchesOf("checkout") > 0);

            stops(bot);
        }
        assertThat(lease().getHolderIdentity()).isEmpty();
        scene.clearFaults();
        theNextOneEndsIt();
    }

    @Test
    void slackThatHangs_doesNotHoldItUp() throws Exception {
        try (BotProcess bot = leader()) {
            String card = asked();
            scene.people.latency(Duration.ofMinutes(5));
            scene.people.action("lead", INCIDENTS, card, "approve");
            await().atMost(Duration.ofSeconds(20)).until(() -> scene.patchesOf("checkout") > 0);

            stops(bot);
        }
        assertThat(lease().getHolderIdentity()).isEmpty();
        scene.clearFaults();
        theNextOneEndsIt();
    }

    @Test
    void apiServerThatDoesNotAnswer_doesNotHoldItUp() throws Exception {
        try (BotProcess bot = leader()) {
            String card = asked();
            scene.cluster.faults().latency(Duration.ofMinutes(5));
            scene.people.action("lead", INCIDENTS, card, "approve");

            stops(bot);
        }
        assertThat(scene.patchesOf("checkout")).isZero();
    }

    @Test
    void apiServerThatNeverAnswered_doesNotHoldItUp() throws Exception {
        scene.cluster.faults().latency(Duration.ofMinutes(5));
        try (BotProcess bot = scene.botProcess()) {
            bot.awaitLogged("Stepback is up");

            stops(bot);
        }
    }

    private BotProcess leader() throws Exception {
        BotProcess bot = scene.botProcess();
        bot.awaitReady();
        bot.awaitLogged("reconciling rollbacks");
        return bot;
    }

    /** A card that waits for an approval of somebody whom Slack has just vouched for; its ts. */
    private String asked() {
        scene.people.command("lead", INCIDENTS, "/rollback checkout history");
        scene.awaitMessage(INCIDENTS, "lead", "History of");
        scene.people.command("responder", INCIDENTS, "/rollback checkout");
        return ts(scene.awaitCard("AwaitingApproval"));
    }

    private void approve() {
        scene.people.action("lead", INCIDENTS, asked(), "approve");
    }

    private static void stops(BotProcess bot) throws Exception {
        bot.tellToStop();

        assertThat(bot.process().waitFor(SECONDS, TimeUnit.SECONDS))
                .as("ended by itself:\n%s", bot.log())
                .isTrue();
        assertThat(bot.process().exitValue()).isEqualTo(TERMINATED);
        assertThat(bot.log()).contains("told to stop", "stopped").doesNotContain("not stopped within");
    }

    private void theNextOneEndsIt() throws Exception {
        scene.startBot();
        succeeded();
    }

    private void succeeded() {
        scene.awaitPhase(Phase.SUCCEEDED);
        scene.awaitCard("Succeeded");
        assertThat(scene.patchesOf("checkout")).isEqualTo(1);
        assertThat(scene.cards()).hasSize(1);
    }

    private boolean holds(String before) {
        String now = lease().getHolderIdentity();
        return now != null && !now.isEmpty() && !now.equals(before);
    }

    private LeaseSpec lease() {
        return scene.client
                .leases()
                .inNamespace(scene.leaseNamespace)
                .withName("stepback")
                .require()
                .getSpec();
    }
}
