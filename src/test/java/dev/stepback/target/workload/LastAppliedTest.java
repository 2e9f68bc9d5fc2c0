package dev.stepback.target.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the next {@code kubectl apply} makes of a workload after an undo that rolled back what apply remembers, too. */
class LastAppliedTest {
    private static final String GOOD = "name: web, image: 'web:2'";
    private static final String BAD = "name: web, image: 'web:3'";

    /** Name, manifest that is restored, manifest that is left; pod specs in YAML. */
    static Stream<Arguments> releases() {
        return Stream.of(
                pair("image", container(GOOD), container(BAD)),
                pair("variable that was dropped", container(GOOD + ", env: [{name: A, value: a}]"), container(BAD)),
                pair(
                        "one variable of two that was dropped",
                        container(GOOD + ", env: [{name: A, value: a}, {name: B, value: b}]"),
                        container(BAD + ", env: [{name: B, value: b}]")),
                pair("variable that was added", container(GOOD), container(BAD + ", env: [{name: A, value: a}]")),
                pair(
                        "variable from elsewhere",
                        container(GOOD + ", env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]"),
                        container(BAD + ", env: [{name: A, value: a}]")),
                pair(
                        "sidecar that was dropped",
                        "{containers: [{" + GOOD + "}, {name: log, image: 'log:1'}]}",
                        container(BAD)),
                pair(
                        "sidecar that was added",
                        container(GOOD),
                        "{containers: [{" + BAD + "}, {name: log, image: 'log:1'}]}"),
                pair("probe that was dropped", container(GOOD + ", readinessProbe: {path: /ready}"), container(BAD)),
                pair(
                        "part of a probe that was dropped",
                        container(GOOD + ", livenessProbe: {path: /live, period: 5}"),
                        container(BAD + ", livenessProbe: {path: /live}")),
                pair("arguments", container(GOOD + ", args: [a, b]"), container(BAD + ", args: [a]")),
                pair("ports", container(GOOD + ", ports: [{containerPort: 80}]"), container(BAD)),
                pair(
                        "volume",
                        "{containers: [{" + GOOD + ", volumeMounts: [{name: v, mountPath: /v}]}],"
                                + " volumes: [{name: v, configMap: {name: c}}]}",
                        container(BAD)),
                pair(
                        "node selector",
                        "{nodeSelector: {disk: ssd}, containers: [{" + GOOD + "}]}",
                        "{nodeSelector: {zone: a}, containers: [{" + BAD + "}]}"));
    }

    private static Arguments pair(String name, String good, String bad) {
        return Arguments.of(name, good, bad);
    }

    private static String container(String fields) {
        return "{containers: [{" + fields + "}]}";
    }

    private static JsonNode template(String spec) {
        return Yaml.parse("{metadata: {labels: {app: web}}, spec: " + spec + "}");
    }

    private static String remembered(JsonNode template) {
        ObjectNode manifest = Json.object().put("apiVersion", "apps/v1").put("kind", "Deployment");
        manifest.putObject("spec").put("replicas", 3).set("template", template);
        return Json.canonical(manifest) + "\n";
    }

    /** What others put into every template: a field of the container, and an annotation. */
    private static JsonNode withOthers(JsonNode template) {
        ObjectNode copy = ThreeWayMerge.completed(template).deepCopy();
        ObjectNode container = (ObjectNode) copy.at("/spec/containers/0");
        container.put("terminationMessagePath", "/by/hand");
        copy.withObject("/metadata/annotations").put("sidecar", "injected");
        return copy;
    }

    private static JsonNode sorted(JsonNode template) {
        return ThreeWayMerge.completed(template);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("releases")
    void everyNextApply_mergesRight(String name, String good, String bad) {
        JsonNode restored = withOthers(template(good));
        JsonNode left = withOthers(template(bad));

        String text = LastApplied.restored(remembered(template(bad)), new PodTemplate(left), new PodTemplate(restored));
        JsonNode applied = PodTemplate.of(Json.parse(text)).json();

        assertThat(sorted(ThreeWayMerge.apply(applied, template(good), restored)))
                .as("the manifest that is restored changes nothing")
                .isEqualTo(restored);
        assertSame(ThreeWayMerge.apply(applied, template(bad), restored), left);
        JsonNode next = template(container("name: web, image: 'web:4'"));
        assertSame(ThreeWayMerge.apply(applied, next, restored), withOthers(next));
    }

    /** Variables in whatever order. */
    private static void assertSame(JsonNode merged, JsonNode wanted) {
        assertThat(new TemplateDiff(new Redactor(List.of()))
                        .between(new PodTemplate(sorted(merged)), new PodTemplate(wanted)))
                .isEmpty();
    }

    @Test
    void withoutIt_whatOnlyTheRestoredTemplateHas_staysForEver() {
        JsonNode restored = ThreeWayMerge.completed(template(container(GOOD + ", env: [{name: A, value: a}]")));
        JsonNode next = template(container("name: web, image: 'web:4'"));

        JsonNode stale = ThreeWayMerge.apply(template(container(BAD)), next, restored);

        assertThat(stale.at("/spec/containers/0/env/0/name").asText()).isEqualTo("A");
    }

    @Test
    void variableOfOthers_staysTheirs() {
        String tuned = "{name: TUNED, value: by hand}";
        JsonNode good = template(container(GOOD));
        JsonNode bad = template(container(BAD + ", env: [{name: A, value: a}]"));
        JsonNode restored = template(container(GOOD + ", env: [" + tuned + "]"));
        JsonNode left = template(container(BAD + ", env: [{name: A, value: a}, " + tuned + "]"));

        String text = LastApplied.restored(remembered(bad), new PodTemplate(left), new PodTemplate(restored));

        JsonNode applied = PodTemplate.of(Json.parse(text)).json();
        assertThat(applied).isEqualTo(good);
        assertThat(ThreeWayMerge.apply(applied, good, restored)).isEqualTo(restored);
    }

    @Test
    void restOfTheManifest_andFormOfTheText_stay() {
        JsonNode bad = template(container(BAD));
        String text =
                LastApplied.restored(remembered(bad), new PodTemplate(bad), new PodTemplate(template(container(GOOD))));

        assertThat(Json.parse(text).at("/spec/replicas").asInt()).isEqualTo(3);
        assertThat(text).isEqualTo(remembered(template(container(GOOD))));
    }

    @Test
    void restart_isNeverApplied() {
        PodTemplate good = new PodTemplate(template(container(GOOD))).restartedAt("2026-11-21T03:00:00Z");
        JsonNode bad = template(container(BAD));

        assertThat(LastApplied.restored(remembered(bad), new PodTemplate(bad), good))
                .doesNotContain("restartedAt");
    }

    @Test
    void whatIsNoManifest_isNotKnown() {
        for (String text : List.of("", "{}", "[]", "nonsense", "{\"spec\":{\"template\":3}}")) {
            ObjectNode object = Json.object();
            object.withObject("/metadata/annotations").put(LastApplied.ANNOTATION, text);
            assertThat(LastApplied.known(object)).as(text).isFalse();
        }
        PodTemplate any = new PodTemplate(Json.object());
        assertThatThrownBy(() -> LastApplied.restored("{}", any, any)).isInstanceOf(IllegalArgumentException.class);
    }
}
