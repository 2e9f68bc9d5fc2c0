package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the Deployment controller would leave, for tests that run without it. */
final class ReplicaSets {
    private ReplicaSets() {}

    /** Records a revision of a Deployment, with its present template. */
    static ObjectNode record(ObjectStore store, String deployment, int revision, String image) {
        ObjectNode owner = store.get("deployments.apps", "default", deployment).orElseThrow();
        String hash = "hash" + revision;
        ObjectNode replicaSet = Json.object();
        ObjectNode metadata = Json.metadata(replicaSet);
        metadata.put("name", deployment + "-" + hash).put("namespace", "default");
        metadata.withObject("/annotations").put("deployment.kubernetes.io/revision", Integer.toString(revision));
        metadata.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", "apps/v1")
                .put("kind", "Deployment")
                .put("name", deployment)
                .put("uid", Json.uid(owner))
                .put("controller", true);
        ObjectNode spec = replicaSet.putObject("spec");
        spec.set("selector", owner.at("/spec/selector"));
        spec.set("template", owner.at("/spec/template").deepCopy());
        ObjectNode labels = spec.withObject("/template/metadata/labels").put("pod-template-hash", hash);
        spec.withObject("/selector/matchLabels").put("pod-template-hash", hash);
        metadata.set("labels", labels.deepCopy());
        ((ObjectNode) spec.at("/template/spec/containers/0")).put("image", image);
        return store.create("replicasets.apps", replicaSet);
    }
}
