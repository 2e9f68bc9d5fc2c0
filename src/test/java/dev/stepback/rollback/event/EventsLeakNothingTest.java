package dev.stepback.rollback.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.audit.AuditEvent;
import dev.stepback.audit.AuditEvent.Wish;
import dev.stepback.audit.By;
import dev.stepback.config.StepbackConfig;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Phase;
import dev.stepback.slack.Filled;
import dev.stepback.slack.NothingLeaksTest;
import dev.stepback.slack.SecretTexts;
import dev.stepback.slack.SecretTexts.SecretText;
import dev.stepback.target.Attribution;
import dev.stepback.target.workload.ChangeCause;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Kubernetes Events and change causes stay in the cluster, where others read them than those who may read Secrets. */
class EventsLeakNothingTest {
    private final Redactor redactor =
            new Redactor(StepbackConfig.defaults().redaction().secretNames());

    @Provide
    Arbitrary<SecretText> texts() {
        return SecretTexts.any();
    }

    @Property(tries = 30)
    void everyEventOfARollback(@ForAll("texts") SecretText text) {
        for (Phase phase : Phase.values()) {
            List<Happening> all = Happening.of(new Filled(text.text()).rollback(phase));
            assertThat(all).hasSizeGreaterThan(1);
            all.forEach(h -> NothingLeaksTest.assertSafe(text, h.message(redactor::text)));
        }
    }

    @Property(tries = 60)
    void everyEventOfADenial(@ForAll("texts") SecretText text) {
        By by = new By("U1", text.text(), null, "C1");
        AuditEvent.Denial denial = new AuditEvent.Denial(by, Wish.APPROVE, Optional.empty(), text.text());
        String message = AuditEvents.happening(denial, Instant.EPOCH).message(redactor::text);
        NothingLeaksTest.assertSafe(text, message);
    }

    @Property(tries = 60)
    void everyChangeCause(@ForAll("texts") SecretText text) {
        for (boolean alone : List.of(true, false)) {
            Attribution attribution =
                    new Attribution("checkout-1", text.text(), List.of("lead", text.text()), text.text(), alone);
            NothingLeaksTest.assertSafe(text, ChangeCause.of("3", attribution, redactor::text));
            NothingLeaksTest.assertSafe(text, ChangeCause.restarted(attribution, redactor::text));
        }
    }
}
