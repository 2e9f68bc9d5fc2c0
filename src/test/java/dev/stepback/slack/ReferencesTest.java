package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReferencesTest {
    private static final String REF = "production/checkout-1#0123456789ab";
    private final References references = new References("xoxb-1");

    @Test
    void reference_comesBackForWhatItWasMadeFor() {
        String signed = references.signed("approve", REF);
        assertThat(signed).startsWith(REF);
        assertThat(new References("xoxb-1").opened("approve", signed)).contains(REF);
        assertThat(references.opened("run", references.signed("run", "a~b because ~")))
                .contains("a~b because ~");
    }

    @Test
    void whatSomebodyMadeUpOrChanged_doesNot() {
        String signed = references.signed("approve", REF);
        for (String forged : List.of(
                "",
                "~",
                REF,
                REF + "~",
                REF.replace("checkout-1", "checkout-2") + signed.substring(REF.length()),
                signed.substring(0, signed.length() - 1),
                signed + "0",
                signed.toUpperCase(java.util.Locale.ROOT),
                references.signed("approve", "production/other#0123456789ab").replace("other", "checkout"),
                new References("xoxb-2").signed("approve", REF))) {
            assertThat(references.opened("approve", forged)).as(forged).isEmpty();
        }
        assertThat(references.opened("reject", signed)).isEmpty();
        assertThat(references.opened("", signed)).isEmpty();
    }

    @Test
    void buttonsOfOneKind_haveOnePurpose() {
        assertThat(References.purpose("run:17")).isEqualTo(References.purpose("run"));
        assertThat(References.purpose("roll_back_to:0")).isEqualTo("roll_back_to");
    }
}
