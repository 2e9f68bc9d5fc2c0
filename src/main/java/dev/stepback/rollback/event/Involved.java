package dev.stepback.rollback.event;

import dev.stepback.leadership.Leadership;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.TargetObjects;
import dev.stepback.rollback.lock.LockMap;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The objects that Events are about. {@code kubectl describe} finds an object's Events by its uid, so it is looked up; methods
 * that do answer empty when the object is not there, and throw when the API server does not tell.
 */
final class Involved {
    private final KubernetesClient client;
    private final TargetObjects targets;

    Involved(KubernetesClient client) {
        this.client = client;
        this.targets = new TargetObjects(client);
    }

    static ObjectReference of(Rollback rollback) {
        return reference(
                rollback.getMetadata().getNamespace(),
                HasMetadata.getApiVersion(Rollback.class),
                HasMetadata.getKind(Rollback.class),
                rollback.getMetadata().getName(),
                rollback.getMetadata().getUid());
    }

    static ObjectReference of(TargetRef target, String uid) {
        return reference(
                target.namespace(), target.kind().group() + "/v1", target.kind().apiName(), target.name(), uid);
    }

    Optional<ObjectReference> find(TargetRef target) {
        return targets.find(target).map(o -> of(target, o.getMetadata().getUid()));
    }

    Optional<ObjectReference> rollback(String namespace, String name) {
        return Optional.ofNullable(client.resources(Rollback.class)
                        .inNamespace(namespace)
                        .withName(name)
                        .get())
                .map(Involved::of);
    }

    /** The locks; also before there are any. */
    ObjectReference locks(String namespace) {
        var found = client.configMaps()
                .inNamespace(namespace)
                .withName(LockMap.NAME)
                .get();
        return reference(namespace, "v1", "ConfigMap", LockMap.NAME, uid(found));
    }

    /** The Lease, which is there wherever Stepback runs. */
    ObjectReference lease(String namespace) {
        var found = client.leases()
                .inNamespace(namespace)
                .withName(Leadership.LEASE)
                .get();
        return reference(namespace, "coordination.k8s.io/v1", "Lease", Leadership.LEASE, uid(found));
    }

    private static @Nullable String uid(@Nullable HasMetadata object) {
        return object == null ? null : object.getMetadata().getUid();
    }

    private static ObjectReference reference(
            String namespace, String apiVersion, String kind, String name, @Nullable String uid) {
        return new ObjectReferenceBuilder()
                .withNamespace(namespace)
                .withApiVersion(apiVersion)
                .withKind(kind)
                .withName(name)
                .withUid(uid)
                .build();
    }
}
