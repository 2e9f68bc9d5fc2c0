package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.TargetRef;
import java.util.List;

/** Finds what belongs to an object: what its selector selects and it controls. */
public final class Owned {
    private final ApiServer api;

    public Owned(ApiServer api) {
        this.api = api;
    }

    /** @param group as in {@code /apis/apps/v1} */
    public List<ObjectNode> by(ObjectNode owner, String group, String resource, TargetRef ref) {
        String selector = LabelSelector.query(owner.path("spec").path("selector"));
        return api
                .list(group + "/namespaces/" + ref.namespace() + "/" + resource + "?"
                        + ApiServer.query("labelSelector", selector))
                .stream()
                .filter(object -> controlledBy(object, Json.uid(owner)))
                .toList();
    }

    /** Whether the object has a controller of this uid. */
    public static boolean controlledBy(JsonNode object, String uid) {
        return Json.elements(object.path("metadata").path("ownerReferences"))
                .anyMatch(owner -> owner.path("controller").asBoolean(false)
                        && owner.path("uid").asText().equals(uid));
    }
}
