package dev.stepback.target.workload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who changed a target, and why, in words. */
class BlameTest {
    private static final TargetRef DB = new TargetRef("production", Kind.STATEFULSET, "db");

    @ParameterizedTest
    @CsvSource({
        "ci, ci, 10, 10, true",
        "kubectl-annotate, kubectl-set, 12, 10, true",
        "kubectl-annotate, kubectl-set, 10, 10, true",
        "kubectl-annotate, kubectl-set, 09, 10, false",
        "stepback, kubectl-set, 09, 10, false",
        "stepback, kubectl-set, 12, 10, false", // it wrote something else later
        "stepback, stepback, 10, 10, true"
    })
    void changeCauseOfAnEarlierChange_isNotTakenForThatOfThisOne(
            String cause, String template, String causeAt, String templateAt, boolean shown) {
        String entries = cause.equals(template)
                ? entry(cause, causeAt, "'f:metadata': " + CAUSE + ", 'f:spec': " + TEMPLATE)
                : entry(cause, causeAt, "'f:metadata': " + CAUSE)
                        + ", "
                        + entry(template, templateAt, "'f:spec': " + TEMPLATE);
        ObjectNode live = (ObjectNode)
                Yaml.parse("{metadata: {annotations: {kubernetes.io/change-cause: release 7}, managedFields: [%s]},"
                                .formatted(entries)
                        + " spec: {template: {spec: {containers: [{name: db, image: 'db:8'}]}}}}");

        String text =
                Blame.templateChanged(new RevisionedWorkload(DB, live, List.of(), List.of()), new Redactor(List.of()));

        assertThat(text).contains("was changed by " + template, "its images are now db=db:8");
        assertThat(text.contains("change cause: release 7")).isEqualTo(shown);
    }

    private static final String CAUSE = "{'f:annotations': {'f:kubernetes.io/change-cause': {}}}";
    private static final String TEMPLATE = "{'f:template': {'f:spec': {}}}";

    private static String entry(String manager, String second, String fields) {
        return "{manager: %s, operation: Update, time: '2026-11-21T10:00:%sZ', fieldsV1: {%s}}"
                .formatted(manager, second, fields);
    }
}
