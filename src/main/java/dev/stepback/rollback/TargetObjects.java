package dev.stepback.rollback;

import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/** The objects that Rollbacks are about, of whichever kind. */
public final class TargetObjects {
    private final KubernetesClient client;

    public TargetObjects(KubernetesClient client) {
        this.client = client;
    }

    /** Empty when it is not there; throws when the API server does not tell. */
    public Optional<HasMetadata> find(TargetRef target) {
        var apps = client.apps();
        var resource = switch (target.kind()) {
            case DEPLOYMENT -> apps.deployments().inNamespace(target.namespace());
            case STATEFULSET -> apps.statefulSets().inNamespace(target.namespace());
            case DAEMONSET -> apps.daemonSets().inNamespace(target.namespace());
        };
        return Optional.ofNullable(resource.withName(target.name()).get());
    }
}
