package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import java.util.List;

/** Objects of a small shop, as an API server would give them. */
final class Shop {
    static final TargetRef CHECKOUT = new TargetRef("production", Kind.DEPLOYMENT, "checkout");
    static final String UID = "11111111-2222-3333-4444-555555555555";
    static final String PATH = "/apis/apps/v1/namespaces/production/deployments/checkout";

    private Shop() {}

    static ObjectNode template(String tag) {
        return (ObjectNode) Json.parse("""
            {"metadata": {"creationTimestamp": null, "labels": {"app": "checkout"}},
             "spec": {"containers": [{"name": "checkout", "image": "shop/checkout:%s",
                                      "brandNewField": {"kept": 1.50},
                                      "env": [{"name": "LOG_LEVEL", "value": "info"}]}]}}
            """.formatted(tag));
    }

    static ObjectNode deployment(long revision, String tag) {
        ObjectNode deployment = (ObjectNode) Json.parse("""
            {"apiVersion": "apps/v1", "kind": "Deployment",
             "metadata": {"name": "checkout", "namespace": "production", "uid": "%s", "generation": %d,
                          "resourceVersion": "7", "creationTimestamp": "2026-11-01T10:00:00Z",
                          "annotations": {"deployment.kubernetes.io/revision": "%d", "team": "payments"}},
             "spec": {"replicas": 3, "revisionHistoryLimit": 10, "selector": {"matchLabels": {"app": "checkout"}}},
             "status": {"observedGeneration": %d, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 3}}
            """.formatted(UID, revision, revision, revision));
        ((ObjectNode) deployment.path("spec")).set("template", template(tag));
        return deployment;
    }

    static ObjectNode replicaSet(long revision, String tag) {
        ObjectNode replicaSet =
                (ObjectNode) Json.parse("""
                    {"metadata": {"name": "checkout-%s", "namespace": "production", "uid": "rs-%s",
                                  "creationTimestamp": "2026-11-%02dT10:00:00Z",
                                  "ownerReferences": [{"kind": "Deployment", "name": "checkout", "uid": "%s", "controller": true}],
                                  "annotations": {"deployment.kubernetes.io/revision": "%d",
                                                  "kubernetes.io/change-cause": "release %s"}},
                     "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "checkout", "pod-template-hash": "%s"}}},
                     "status": {"replicas": 0}}
                    """.formatted(hash(tag), tag, revision, UID, revision, tag, hash(tag)));
        ObjectNode template = template(tag);
        ((ObjectNode) template.path("metadata").path("labels")).put(PodTemplate.HASH_LABEL, hash(tag));
        ((ObjectNode) replicaSet.path("spec")).set("template", template);
        return replicaSet;
    }

    static Workload workload(ObjectNode deployment, ObjectNode... replicaSets) {
        return new Workload(CHECKOUT, deployment, List.of(replicaSets));
    }

    /** The revisions 1 to 3 with the images 1.0, 2.0 and 3.0, of which the third runs. */
    /** One that has them. */
    static FakeApiServer open() {
        FakeApiServer api = new FakeApiServer();
        fill(api);
        return api;
    }

    static void fill(FakeApiServer api) {
        api.put(PATH, deployment(3, "3.0"));
        for (int revision = 1; revision <= 3; revision++) {
            putReplicaSet(api, replicaSet(revision, revision + ".0"));
        }
    }

    static void putReplicaSet(FakeApiServer api, ObjectNode replicaSet) {
        api.put("/apis/apps/v1/namespaces/production/replicasets/" + Json.name(replicaSet), replicaSet);
    }

    static ArrayNode array(ObjectNode object, String name) {
        return object.withArray(name);
    }

    private static String hash(String tag) {
        return "h" + tag.replace(".", "");
    }
}
