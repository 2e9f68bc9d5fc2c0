package dev.stepback.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.config.ConfigLoader;
import dev.stepback.config.StepbackConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PolicyCheckTest {

    @Test
    void rulesWithoutEffectHere_areTold() {
        assertThat(PolicyCheck.run(config("""
            kubernetes: {namespaces: [shop, cart]}
            access:
              rules:
                - {who: [members], may: [view]}
                - {who: [members], may: [request], clusters: ["prod-*"], namespaces: ["sho?"]}
                - {who: [members], may: [approve], namespaces: [production]}
            approvals:
              rules:
                - {clusters: [staging], required: 0}
                - {clusters: ["*"], namespaces: [cart], required: 2}
            """), "prod-eu"))
                .containsExactly(
                        new Row("policy", "cluster", true, "rules know it as prod-eu (kubernetes.cluster)"),
                        new Row("policy", "access.rules[2]", true, "has no effect here: its namespaces are not served"),
                        new Row(
                                "policy",
                                "approvals.rules[0]",
                                true,
                                "has no effect here: it is about other clusters than prod-eu"));
    }

    @Test
    void defaults_areOnlyTheName() {
        assertThat(PolicyCheck.run(StepbackConfig.defaults(), "in-cluster")).hasSize(1);
    }

    private static StepbackConfig config(String yaml) {
        return ConfigLoader.load(yaml, "f.yaml", Map.of()).valid().orElseThrow();
    }
}
