package dev.stepback.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChecksConfigTest {
    private static final String TEMPLATE = """
            jobTemplate:
              metadata: {annotations: {owner: dba}}
              spec:
                template:
                  spec:
                    containers:
                      - {name: mysqld, image: $(STEPBACK_TO_IMAGE), env: [{name: N, value: "1"}], ports: [{containerPort: 3306}]}
        """;

    @Test
    void check_isReadWithItsTemplateAsJson() {
        DataCheckRule rule = valid("""
            checks:
              - name: mysql-data
                namespaces: [production]
                names: ["mysql*"]
                timeout: 10m
                environment: true
            """ + TEMPLATE.indent(0)).get(0);

        assertThat(rule.name()).isEqualTo("mysql-data");
        assertThat(rule.timeout()).isEqualTo(Duration.ofMinutes(10));
        assertThat(rule.keep()).isEqualTo(Duration.ofDays(1));
        assertThat(rule.environment()).isTrue();
        assertThat(rule.jobTemplate())
                .isEqualTo("{\"metadata\":{\"annotations\":{\"owner\":\"dba\"}},\"spec\":{\"template\":{\"spec\":"
                        + "{\"containers\":[{\"name\":\"mysqld\",\"image\":\"$(STEPBACK_TO_IMAGE)\","
                        + "\"env\":[{\"name\":\"N\",\"value\":\"1\"}],\"ports\":[{\"containerPort\":3306}]}]}}}}");
    }

    @Test
    void whatIsWrongWithATemplate_isReportedWithItsLine() {
        assertThat(problems("""
            checks:
              - name: Mysql
                jobTemplate:
                  kind: Job
                  spec:
                    backoffLimit: 3
                    template:
                      metadata: {labels: {tier: 1}}
                      spec:
                        restartPolicy: OnFailure
                        containers:
                          - name: check
                            env: [{name: PORT, value: 3306}]
            """))
                .containsExactly(
                        "f.yaml:2: checks[0].name: \"Mysql\" is not a name of lower-case letters, digits and dashes, 40"
                                + " at most; write mysql-data",
                        "f.yaml:4: checks[0].jobTemplate.kind: is not a known key; known here: metadata, spec",
                        "f.yaml:6: checks[0].jobTemplate.spec.backoffLimit: is what Stepback decides; leave it out",
                        "f.yaml:8: checks[0].jobTemplate.spec.template.metadata.labels.tier: must be text; put it in"
                                + " quotes",
                        "f.yaml:10: checks[0].jobTemplate.spec.template.spec.restartPolicy: is always Never; leave it"
                                + " out",
                        "f.yaml:12: checks[0].jobTemplate.spec.template.spec.containers[0]: must have an image, as"
                                + " text",
                        "f.yaml:13: checks[0].jobTemplate.spec.template.spec.containers[0].env[0].value: must be text;"
                                + " put it in quotes");
    }

    @Test
    void checkWithoutTemplate_orWithoutContainers_isReported() {
        assertThat(problems("checks:\n  - name: a\n"))
                .containsExactly(
                        "f.yaml:2: checks[0].jobTemplate: must be there: metadata and spec of a Job, as in a CronJob");
        assertThat(problems("checks:\n  - name: a\n    jobTemplate: {spec: {template: {spec: {}}}}\n"))
                .containsExactly("f.yaml:3: checks[0].jobTemplate.spec.template: has no containers; write them under"
                        + " spec.template.spec.containers");
        assertThat(problems("checks:\n")).hasSize(1);
    }

    @Test
    void sameNameTwice_isReported() {
        String twice = "checks:\n" + ("  - name: a\n" + TEMPLATE.indent(0)).repeat(2);
        assertThat(problems(twice)).containsExactly("f.yaml:10: checks[1].name: is the name of another check above");
    }

    /** An anchor may stand for something that it is a part of. */
    @Test
    void templateWithoutEnd_isReported() {
        assertThat(problems("checks:\n  - name: a\n    jobTemplate: &t {spec: {template: *t}}\n"))
                .anyMatch(p -> p.contains("is nested too deep"));
    }

    private static List<DataCheckRule> valid(String yaml) {
        Checked<StepbackConfig> checked = ConfigLoader.load(yaml, "f.yaml", Map.of());
        return checked.valid()
                .orElseThrow(() -> new AssertionError(checked.toString()))
                .checks();
    }

    private static List<String> problems(String yaml) {
        return ConfigLoader.load(yaml, "f.yaml", Map.of()).problems().stream()
                .map(Problem::toString)
                .toList();
    }
}
