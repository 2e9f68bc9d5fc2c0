package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.stepback.sandbox.cluster.rbac.Rbac;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The kinds that are served: the built-in ones, and those that CustomResourceDefinitions add. */
final class ResourceTypes {
    static final String CRDS = "customresourcedefinitions.apiextensions.k8s.io";

    private final Map<String, ResourceType> byName = new ConcurrentSkipListMap<>();

    ResourceTypes() {
        cluster("", "v1", "namespaces", "Namespace", true, "ns");
        cluster("", "v1", "nodes", "Node", true, "no");
        namespaced("", "v1", "pods", "Pod", true, "po");
        namespaced("", "v1", "services", "Service", true, "svc");
        namespaced("", "v1", "configmaps", "ConfigMap", false, "cm");
        namespaced("", "v1", "secrets", "Secret", false);
        namespaced("", "v1", "events", "Event", false, "ev");
        namespaced("", "v1", "serviceaccounts", "ServiceAccount", false, "sa");
        namespaced("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true, "pvc");
        namespaced("", "v1", "resourcequotas", "ResourceQuota", true, "quota");
        namespaced("", "v1", "limitranges", "LimitRange", false, "limits");
        scalable("", "v1", "replicationcontrollers", "ReplicationController", "rc");
        scalable("apps", "v1", "deployments", "Deployment", "deploy");
        scalable("apps", "v1", "replicasets", "ReplicaSet", "rs");
        scalable("apps", "v1", "statefulsets", "StatefulSet", "sts");
        namespaced("apps", "v1", "daemonsets", "DaemonSet", true, "ds");
        namespaced("apps", "v1", "controllerrevisions", "ControllerRevision", false);
        namespaced("batch", "v1", "jobs", "Job", true);
        namespaced("batch", "v1", "cronjobs", "CronJob", true, "cj");
        namespaced("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true, "hpa");
        namespaced("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", true, "pdb");
        namespaced(Rbac.GROUP, "v1", "roles", "Role", false);
        namespaced(Rbac.GROUP, "v1", "rolebindings", "RoleBinding", false);
        cluster(Rbac.GROUP, "v1", "clusterroles", "ClusterRole", false);
        cluster(Rbac.GROUP, "v1", "clusterrolebindings", "ClusterRoleBinding", false);
        namespaced("networking.k8s.io", "v1", "ingresses", "Ingress", true, "ing");
        namespaced("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", false, "netpol");
        cluster("scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", false, "pc");
        namespaced("coordination.k8s.io", "v1", "leases", "Lease", false);
        cluster(
                "apiextensions.k8s.io",
                "v1",
                "customresourcedefinitions",
                "CustomResourceDefinition",
                true,
                "crd",
                "crds");
    }

    Optional<ResourceType> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    Optional<ResourceType> find(String group, String version, String plural) {
        return find(group.isEmpty() ? plural : plural + "." + group)
                .filter(type -> type.version().equals(version));
    }

    ResourceType require(String name) {
        return find(name).orElseThrow(() -> Failures.notServed());
    }

    List<ResourceType> all() {
        return List.copyOf(byName.values());
    }

    void register(ResourceType type) {
        byName.put(type.name(), type);
    }

    void unregister(String name) {
        byName.remove(name);
    }

    private void cluster(
            String group, String version, String plural, String kind, boolean status, String... shortNames) {
        add(group, version, plural, kind, false, status, false, shortNames);
    }

    private void namespaced(
            String group, String version, String plural, String kind, boolean status, String... shortNames) {
        add(group, version, plural, kind, true, status, false, shortNames);
    }

    private void scalable(String group, String version, String plural, String kind, String... shortNames) {
        add(group, version, plural, kind, true, true, true, shortNames);
    }

    private void add(
            String group,
            String version,
            String plural,
            String kind,
            boolean namespaced,
            boolean status,
            boolean scale,
            String... shortNames) {
        register(new ResourceType(
                group,
                version,
                plural,
                kind.toLowerCase(Locale.ROOT),
                kind,
                Arrays.asList(shortNames),
                namespaced,
                status,
                scale,
                false,
                List.of(),
                MissingNode.getInstance()));
    }
}
