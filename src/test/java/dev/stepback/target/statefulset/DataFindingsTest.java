package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import dev.stepback.target.controllerrevision.Rollouts;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Yaml;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A downgrade is one of what has the data, and of nothing else. */
class DataFindingsTest {
    private static final String CLAIMS = "volumeClaimTemplates: [{metadata: {name: data}}]";
    private static final String MOUNT = "volumeMounts: [{name: data, mountPath: /data}]";

    private static List<String> downgrades(String claims, String now, String restored) {
        ObjectNode object = (ObjectNode)
                Yaml.parse("{metadata: {uid: u}, spec: {template: {spec: %s}%s}}".formatted(now, ", " + claims));
        RevisionedWorkload workload = new RevisionedWorkload(
                new TargetRef("production", Kind.STATEFULSET, "db"), object, List.of(), List.of());
        PodTemplate template = new PodTemplate(Yaml.parse("{spec: " + restored + "}"));
        return DataFindings.of(workload, new Rollouts.Restored(1, "db-1", "db-1", template), new Redactor(List.of()))
                .stream()
                .filter(f -> f.check().equals("data-downgrade"))
                .map(f -> f.message().substring(0, f.message().indexOf(" is a downgrade")))
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{containers: [{name: db, image: 'mysql:8.4', MOUNT}]} | {containers: [{name: db, image: 'mysql:8.0',"
                        + " MOUNT}]} | mysql 8.4 → 8.0",
                "{containers: [{name: db, image: 'mysql:8.0', MOUNT}]} | {containers: [{name: db, image: 'mysql:8.4',"
                        + " MOUNT}]} |",
                "{containers: [{name: db, image: 'mysql:8.4', MOUNT}]} | {containers: [{name: mysqld, image:"
                        + " 'mysql:8.0', MOUNT}]} | mysql 8.4 → 8.0",
                "{containers: [{name: log, image: 'fluent-bit:3.1'}, {name: db, image: 'mysql:8.4', MOUNT}]} |"
                        + " {containers: [{name: log, image: 'fluent-bit:2.2'}, {name: db, image: 'mysql:8.4', MOUNT}]} |",
                "{initContainers: [{name: fix, image: 'mysql:8.4', MOUNT}], containers: [{name: db, image:"
                        + " 'mysql:8.4', MOUNT}]} | {initContainers: [{name: fix, image: 'mysql:8.0', MOUNT}], containers:"
                        + " [{name: db, image: 'mysql:8.0', MOUNT}]} | mysql 8.4 → 8.0"
            })
    void ofClaims_areNamedOnce(String now, String restored, String expected) {
        assertThat(downgrades(CLAIMS, now.replace("MOUNT", MOUNT), restored.replace("MOUNT", MOUNT)))
                .isEqualTo(expected == null ? List.of() : List.of(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "persistentVolumeClaim: {claimName: shared}, true",
        "hostPath: {path: /var/lib/db}, true",
        "emptyDir: {}, false",
        "configMap: {name: settings}, false"
    })
    void ofVolumesOfTheTemplate_countWhereTheyOutliveThePod(String source, boolean counts) {
        String spec =
                "{containers: [{name: db, image: 'mysql:%s', " + MOUNT + "}], volumes: [{name: data, " + source + "}]}";

        assertThat(downgrades("replicas: 1", spec.formatted("8.4"), spec.formatted("8.0")))
                .hasSize(counts ? 1 : 0);
    }
}
