package dev.stepback.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.ObjectStore;
import java.util.Map;

/** Fills a sandbox cluster with Deployments at rest, with all that clients leave on them. */
final class LargeCluster {
    static final int DEPLOYMENTS = 2000;
    static final int REVISIONS = 5;
    private static final int VARIABLES = 25;
    private static final ObjectMapper JSON = new ObjectMapper();

    private LargeCluster() {}

    static void fill(ObjectStore store) {
        for (int i = 0; i < DEPLOYMENTS; i++) {
            String name = "service-" + i;
            ObjectNode deployment = workload("Deployment", name, name, REVISIONS);
            ObjectNode created = store.restore("deployments.apps", deployment);
            for (int revision = 1; revision <= REVISIONS; revision++) {
                ObjectNode set = workload("ReplicaSet", name + "-" + revision, name, revision);
                set.with("spec").put("replicas", revision == REVISIONS ? 2 : 0);
                set.with("metadata")
                        .putArray("ownerReferences")
                        .addObject()
                        .put("apiVersion", "apps/v1")
                        .put("kind", "Deployment")
                        .put("name", name)
                        .put("uid", created.path("metadata").path("uid").asText())
                        .put("controller", true)
                        .put("blockOwnerDeletion", true);
                store.restore("replicasets.apps", set);
            }
        }
    }

    private static ObjectNode workload(String kind, String name, String app, int revision) {
        ObjectNode object = JSON.createObjectNode().put("apiVersion", "apps/v1").put("kind", kind);
        ObjectNode metadata = object.putObject("metadata").put("name", name).put("namespace", "default");
        metadata.putObject("labels").put("app", app);
        ObjectNode spec = object.putObject("spec").put("replicas", 2);
        spec.putObject("selector").putObject("matchLabels").put("app", app);
        ObjectNode template = spec.putObject("template");
        template.putObject("metadata").putObject("labels").put("app", app);
        ObjectNode container = template.putObject("spec").putArray("containers").addObject();
        container.put("name", "app").put("image", "registry.example/" + app + ":1." + revision);
        for (int v = 0; v < VARIABLES; v++) {
            container.withArray("env").addObject().put("name", "SETTING_" + v).put("value", app + "-setting-" + v);
        }
        metadata.putObject("annotations")
                .put("deployment.kubernetes.io/revision", String.valueOf(revision))
                .put("kubectl.kubernetes.io/last-applied-configuration", object.toString());
        manage(metadata);
        return object;
    }

    /** What server-side apply and the controllers write down about each field. */
    private static void manage(ObjectNode metadata) {
        for (String manager : new String[] {"kubectl-client-side-apply", "kube-controller-manager"}) {
            ObjectNode entry = metadata.withArray("managedFields").addObject();
            entry.put("manager", manager).put("operation", "Update").put("apiVersion", "apps/v1");
            entry.put("time", "2024-05-01T10:00:00Z").put("fieldsType", "FieldsV1");
            ObjectNode env = entry.putObject("fieldsV1").putObject("f:spec").putObject("f:template");
            for (int v = 0; v < VARIABLES; v++) {
                ObjectNode variable = env.putObject("k:{\"name\":\"SETTING_" + v + "\"}");
                Map.of("f:name", 0, "f:value", 0, ".", 0).forEach((field, any) -> variable.putObject(field));
            }
        }
    }
}
