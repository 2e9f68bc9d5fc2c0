package dev.stepback.target.workload.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.LiveWorkload;
import dev.stepback.target.workload.UndoPatch;
import dev.stepback.target.workload.Yaml;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the kinds replace their pods. */
class TurnoverTest {
    private record Live(TargetRef ref, ObjectNode object) implements LiveWorkload {
        @Override
        public String changeCause() {
            return "";
        }
    }

    private static Live live(Kind kind, String fields) {
        ObjectNode object = (ObjectNode) Yaml.parse("{metadata: {uid: u}, " + fields + "}");
        object.withObject("/spec").putObject("template");
        return new Live(new TargetRef("production", kind, "web"), object);
    }

    private static Preflight.Subject subject(Live live, UndoPatch patch) {
        return new Preflight.Subject(live, live.object(), patch, 2, 1);
    }

    private static String words(Kind kind, String fields) {
        Live live = live(kind, fields);
        return Turnover.of(subject(live, UndoPatch.from(live, live.template()))).words(kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spec: {replicas: 10} | 10 pods, up to 5 at a time (maxSurge 25%, maxUnavailable 25%)",
                "spec: {replicas: 10, strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}}"
                        + " | 10 pods, one at a time (maxSurge 0, maxUnavailable 0)",
                "spec: {replicas: 3, strategy: {rollingUpdate: {maxSurge: 2147483647, maxUnavailable: 3}}}"
                        + " | 3 pods, all at once (maxSurge 2147483647, maxUnavailable 3)",
                "spec: {replicas: 1} | 1 pod (maxSurge 25%, maxUnavailable 25%)"
            })
    void deployment_goesByItsStrategy(String fields, String words) {
        assertThat(words(Kind.DEPLOYMENT, fields)).isEqualTo(words);
    }

    @Test
    void borrowedSurge_counts() {
        Live live = live(
                Kind.DEPLOYMENT, "spec: {replicas: 10, strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}}");
        UndoPatch patch = UndoPatch.from(live, live.template())
                .borrowing(new Borrowed(Borrowed.MAX_SURGE, Yaml.parse("1"), Yaml.parse("100%")), live);

        assertThat(Turnover.of(subject(live, patch)).words(Kind.DEPLOYMENT))
                .isEqualTo("10 pods, all at once (maxSurge 100%, maxUnavailable 0)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "spec: {replicas: 3} | 3 pods, one at a time",
                "spec: {replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}} | 1 pod",
                "spec: {replicas: 3, ordinals: {start: 5}, updateStrategy: {rollingUpdate: {partition: 1}}}"
                        + " | 2 pods, one at a time",
                "spec: {replicas: 9, updateStrategy: {rollingUpdate: {maxUnavailable: 3}}}"
                        + " | 9 pods, up to 3 at a time (maxUnavailable 3)"
            })
    void statefulSet_goesOneAfterTheOther(String fields, String words) {
        assertThat(words(Kind.STATEFULSET, fields)).isEqualTo(words);
    }

    /** Of the pods from the first one up: g for one that runs the restored revision. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0 | b g g | 1 of 3 pods, the others still run revision 1.",
                "0 | 1 | g b g | 1 of 2 pods, the others still run revision 1.",
                "5 | 0 | b b g | 2 of 3 pods, the others still run revision 1, one at a time.",
                "5 | 1 | g b g | 1 of 2 pods, the others still run revision 1.",
                "5 | 1 | g b b | 2 pods, one at a time."
            })
    void podsOfAStatefulSet_countFromItsFirstOne(int start, int partition, String pods, String words) {
        Live live = live(
                Kind.STATEFULSET,
                "spec: {replicas: 3, ordinals: {start: %d}, updateStrategy: {rollingUpdate: {partition: %d}}}"
                        .formatted(start, partition));
        List<ObjectNode> there = new ArrayList<>();
        for (String revision : pods.split(" ", -1)) {
            there.add((ObjectNode) Yaml.parse("{metadata: {name: web-%d, labels: {controller-revision-hash: %s}}}"
                    .formatted(start + there.size(), revision)));
        }
        Preflight.Subject subject = new Preflight.Subject(
                live, (ObjectNode) Yaml.parse("{metadata: {name: g}}"), UndoPatch.from(live, live.template()), 2, 1);
        assertThat(new Forecast(() -> there).findings(subject)).containsExactly(Finding.pass("pace", words));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "status: {desiredNumberScheduled: 5} | 5 pods on as many nodes, one at a time (maxUnavailable 1)",
                "status: {desiredNumberScheduled: 10}, spec: {updateStrategy: {rollingUpdate: {maxUnavailable: 25%}}}"
                        + " | 10 pods on as many nodes, up to 3 at a time (maxUnavailable 25%)",
                "status: {desiredNumberScheduled: 5}, spec: {updateStrategy: {type: OnDelete}}"
                        + " | 5 pods on as many nodes, one at a time"
            })
    void daemonSet_goesByNodes(String fields, String words) {
        assertThat(words(Kind.DAEMONSET, fields)).isEqualTo(words);
    }
}
