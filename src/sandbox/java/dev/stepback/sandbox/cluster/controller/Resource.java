package dev.stepback.sandbox.cluster.controller;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Optional;

/**
 * A kind of object as the store names it and as a Java class.
 *
 * @param name the name that the store uses, such as {@code deployments.apps}
 */
public record Resource<T extends HasMetadata>(String name, Class<T> type) {
    private static final KubernetesSerialization JSON = new KubernetesSerialization();

    public static final Resource<Deployment> DEPLOYMENTS = new Resource<>("deployments.apps", Deployment.class);
    public static final Resource<ReplicaSet> REPLICA_SETS = new Resource<>("replicasets.apps", ReplicaSet.class);
    public static final Resource<StatefulSet> STATEFUL_SETS = new Resource<>("statefulsets.apps", StatefulSet.class);
    public static final Resource<DaemonSet> DAEMON_SETS = new Resource<>("daemonsets.apps", DaemonSet.class);
    public static final Resource<Job> JOBS = new Resource<>("jobs.batch", Job.class);
    public static final Resource<PersistentVolumeClaim> CLAIMS =
            new Resource<>("persistentvolumeclaims", PersistentVolumeClaim.class);
    public static final Resource<Pod> PODS = new Resource<>("pods", Pod.class);
    public static final Resource<Node> NODES = new Resource<>("nodes", Node.class);
    public static final Resource<Event> EVENTS = new Resource<>("events", Event.class);

    public T read(ObjectNode node) {
        return JSON.convertValue(node, type);
    }

    public static ObjectNode write(Object object) {
        return JSON.convertValue(object, ObjectNode.class);
    }

    /** The owner that controls an object, of which there is at most one. */
    static Optional<OwnerReference> controllerOf(HasMetadata object) {
        return object.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .findFirst();
    }

    static OwnerReference controlledBy(HasMetadata owner) {
        OwnerReference reference = new OwnerReference();
        reference.setApiVersion(owner.getApiVersion());
        reference.setKind(owner.getKind());
        reference.setName(owner.getMetadata().getName());
        reference.setUid(owner.getMetadata().getUid());
        reference.setController(true);
        reference.setBlockOwnerDeletion(true);
        return reference;
    }

    static boolean controls(HasMetadata owner, HasMetadata object) {
        return controllerOf(object)
                .filter(known -> owner.getMetadata().getUid().equals(known.getUid()))
                .isPresent();
    }

    static boolean isDeleting(HasMetadata object) {
        return object.getMetadata().getDeletionTimestamp() != null;
    }
}
