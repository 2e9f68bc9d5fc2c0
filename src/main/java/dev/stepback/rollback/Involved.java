package dev.stepback.rollback;

import dev.stepback.leadership.Leadership;
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

    Involved(KubernetesClient client) {
        this.client = client;
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
        return object(target).map(o -> of(target, o.getMetadata().getUid()));
    }

    /** The name of the Rollback that changed the target last. */
    Optional<String> mark(TargetRef target) {
        return object(target)
                .map(o -> o.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Rollback.MARK));
    }

    private Optional<HasMetadata> object(TargetRef target) {
        var apps = client.apps();
        var resource = switch (target.kind()) {
            case DEPLOYMENT -> apps.deployments().inNamespace(target.namespace());
            case STATEFULSET -> apps.statefulSets().inNamespace(target.namespace());
            case DAEMONSET -> apps.daemonSets().inNamespace(target.namespace());
        };
        return Optional.ofNullable(resource.withName(target.name()).get());
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
