package dev.stepback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.audit.AuditEvent;
import dev.stepback.config.ConfigFile;
import dev.stepback.config.StepbackConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedReloadsTest {
    @Test
    void policyThatChangesOrIsBad_isRecordedOnce(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("stepback.yaml"), "access: {rules: []}");
        List<AuditEvent> audited = new CopyOnWriteArrayList<>();
        try (ConfigFile configuration =
                ConfigFile.follow(StepbackConfig.defaults(), Map.of("STEPBACK_CONFIG", file.toString()))) {
            Stepback.record(configuration, audited::add);
            await().atMost(Duration.ofSeconds(20)).until(() -> !audited.isEmpty());
            Files.writeString(file, "access: {rules: nonsense}");
            await().atMost(Duration.ofSeconds(20)).until(() -> audited.size() > 1);
        }
        assertThat(audited).hasSize(2);
        assertThat(audited.get(0))
                .isInstanceOfSatisfying(
                        AuditEvent.PolicyChange.class,
                        change -> assertThat(change.why()).contains("access"));
        assertThat(audited.get(1))
                .isInstanceOfSatisfying(
                        AuditEvent.PolicyRefusal.class,
                        refusal -> assertThat(refusal.why()).contains("line 1"));
    }
}
