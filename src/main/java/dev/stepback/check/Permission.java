package dev.stepback.check;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A verb on a resource that the bot needs. {@code k8s-manifests/} grants exactly these.
 *
 * @param group the API group; empty for the core group
 * @param resource with its subresource if any, such as {@code rollbacks/status}
 * @param name of the only object that it is for; null for all
 * @param why what is lost without it
 */
record Permission(
        String verb,
        String group,
        String resource,
        @Nullable String name,
        String why) {

    Permission(String verb, String group, String resource, String why) {
        this(verb, group, resource, null, why);
    }

    /** The changes that roll back. */
    public static final List<Permission> CHANGES = List.of(
            new Permission("patch", "apps", "deployments", "rolling back"),
            new Permission("patch", "apps", "statefulsets", "rolling back"),
            new Permission("patch", "apps", "daemonsets", "rolling back"),
            new Permission("delete", "", "pods", "freeing rollouts from broken pods"));

    /** What the bot needs in every namespace that it serves. */
    public static final List<Permission> ALL = List.of(
            new Permission("get", "apps", "deployments", "history, plans and progress"),
            new Permission("list", "apps", "deployments", "finding targets by name"),
            new Permission("watch", "apps", "deployments", "following rollouts"),
            CHANGES.get(0),
            new Permission("get", "apps", "statefulsets", "history, plans and progress"),
            new Permission("list", "apps", "statefulsets", "finding targets by name"),
            new Permission("watch", "apps", "statefulsets", "following rollouts"),
            CHANGES.get(1),
            new Permission("get", "apps", "daemonsets", "history, plans and progress"),
            new Permission("list", "apps", "daemonsets", "finding targets by name"),
            new Permission("watch", "apps", "daemonsets", "following rollouts"),
            CHANGES.get(2),
            new Permission("get", "apps", "controllerrevisions", "revisions"),
            new Permission("list", "apps", "controllerrevisions", "revisions"),
            new Permission("patch", "apps", "controllerrevisions", "remembering how rollouts went"),
            new Permission("get", "apps", "replicasets", "revisions"),
            new Permission("list", "apps", "replicasets", "revisions"),
            new Permission("patch", "apps", "replicasets", "remembering how rollouts went"),
            new Permission("list", "", "pods", "why pods are not ready"),
            new Permission("watch", "", "pods", "following rollouts"),
            CHANGES.get(3),
            new Permission("list", "", "events", "why pods are not ready"),
            new Permission("create", "", "events", "Events about rollbacks, for kubectl describe"),
            new Permission("get", "", "configmaps", "checking that a revision's ConfigMaps still exist"),
            new Permission("get", "", "secrets", "checking that a revision's Secrets still exist"),
            new Permission("get", "", "serviceaccounts", "checking that a revision's ServiceAccount still exists"),
            new Permission("get", "", "persistentvolumeclaims", "checking that a revision's volumes still exist"),
            new Permission("list", "", "services", "checking that Services still find the restored pods"),
            new Permission("list", "", "limitranges", "checking that the restored pods are still allowed"),
            new Permission("list", "", "resourcequotas", "checking that there is room for the restored pods"),
            new Permission("list", "autoscaling", "horizontalpodautoscalers", "warning about autoscalers"),
            new Permission("list", "policy", "poddisruptionbudgets", "warning about disruption budgets"),
            new Permission("get", "stepback.dev", "rollbacks", "everything"),
            new Permission("list", "stepback.dev", "rollbacks", "everything"),
            new Permission("watch", "stepback.dev", "rollbacks", "everything"),
            new Permission("create", "stepback.dev", "rollbacks", "accepting requests"),
            new Permission("update", "stepback.dev", "rollbacks", "recording approvals"),
            new Permission("patch", "stepback.dev", "rollbacks", "labelling requests that were made by hand"),
            new Permission("delete", "stepback.dev", "rollbacks", "deleting finished ones, see retention"),
            new Permission("update", "stepback.dev", "rollbacks/status", "recording progress"),
            new Permission("get", "stepback.dev", "rollbackgroups", "several targets at once"),
            new Permission("list", "stepback.dev", "rollbackgroups", "several targets at once"),
            new Permission("watch", "stepback.dev", "rollbackgroups", "several targets at once"),
            new Permission("create", "stepback.dev", "rollbackgroups", "accepting requests"),
            new Permission("update", "stepback.dev", "rollbackgroups", "recording approvals"),
            new Permission("delete", "stepback.dev", "rollbackgroups", "deleting finished ones, see retention"),
            new Permission("update", "stepback.dev", "rollbackgroups/status", "recording progress"));

    /** What belongs to no namespace. Where only chosen namespaces are served it is not granted: checks say what they miss. */
    public static final List<Permission> CLUSTER = List.of(
            new Permission("list", "", "nodes", "checking that a node takes the restored pods"),
            new Permission(
                    "get", "scheduling.k8s.io", "priorityclasses", "checking that a PriorityClass still exists"));

    /** The change that runs a data check. */
    public static final Permission RUN_CHECKS = new Permission("create", "batch", "jobs", "running data checks");

    /** What the bot needs besides, where {@code checks} are configured. */
    public static final List<Permission> DATA_CHECKS = List.of(
            new Permission("get", "batch", "jobs", "following data checks"),
            RUN_CHECKS,
            new Permission("delete", "batch", "jobs", "ending those of cancelled rollbacks"),
            new Permission("get", "", "pods/log", "showing what data checks said"));

    /** What the bot needs in the namespace of its Lease, where the locks are too. */
    public static final List<Permission> LEASE = List.of(
            new Permission("get", "coordination.k8s.io", "leases", "stepback", "electing a leader"),
            new Permission("update", "coordination.k8s.io", "leases", "stepback", "electing a leader"),
            new Permission("create", "coordination.k8s.io", "leases", "electing a leader"),
            new Permission("get", "", "configmaps", "stepback-locks", "the kill switch"),
            new Permission("update", "", "configmaps", "stepback-locks", "the kill switch"),
            new Permission("create", "", "configmaps", "the kill switch"),
            new Permission("create", "", "events", "Events about locks and the configuration"));

    /** As kubectl writes it: {@code patch deployments.apps}. */
    @Override
    public String toString() {
        int slash = resource.indexOf('/');
        String plural = slash < 0 ? resource : resource.substring(0, slash);
        String subresource = slash < 0 ? "" : resource.substring(slash);
        return verb + " " + plural + (group.isEmpty() ? "" : "." + group) + subresource
                + (name == null ? "" : " " + name);
    }
}
