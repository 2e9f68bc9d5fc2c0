package dev.stepback.target.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.LiveWorkload;
import dev.stepback.target.workload.PodTemplate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JobManifestTest {
    private static final String BEFORE = """
        {"spec": {"containers": [{"name": "mysql", "image": "mysql:8.4"}, {"name": "log-shipper", "image": "ship:2"}]}}
        """;
    private static final String AFTER = """
        {"spec": {"containers": [
          {"name": "mysql", "image": "mysql:8.0",
           "env": [{"name": "MODE", "value": "strict"},
                   {"name": "LITERAL", "value": "$(STEPBACK_NAME)"},
                   {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}],
           "envFrom": [{"configMapRef": {"name": "db-settings"}}]},
          {"name": "log-shipper", "image": "ship:1"}]}}
        """;

    @Test
    void job_runsOnce_asLongAsItMay() {
        ObjectNode job = job("{\"name\": \"check\", \"image\": \"shop/check:1\"}", false);

        assertThat(job.path("spec").path("backoffLimit").asInt()).isZero();
        assertThat(job.path("spec").path("activeDeadlineSeconds").asInt()).isEqualTo(60);
        assertThat(job.path("spec").path("ttlSecondsAfterFinished").asInt()).isEqualTo(3600);
        assertThat(job.at("/spec/template/spec/restartPolicy").asText()).isEqualTo("Never");
        assertThat(job.at("/metadata/labels").path("stepback.dev/check").asText())
                .isEqualTo("mysql-data");
    }

    @Test
    void variables_areGivenToEveryContainer() {
        JsonNode env = job("{\"name\": \"check\", \"image\": \"shop/check:1\"}", false)
                .at("/spec/template/spec/containers/0/env");

        assertThat(Json.elements(env)
                        .map(v ->
                                v.path("name").asText() + "=" + v.path("value").asText()))
                .containsExactly(
                        "STEPBACK_NAMESPACE=production",
                        "STEPBACK_KIND=statefulset",
                        "STEPBACK_NAME=db",
                        "STEPBACK_FROM_REVISION=4",
                        "STEPBACK_TO_REVISION=3",
                        "STEPBACK_FROM_IMAGE=mysql:8.4",
                        "STEPBACK_FROM_IMAGE_MYSQL=mysql:8.4",
                        "STEPBACK_FROM_IMAGE_LOG_SHIPPER=ship:2",
                        "STEPBACK_TO_IMAGE=mysql:8.0",
                        "STEPBACK_TO_IMAGE_MYSQL=mysql:8.0",
                        "STEPBACK_TO_IMAGE_LOG_SHIPPER=ship:1");
    }

    @Test
    void placeholders_areReplacedWhereKubernetesDoesNot() {
        JsonNode container = job(
                        "{\"name\": \"check\", \"image\": \"$(STEPBACK_TO_IMAGE)\", \"args\": [\"$(STEPBACK_NAME)\"]}",
                        false)
                .at("/spec/template/spec/containers/0");

        assertThat(container.path("image").asText()).isEqualTo("mysql:8.0");
        assertThat(container.path("args").get(0).asText()).isEqualTo("$(STEPBACK_NAME)");
    }

    @Test
    void placeholderThatStandsForNothing_isNamed() {
        ObjectNode job = job("{\"name\": \"check\", \"image\": \"$(STEPBACK_TO_IMAGE_PROXY)\"}", false);

        assertThat(JobManifest.unresolved(job)).contains("$(STEPBACK_TO_IMAGE_PROXY)");
        assertThat(JobManifest.unresolved(job("{\"name\": \"check\", \"image\": \"shop/check:1\"}", false)))
                .isEmpty();
    }

    @Test
    void environment_isTheRestoredRevisions_withReferencesLeftAsTheyAre() {
        JsonNode container = job("""
            {"name": "check", "image": "shop/check:1",
             "env": [{"name": "MODE", "value": "lenient"}], "envFrom": [{"secretRef": {"name": "own"}}]}
            """, true).at("/spec/template/spec/containers/0");

        JsonNode env = container.path("env");
        assertThat(env.findValuesAsText("name")).containsOnlyOnce("MODE").contains("PASSWORD");
        assertThat(value(env, "MODE").path("value").asText()).isEqualTo("lenient");
        assertThat(value(env, "LITERAL").path("value").asText()).isEqualTo("$(STEPBACK_NAME)");
        assertThat(value(env, "PASSWORD")
                        .path("valueFrom")
                        .path("secretKeyRef")
                        .path("name")
                        .asText())
                .isEqualTo("db");
        assertThat(container.path("envFrom").toString())
                .isEqualTo("[{\"configMapRef\":{\"name\":\"db-settings\"}},{\"secretRef\":{\"name\":\"own\"}}]");
    }

    @Test
    void environment_isLeftOutUnlessAskedFor() {
        JsonNode container =
                job("{\"name\": \"check\", \"image\": \"shop/check:1\"}", false).at("/spec/template/spec/containers/0");

        assertThat(container.path("env").findValuesAsText("name")).doesNotContain("MODE", "PASSWORD");
        assertThat(container.has("envFrom")).isFalse();
    }

    @Test
    void template_isNotChanged() {
        DataCheck check = check("{\"name\": \"check\", \"image\": \"$(STEPBACK_TO_IMAGE)\"}", true);
        JsonNode before = check.jobTemplate().deepCopy();

        JobManifest.of(check, undo());

        assertThat(check.jobTemplate()).isEqualTo(before);
    }

    private static JsonNode value(JsonNode env, String name) {
        return Json.elements(env)
                .filter(v -> v.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static ObjectNode job(String container, boolean environment) {
        return JobManifest.of(check(container, environment), undo());
    }

    private static DataCheck check(String container, boolean environment) {
        JsonNode template = Json.parse("{\"spec\": {\"template\": {\"spec\": {\"containers\": [" + container + "]}}}}");
        return new DataCheck("mysql-data", Duration.ofMinutes(1), Duration.ofHours(1), environment, template);
    }

    private static Subject undo() {
        return new Subject(
                new LiveWorkload() {
                    @Override
                    public TargetRef ref() {
                        return new TargetRef("production", Kind.STATEFULSET, "db");
                    }

                    @Override
                    public ObjectNode object() {
                        ObjectNode object = Json.object();
                        object.withObject("/spec").set("template", Json.parse(BEFORE));
                        return object;
                    }

                    @Override
                    public String changeCause() {
                        return "";
                    }
                },
                4,
                3,
                new PodTemplate(Json.parse(AFTER)));
    }
}
