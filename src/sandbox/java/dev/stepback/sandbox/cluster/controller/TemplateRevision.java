package dev.stepback.sandbox.cluster.controller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Comparator;
import java.util.TreeMap;

/** A ControllerRevision that holds a pod template, as the JSON that is stored: it is compared as such. */
record TemplateRevision(ObjectNode json) {
    static final String RESOURCE = "controllerrevisions.apps";

    /** On pods, the revision that they were made from. */
    static final String POD_LABEL = "controller-revision-hash";

    static final Comparator<TemplateRevision> OLDEST_FIRST = Comparator.comparingLong(TemplateRevision::number)
            .thenComparing(
                    revision -> revision.json.at("/metadata/creationTimestamp").asText())
            .thenComparing(TemplateRevision::name);

    private static final KubernetesSerialization JSON = new KubernetesSerialization();

    String name() {
        return json.at("/metadata/name").asText();
    }

    long number() {
        return json.path("revision").asLong();
    }

    JsonNode data() {
        return json.path("data");
    }

    String label(String key) {
        return json.path("metadata").path("labels").path(key).asText("");
    }

    boolean hasData(JsonNode other) {
        return PodTemplates.canonical(data()).equals(PodTemplates.canonical(other));
    }

    PodTemplateSpec template() {
        ObjectNode template = data().at("/spec/template").deepCopy();
        template.remove("$patch");
        return JSON.convertValue(template, PodTemplateSpec.class);
    }

    /**
     * The strategic merge patch that brings a workload back to the template that it has now, as Go would write it: with
     * sorted fields and a creationTimestamp of null. kubectl compares its bytes with those of the patch that it makes.
     */
    static ObjectNode patchOf(ObjectNode workload) {
        ObjectNode template = workload.withObject("/spec/template").deepCopy();
        template.withObject("/metadata").putNull("creationTimestamp");
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        patch.putObject("spec").set("template", template.put("$patch", "replace"));
        return (ObjectNode) sorted(patch);
    }

    private static JsonNode sorted(JsonNode node) {
        if (node.isObject()) {
            TreeMap<String, JsonNode> fields = new TreeMap<>();
            node.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            fields.forEach(object::set);
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.forEach(element -> array.add(sorted(element)));
            return array;
        }
        return node;
    }
}
