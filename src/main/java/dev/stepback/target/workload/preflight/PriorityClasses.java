package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.target.Finding;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.PodTemplate;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;

/** Whether the restored pods' PriorityClass still exists: the API server refuses pods without it. */
final class PriorityClasses {
    static final String CHECK = "priority-class";
    private static final int FORBIDDEN = 403;

    private final ApiServer api;

    PriorityClasses(ApiServer api) {
        this.api = api;
    }

    List<Finding> findings(Preflight.Subject subject) {
        String wanted = name(subject.restored());
        if (wanted.isEmpty()) {
            return List.of();
        }
        try {
            boolean there = ApiServer.isName(wanted)
                    && api.metadata("/apis/scheduling.k8s.io/v1/priorityclasses/" + wanted)
                            .isPresent();
            return List.of(
                    there
                            ? Finding.pass(CHECK, "PriorityClass %s still exists.".formatted(wanted))
                            : Finding.block(
                                    CHECK,
                                    "The restored pods would be refused: PriorityClass %s is no longer there. Bring it back first."
                                            .formatted(wanted)));
        } catch (KubernetesClientException e) {
            // Where only namespaces are served nobody may look. Pods of the same class were made before: no reason to
            // nag.
            if (e.getCode() == FORBIDDEN
                    && wanted.equals(name(subject.workload().template()))) {
                return List.of(Finding.pass(CHECK, "PriorityClass %s is the one that it has now.".formatted(wanted)));
            }
            throw e;
        }
    }

    private static String name(PodTemplate template) {
        JsonNode spec = template.json().path("spec");
        return spec.path("priorityClassName").asText("");
    }
}
