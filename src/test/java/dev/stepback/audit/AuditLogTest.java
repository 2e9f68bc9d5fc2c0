package dev.stepback.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditLogTest {
    private static final Instant NOW = Instant.parse("2026-11-21T03:00:00.123Z");
    private static final By ANA = new By("U1", "ana", "T1", "C1");
    private static final On CHECKOUT =
            new On(new TargetRef("production", Kind.DEPLOYMENT, "checkout"), "checkout-1", "Undo");

    private final CapturedRecord record = new CapturedRecord();
    private final Audit audit = new AuditLog(
            "prod-eu",
            "stepback-0",
            new Redactor(List.of(Pattern.compile("password"))),
            Clock.fixed(NOW, ZoneOffset.UTC));

    @AfterEach
    void close() {
        record.close();
    }

    @Test
    void approval_hasAllThatADecisionHas() {
        audit.record(new AuditEvent.Approval(ANA, CHECKOUT, "abc123", "looks right"));

        assertThat(record.text())
                .containsExactly("{\"logger\":\"audit\",\"time\":\"2026-11-21T03:00:00.123Z\",\"event\":\"approval\","
                        + "\"actor\":{\"id\":\"U1\",\"name\":\"ana\",\"team\":\"T1\"},\"channel\":\"C1\","
                        + "\"target\":{\"cluster\":\"prod-eu\",\"namespace\":\"production\",\"kind\":\"Deployment\","
                        + "\"name\":\"checkout\"},\"rollback\":\"checkout-1\",\"operation\":\"Undo\",\"planHash\":\"abc123\",\"verdict\":\"Approved\",\"reason\":\"looks"
                        + " right\"}");
    }

    @Test
    void everyEvent_isNamedAndLeavesOutWhatDoesNotApply() {
        By bare = new By("U2", "bo", null, null);
        audit.record(new AuditEvent.Request(
                bare, CHECKOUT, OptionalLong.of(3), Optional.of(Instant.parse("2026-11-21T13:05:00Z")), ""));
        audit.record(new AuditEvent.Denial(bare, AuditEvent.Wish.BREAK_GLASS, Optional.empty(), "You may not."));
        audit.record(new AuditEvent.Rejection(bare, CHECKOUT, "h", ""));
        audit.record(new AuditEvent.BreakGlass(bare, CHECKOUT, "h", "on fire"));
        audit.record(new AuditEvent.Choice(bare, CHECKOUT, "h", "UpdateLastApplied"));
        audit.record(new AuditEvent.Cancellation(bare, CHECKOUT));
        audit.record(new AuditEvent.Stop(bare, CHECKOUT, "Pause"));
        audit.record(new AuditEvent.Expiry(bare, CHECKOUT, "h", "nobody approved in time"));
        audit.record(new AuditEvent.Mutation(bare, CHECKOUT, "h", "", "approved by ana"));
        audit.record(new AuditEvent.Outcome(bare, CHECKOUT, "", "Failed", "no such target"));
        audit.record(new AuditEvent.Lock(bare, Optional.of("production"), "Black Friday"));
        audit.record(new AuditEvent.Unlock(bare, Optional.empty()));
        audit.record(new AuditEvent.PolicyChange("changed: access"));
        audit.record(new AuditEvent.PolicyRefusal("line 3"));

        assertThat(record.events())
                .containsExactly(
                        "request",
                        "denial",
                        "rejection",
                        "breakGlass",
                        "choice",
                        "cancellation",
                        "stop",
                        "expiry",
                        "mutation",
                        "outcome",
                        "lock",
                        "unlock",
                        "policyChange",
                        "policyRefusal");
        assertThat(record.only("request").path("toRevision").asLong()).isEqualTo(3);
        assertThat(record.only("request").path("toTime").asText()).isEqualTo("2026-11-21T13:05:00Z");
        assertThat(record.only("request").has("channel")).isFalse();
        assertThat(record.only("request").path("actor").has("team")).isFalse();
        assertThat(record.only("denial").path("action").asText()).isEqualTo("breakGlass");
        assertThat(record.only("denial").has("target")).isFalse();
        assertThat(record.only("breakGlass").path("verdict").asText()).isEqualTo("BrokeGlass");
        assertThat(record.only("outcome").has("planHash")).isFalse();
        assertThat(record.only("lock").path("target").path("namespace").asText())
                .isEqualTo("production");
        assertThat(record.only("unlock").path("target").has("namespace")).isFalse();
        assertThat(record.only("policyRefusal").path("replica").asText()).isEqualTo("stepback-0");
    }

    @ParameterizedTest
    @CsvSource({"production, production", ", ''"})
    void denialOfALock_saysWhatWasToBeLocked(@Nullable String namespace, String recorded) {
        audit.record(new AuditEvent.Denial(
                ANA, AuditEvent.Wish.LOCK, Optional.empty(), Optional.ofNullable(namespace), "You may not."));

        JsonNode target = record.only("denial").path("target");
        assertThat(target.path("cluster").asText()).isEqualTo("prod-eu");
        assertThat(target.path("namespace").asText()).isEqualTo(recorded);
        assertThat(target.has("name")).isFalse();
    }

    @Test
    void textFromOutside_isOneBoundedLineWithoutSecrets() {
        String hostile = "x\n{\"event\":\"approval\"}\r\u0085\u2028\u202e{} password=hunter2 " + "long ".repeat(1000);
        audit.record(new AuditEvent.Request(
                new By("U1", hostile, "T\n1", "C\n1"), CHECKOUT, OptionalLong.empty(), Optional.empty(), hostile));

        assertThat(record.text())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .doesNotContain("hunter2", "\n", "\r", "\u0085", "\u2028", "\u202e")
                        .hasSizeLessThan(2000));
        JsonNode line = record.only("request");
        assertThat(line.path("actor").path("name").asText()).startsWith("x {\"event\"");
        assertThat(line.path("reason").asText()).contains("password=" + Redactor.MASK);
    }

    @Test
    void eventThatCannotBeDescribed_stopsNothing() {
        Audit broken = new AuditLog(
                "prod-eu",
                "",
                new Redactor(() -> {
                    throw new IllegalStateException("no patterns");
                }),
                Clock.fixed(NOW, ZoneOffset.UTC));

        broken.record(new AuditEvent.Approval(ANA, CHECKOUT, "h", "password=x"));

        assertThat(record.text()).isEmpty();
    }

    @Test
    void fileThatCannotBeWritten_isSaidAtTheStart(@TempDir Path directory) throws IOException {
        AuditLog.checkFile(Map.of());
        AuditLog.checkFile(Map.of(AuditLog.FILE, directory.resolve("audit.log").toString()));

        assertThatThrownBy(() -> AuditLog.checkFile(Map.of(AuditLog.FILE, directory.toString())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("AUDIT_LOG");
    }

    @Test
    void everyEventAndWish_isInTheReadme() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        for (Class<?> event : AuditEvent.class.getPermittedSubclasses()) {
            String name = event.getSimpleName();
            assertThat(readme).contains("`" + name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1) + "`");
        }
        for (AuditEvent.Wish wish : AuditEvent.Wish.values()) {
            assertThat(readme).contains("`" + wish.word() + "`");
        }
    }
}
