package dev.stepback.target.workload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Kind;
import dev.stepback.target.Rollout;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodProblemsTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);

    /** A StatefulSet's rollout waits for it, and nobody would see for what. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "deletionTimestamp: '2026-11-21T11:59:30Z' | ",
                "deletionTimestamp: '2026-11-21T11:53:00Z' | Terminating: should have ended 7 min ago; does its node"
                        + " node-3 still answer?",
                "deletionTimestamp: '2026-11-21T11:53:00Z', finalizers: [shop.example/drain] | Terminating: should have"
                        + " ended 7 min ago; its finalizer shop.example/drain holds it"
            })
    void podThatDoesNotEnd_isNamed(String metadata, String expected) {
        try (KubernetesClient nobody = new KubernetesClientBuilder()
                .withConfig(
                        new ConfigBuilder().withMasterUrl("http://127.0.0.1:1").build())
                .build()) {
            ObjectNode pod = (ObjectNode)
                    Yaml.parse("{metadata: {name: db-2, %s}, spec: {nodeName: node-3}, status:".formatted(metadata)
                            + " {conditions: [{type: Ready, status: 'True'}]}}");
            Observation waiting = new Observation(
                    Observation.State.RUNNING, "Waiting", new Rollout("Waiting", 3, 2, 2, 1, List.of()));

            Observation seen = new PodProblems(new ApiServer(nobody, Optional.empty()), new Redactor(List.of()), NOON)
                    .addTo(
                            waiting,
                            new TargetRef("production", Kind.STATEFULSET, "db"),
                            Optional.empty(),
                            () -> List.of(pod));

            assertThat(Objects.requireNonNull(seen.rollout()).problems())
                    .extracting(p -> p.reason() + ": " + p.detail())
                    .isEqualTo(expected == null ? List.of() : List.of(expected));
        }
    }
}
