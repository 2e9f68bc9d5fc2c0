package dev.stepback.sandbox.cluster.controller;

import dev.stepback.sandbox.cluster.ObjectStore;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;

/** Writes pods that have been running, or failing, for a while. */
final class PastPods {
    private final ObjectStore store;
    private int nextNode;

    PastPods(ObjectStore store) {
        this.store = store;
    }

    /** @param since RFC 3339 */
    Pod restore(Pod made, String since) {
        String node = Nodes.wantedBy(made).orElseGet(() -> Nodes.NAMES.get(nextNode++ % Nodes.NAMES.size()));
        Pod pod = Resource.PODS.read(store.restore(
                Resource.PODS.name(),
                Resource.write(new PodBuilder(made)
                        .editMetadata()
                        .withCreationTimestamp(since)
                        .addToFinalizers(Kubelet.TERMINATION)
                        .endMetadata()
                        .editSpec()
                        .withNodeName(node)
                        .endSpec()
                        .build())));
        Pod settled = new PodBuilder(pod)
                .withStatus(PodStatuses.at(pod, ContainerLife.SETTLED, since))
                .build();
        return Resource.PODS.read(store.updateStatus(Resource.PODS.name(), Resource.write(settled)));
    }
}
