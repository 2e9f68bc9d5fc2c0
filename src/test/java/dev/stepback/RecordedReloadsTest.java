package dev.stepback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.audit.AuditEvent;
import dev.stepback.config.Reload;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordedReloadsTest {
    @Test
    void policyThatChanges_isRecordedAsAChange() {
        assertThat(Stepback.event(new Reload(true, List.of("access"), "changed: access")))
                .isEqualTo(new AuditEvent.PolicyChange("changed: access"));
    }

    @Test
    void policyThatIsBad_isRecordedAsRefused() {
        assertThat(Stepback.event(new Reload(false, List.of(), "mistakes: line 1")))
                .isEqualTo(new AuditEvent.PolicyRefusal("mistakes: line 1"));
    }
}
