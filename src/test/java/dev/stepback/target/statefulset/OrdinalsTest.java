package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.TargetRef;
import dev.stepback.target.controllerrevision.RevisionPod;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import dev.stepback.target.controllerrevision.Rollouts;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Yaml;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which pods a StatefulSet's rollout means, wherever its numbers begin. The partition counts from the first pod, as the
 * controller has it and the API's documentation does not.
 */
class OrdinalsTest {
    private static final TargetRef DB = new TargetRef("production", Kind.STATEFULSET, "db");

    /** @param pods from the first number up: g for good (restored), b for another revision; with ! while not ready */
    private static RevisionedWorkload workload(String spec, int start, String pods) {
        List<RevisionPod> there = new ArrayList<>();
        for (String pod : pods.split(" ", -1)) {
            there.add(new RevisionPod((ObjectNode) Yaml.parse(
                    """
                    {metadata: {name: db-%d, labels: {controller-revision-hash: %s}},
                     status: {phase: Running, conditions: [{type: Ready, status: '%s'}]}}
                    """.formatted(start + there.size(), pod.substring(0, 1), pod.endsWith("!") ? "False" : "True"))));
        }
        ObjectNode object = (ObjectNode)
                Yaml.parse("{metadata: {name: db}, spec: {replicas: %d, ordinals: {start: %d}, %s, template: {}}}"
                        .formatted(there.size(), start, spec));
        return new RevisionedWorkload(DB, object, List.of(), there);
    }

    private static Rollouts rollouts() {
        return new StatefulSetRollouts(new Redactor(List.of()), Clock.systemUTC(), Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0 | b! b g! | db-0 | ''",
                "0 | 1 | b! b b! | db-2 | Its partition stays 1: only db-1 and above get the restored template.",
                "5 | 0 | b! b g! | db-5 | ''",
                "5 | 1 | b! b b! | db-7 | Its partition stays 1: only db-6 and above get the restored template.",
                "5 | 2 | b! b! g | ''   | Its partition stays 2: only db-7 and above get the restored template.",
                "5 | 5 | b! b! b! | ''  | 'Its partition is 5: no pod gets the restored template until the partition is"
                        + " lowered.'",
                "5 | 6 | b! b! b! | ''  | 'Its partition is 6: no pod gets the restored template until the partition is"
                        + " lowered.'"
            })
    void stuckPods_areThoseThatTheRolloutReplaces(int start, int partition, String pods, String stuck, String said) {
        RevisionedWorkload workload =
                workload("updateStrategy: {rollingUpdate: {partition: %d}}".formatted(partition), start, pods);

        assertThat(UpdatePolicy.of(workload).stuck(workload, "g"))
                .extracting(RevisionPod::name)
                .isEqualTo(stuck.isEmpty() ? List.of() : List.of(stuck));
        Rollouts.Restored restored = new Rollouts.Restored(1, "g", "g", PodTemplate.of(workload.object()));
        assertThat(rollouts().findings(workload, restored))
                .filteredOn(f -> f.check().equals("partition"))
                .extracting(Finding::message)
                .isEqualTo(said.isEmpty() ? List.of() : List.of(said));
    }

    /** With {@code OnDelete}. */
    @ParameterizedTest
    @CsvSource({
        "0, b b b, db-2 db-1 db-0",
        "5, b b b, db-7 db-6 db-5",
        "5, b! g b, db-5 db-7",
        "5, b b! b!, db-6 db-7 db-5"
    })
    void pods_areDeletedFromTheHighestNumberDown_brokenOnesFirst(int start, String pods, String order) {
        RevisionedWorkload workload = workload("updateStrategy: {type: OnDelete}", start, pods);
        Rollouts.Restored restored = new Rollouts.Restored(1, "g", "g", PodTemplate.of(workload.object()));

        assertThat(rollouts().afterUndo(workload, restored, Optional.empty()))
                .extracting(PlannedStep::parameters)
                .extracting(parameters -> parameters.get("pod"))
                .containsExactly(order.split(" ", -1));
    }

    @ParameterizedTest
    @CsvSource({"0, g! g g, db-2, db-0", "5, g! g g, db-7, db-5", "5, g g! g, db-6, ''", "5, g g g, db-5, ''"})
    void podsBeforeAnother_areCountedFromTheFirst(int start, String pods, String wanted, String before) {
        assertThat(new PodByName().before(workload("updateStrategy: {type: OnDelete}", start, pods), wanted))
                .isEqualTo(before.isEmpty() ? List.of() : List.of(before));
    }
}
