package dev.stepback.target.controllerrevision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.workload.Yaml;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RevisionPodTest {

    /** One that asks for more than its node has stays without {@code nodeName}, and would never be deleted. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{nodeName: node-1}                                                              | node-1",
                "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ["
                        + "{matchExpressions: [{key: disk, operator: In, values: [ssd]}], matchFields: ["
                        + "{key: metadata.name, operator: In, values: [node-2]}]}]}}}}           | node-2",
                "{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ["
                        + "{matchExpressions: [{key: disk, operator: In, values: [ssd]}]}]}}}}   | ''",
                "{containers: []}                                                                | ''"
            })
    void node_isWhereAPodIsPinnedTo_untilItRunsThere(String spec, String node) {
        assertThat(new RevisionPod((ObjectNode) Yaml.parse("{spec: %s}".formatted(spec))).node())
                .isEqualTo(node);
    }
}
