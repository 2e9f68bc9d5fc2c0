package dev.stepback;

import dev.stepback.access.ClusterAccess;
import dev.stepback.access.ClusterAccess.Mode;
import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.policy.Directory;
import dev.stepback.policy.PolicySource;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.authorization.ClusterAuthorizer;
import dev.stepback.rollback.authorization.PolicyAuthorizer;
import dev.stepback.rollback.lock.AuditedLocks;
import dev.stepback.rollback.lock.KubernetesLocks;
import dev.stepback.rollback.lock.LockMap;
import dev.stepback.rollback.lock.Locks;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who may do what, put together. */
record Access(Authorizer authorizer, Locks locks) {

    static Access of(
            PolicySource policies,
            Directory directory,
            StepbackConfig config,
            KubernetesClient client,
            List<TargetType> targets,
            Audit audit,
            Clock clock) {
        LockMap locks = new LockMap(client, ownNamespace(config, client));
        Authorizer policy = new PolicyAuthorizer(
                policies,
                directory,
                locks::state,
                cluster(config, client),
                config.kubernetes().namespaces(),
                target -> labels(targets, target),
                clock);
        StepbackConfig.People people = config.kubernetes().people();
        Authorizer authorizer = people.impersonate() || people.reviewAccess()
                ? new ClusterAuthorizer(
                        policy,
                        new ClusterAccess(
                                people.impersonate() ? Mode.IMPERSONATE : Mode.REVIEW,
                                people.identities(),
                                directory,
                                client,
                                clock))
                : policy;
        return new Access(authorizer, new AuditedLocks(new KubernetesLocks(locks, authorizer, clock), audit));
    }

    private static Optional<Map<String, String>> labels(List<TargetType> targets, TargetRef target) {
        return targets.stream()
                .filter(type -> type.kind() == target.kind())
                .findFirst()
                .flatMap(type -> type.labels(target));
    }

    /** Where the Lease is, the locks are too. */
    static String ownNamespace(StepbackConfig config, KubernetesClient client) {
        String configured = config.kubernetes().leaseNamespace();
        String own = client.getNamespace();
        return configured != null ? configured : own != null ? own : "default";
    }

    /** What is configured, or what the kubeconfig calls the cluster; in a pod there is none. */
    static String cluster(StepbackConfig config, KubernetesClient client) {
        String configured = config.kubernetes().cluster();
        if (configured != null) {
            return configured;
        }
        NamedContext context = client.getConfiguration().getCurrentContext();
        String name = context == null || context.getContext() == null
                ? null
                : context.getContext().getCluster();
        return name == null ? "in-cluster" : name;
    }
}
