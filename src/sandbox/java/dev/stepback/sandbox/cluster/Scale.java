package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The {@code autoscaling/v1} Scale of a workload. */
final class Scale {
    private Scale() {}

    static ObjectNode read(ObjectNode workload) {
        ObjectNode scale = Json.object();
        scale.put("kind", "Scale").put("apiVersion", "autoscaling/v1");
        ObjectNode metadata = scale.putObject("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            if (workload.path("metadata").has(field)) {
                metadata.set(field, workload.path("metadata").get(field));
            }
        }
        scale.putObject("spec").put("replicas", workload.at("/spec/replicas").asInt(0));
        List<String> labels = new ArrayList<>();
        workload.at("/spec/selector/matchLabels")
                .properties()
                .forEach(label ->
                        labels.add(label.getKey() + "=" + label.getValue().asText()));
        scale.putObject("status")
                .put("replicas", workload.at("/status/replicas").asInt(0))
                .put("selector", String.join(",", labels));
        return scale;
    }

    static ObjectNode write(ObjectNode scale, ObjectNode workload) {
        JsonNode replicas = scale.at("/spec/replicas");
        if (!replicas.isIntegralNumber() || replicas.asInt() < 0) {
            throw Failures.unprocessable(
                    "Scale.autoscaling \"" + Json.name(workload) + "\" is invalid: spec.replicas: Invalid value: "
                            + replicas + ": must be greater than or equal to 0");
        }
        String version = Json.text(scale.path("metadata"), "resourceVersion");
        if (version != null) {
            Json.metadata(workload).put("resourceVersion", version);
        }
        workload.withObject("/spec").put("replicas", replicas.asInt());
        return workload;
    }
}
