package dev.stepback.target.workload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who changed what, where times alone do not tell. */
class WriterTest {
    private static final String BEFORE =
            "{metadata: {labels: {app: web, tier: a}}, spec: {containers: [{name: log, image: 'log:1'},"
                    + " {name: web, image: 'web:1', args: [a]}], tolerations: [{key: x}]}}";

    private static String entry(String manager, String time, String fields) {
        return "{manager: %s, operation: Update, time: '2026-11-21T10:00:%sZ', fieldsV1: {'f:spec': %s}}"
                .formatted(manager, time, fields);
    }

    /** Made by {@code kubectl}, which owns what is not said to be another's; it scales the workload last of all. */
    private static JsonNode workload(String template, String time, String image) {
        String made =
                "{'f:replicas': {}, 'f:template': {'f:metadata': {'f:labels': {'.': {}, 'f:app': {}, 'f:tier': {}}},"
                        + " 'f:spec': {'f:containers': {'k:{\"name\":\"log\"}': {'.': {}, 'f:image': {}, 'f:name': {}}},"
                        + " 'f:tolerations': {}}}}";
        String deployed = "{'f:template': {'f:spec': {'f:containers': {'k:{\"name\":\"web\"}': {'.': {}, 'f:name': {},"
                + " 'f:image': {}, 'f:args': {}}}}}}";
        return Yaml.parse("{metadata: {managedFields: [%s, %s]}, spec: {template: %s}}"
                .formatted(entry("kubectl", "30", made), entry(image, time, deployed), template));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "image: 'web:1'    | image: 'web:2'    | 10 | ci-bot",
                "image: 'web:1'    | image: 'web:2'    | 30 | ci-bot",
                "args: [a]         | args: [a, b]      | 10 | ci-bot",
                "tier: a           | tier: b           | 40 | kubectl",
                "image: 'log:1'    | image: 'log:2'    | 40 | kubectl",
                "{key: x}          | {key: y}          | 40 | kubectl",
                "', args: [a]'     | ''                | 40 | ci-bot", // nobody owns what is gone
                "', args: [a]'     | ''                | 20 | kubectl"
            })
    void whoOwnsWhatDiffers_changedIt(String from, String to, String time, String by) {
        String after = BEFORE.replace(from, to == null ? "" : to);
        assertThat(after).isNotEqualTo(BEFORE);

        assertThat(Writer.ofTemplate(workload(after, time, "ci-bot"), new PodTemplate(Yaml.parse(BEFORE))))
                .map(Writer::manager)
                .contains(by);
    }

    @ParameterizedTest
    @CsvSource({"stepback, 30, kubectl", "stepback, 31, stepback", "stepback, 29, kubectl"})
    void inTheSameSecond_itWasSomebodyElse(String manager, String time, String by) {
        assertThat(Writer.ofTemplate(workload(BEFORE, time, manager)))
                .map(Writer::manager)
                .contains(by);
    }

    @Test
    void items_areFoundByKeyOrValue() {
        JsonNode before = Yaml.parse("{ports: [{port: 80, protocol: TCP, name: a}], finalizers: [x]}");
        JsonNode after = Yaml.parse("{ports: [{port: 80, protocol: TCP, name: b}], finalizers: [x, y]}");

        assertThat(owned("{'f:ports': {'k:{\"port\":80,\"protocol\":\"TCP\"}': {'f:name': {}}}}")
                        .differ(before, after))
                .isTrue();
        assertThat(owned("{'f:ports': {'k:{\"port\":80,\"protocol\":\"UDP\"}': {'f:name': {}}}}")
                        .differ(before, after))
                .isFalse();
        assertThat(owned("{'f:finalizers': {'.': {}, 'v:\"y\"': {}}}").differ(before, after))
                .isTrue();
        assertThat(owned("{'f:finalizers': {'.': {}, 'v:\"x\"': {}}}").differ(before, after))
                .isFalse();
    }

    private static OwnedFields owned(String fields) {
        return new OwnedFields(Yaml.parse(fields));
    }
}
