package dev.stepback.target.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import dev.stepback.target.workload.Yaml;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the plan says of the order of a StatefulSet's rollout, and of how many pods are away at a time. */
class RolloutOrderTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{replicas: 3}                                                         | : one at a time from db-2"
                        + " down to db-0, each waits until the others are ready",
                "{replicas: 10, podManagementPolicy: OrderedReady, updateStrategy: {type: RollingUpdate,"
                        + " rollingUpdate: {partition: 4}}} | : one at a time from db-9 down to db-4, each waits until the"
                        + " others are ready",
                "{replicas: 3, podManagementPolicy: Parallel}                          | : one at a time from db-2"
                        + " down to db-0, and broken ones hold nothing up (Parallel)",
                "{replicas: 9, updateStrategy: {rollingUpdate: {maxUnavailable: 3}}}   | : up to 3 at a time"
                        + " (maxUnavailable) from db-8 down to db-0, each waits until the others are ready",
                "{replicas: 9, updateStrategy: {rollingUpdate: {maxUnavailable: 25%}}} | : up to 25% at a time"
                        + " (maxUnavailable) from db-8 down to db-0, each waits until the others are ready",
                "{replicas: 9, updateStrategy: {rollingUpdate: {maxUnavailable: 1}}}   | : one at a time from db-8"
                        + " down to db-0, each waits until the others are ready",
                "{replicas: 2, ordinals: {start: 5}}                                   | : one at a time from db-6"
                        + " down to db-5, each waits until the others are ready",
                "{replicas: 3, ordinals: {start: 5}, updateStrategy: {rollingUpdate: {partition: 1}}} | : one at a time"
                        + " from db-7 down to db-6, each waits until the others are ready",
                "{replicas: 1}                                                         | : it is db-0 only",
                "{replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}}        | : it is db-2 only",
                "{replicas: 3, updateStrategy: {rollingUpdate: {partition: 3}}}        | : with partition 3 it is none",
                "{replicas: 0}                                                         | ''",
                "{replicas: 3, updateStrategy: {type: OnDelete}}                       | ''"
            })
    void order_isSaid(String spec, String words) {
        ObjectNode object = (ObjectNode) Yaml.parse("{metadata: {name: db}, spec: %s}".formatted(spec));
        TargetRef db = new TargetRef("production", Kind.STATEFULSET, "db");
        assertThat(UpdatePolicy.of(new RevisionedWorkload(db, object, List.of(), List.of()))
                        .order("db"))
                .isEqualTo(words);
    }
}
