package dev.stepback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.config.ConfigLoader;
import dev.stepback.config.StepbackConfig;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.job.DataCheck;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ConfiguredChecksTest {
    private static final Map<String, String> LABELS = Map.of("engine", "mysql");

    private final AtomicReference<StepbackConfig> config = new AtomicReference<>(config("""
        checks:
          - name: everywhere-in-production
            clusters: [prod]
            namespaces: ["prod*"]
            jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: i}]}}}}
          - name: mysql
            kinds: [statefulset]
            names: ["db*"]
            labels: engine=mysql
            jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: i}]}}}}
        """));
    private final ConfiguredChecks checks = new ConfiguredChecks(config::get, "prod");

    @Test
    void targets_haveTheChecksWhoseScopeTheyAreIn_inTheirOrder() {
        assertThat(of("production", Kind.STATEFULSET, "db", LABELS))
                .containsExactly("everywhere-in-production", "mysql");
        assertThat(of("production", Kind.STATEFULSET, "db", Map.of())).containsExactly("everywhere-in-production");
        assertThat(of("staging", Kind.STATEFULSET, "db-1", LABELS)).containsExactly("mysql");
        assertThat(of("staging", Kind.DEPLOYMENT, "db", LABELS)).isEmpty();
        assertThat(of("staging", Kind.STATEFULSET, "web", LABELS)).isEmpty();
    }

    @Test
    void configurationThatWasReadAgain_counts() {
        config.set(StepbackConfig.defaults());

        assertThat(of("production", Kind.STATEFULSET, "db", LABELS)).isEmpty();
    }

    private List<String> of(String namespace, Kind kind, String name, Map<String, String> labels) {
        return checks.of(new TargetRef(namespace, kind, name), labels).stream()
                .map(DataCheck::name)
                .toList();
    }

    private static StepbackConfig config(String yaml) {
        return ConfigLoader.load(yaml, "f.yaml", Map.of()).valid().orElseThrow();
    }
}
