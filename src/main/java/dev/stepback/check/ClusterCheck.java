package dev.stepback.check;

import dev.stepback.config.StepbackConfig;
import dev.stepback.rollback.Rollback;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Asks the API server whether the bot may do what it needs to. */
public final class ClusterCheck {
    private static final String AREA = "cluster";

    private final KubernetesClient client;
    private final StepbackConfig.Kubernetes config;
    private final boolean dataChecks;

    public ClusterCheck(KubernetesClient client, StepbackConfig config) {
        this.client = client;
        this.config = config.kubernetes();
        this.dataChecks = !config.checks().isEmpty();
    }

    /** One row for the connection, one for the custom resource, one for each permission. Changes nothing. */
    public List<Row> run() {
        List<Row> rows = new ArrayList<>();
        try {
            String version = client.getKubernetesVersion().getGitVersion();
            rows.add(new Row(AREA, "connection", true, client.getMasterUrl() + " " + version));
        } catch (KubernetesClientException e) {
            rows.add(new Row(AREA, "connection", false, client.getMasterUrl() + ": " + firstLine(e) + hint()));
            return rows;
        }
        rows.add(customResource());
        if (config.namespaces().isEmpty()) {
            own().forEach(p -> rows.add(permission(p, null)));
            Permission.CLUSTER.forEach(p -> rows.add(permission(p, null)));
        } else {
            for (String namespace : config.namespaces()) {
                own().forEach(p -> rows.add(permission(p, namespace)));
            }
        }
        String leaseNamespace = config.leaseNamespace() != null ? config.leaseNamespace() : client.getNamespace();
        Permission.LEASE.forEach(p -> rows.add(permission(p, leaseNamespace)));
        PeopleCheck people = new PeopleCheck(client, config.people());
        people.needed().forEach(n -> rows.add(permission(n.permission(), n.namespace())));
        if (people.needsUsers()) {
            rows.add(users(people));
        }
        return rows;
    }

    /** With impersonation the change itself needs no permission of the bot's. */
    private List<Permission> own() {
        boolean asPeople = config.people().impersonate();
        return Stream.concat(
                        Permission.ALL.stream(),
                        dataChecks ? Permission.DATA_CHECKS.stream() : Stream.<Permission>empty())
                .filter(p -> !asPeople || !(Permission.CHANGES.contains(p) || p.equals(Permission.RUN_CHECKS)))
                .toList();
    }

    private static Row users(PeopleCheck people) {
        try {
            return people.users(AREA);
        } catch (KubernetesClientException e) {
            return new Row(AREA, "impersonate users", false, "could not be asked: " + firstLine(e));
        }
    }

    /** The client falls back to an address that exists in clusters only. */
    private String hint() {
        boolean configured = client.getConfiguration().getCurrentContext() != null
                || client.getConfiguration().getOauthToken() != null;
        return configured ? "" : "; no kubeconfig was found; set KUBECONFIG";
    }

    private Row customResource() {
        String item = "custom resource Rollback";
        String namespace = config.namespaces().isEmpty()
                ? client.getNamespace()
                : config.namespaces().get(0);
        try {
            client.resources(Rollback.class)
                    .inNamespace(namespace)
                    .list(new ListOptionsBuilder().withLimit(1L).build());
            return new Row(AREA, item, true, "installed");
        } catch (KubernetesClientException e) {
            String detail = e.getCode() == 404 ? "not installed; kubectl apply -k k8s-manifests" : firstLine(e);
            return new Row(AREA, item, false, detail);
        }
    }

    private Row permission(Permission permission, @Nullable String namespace) {
        String item = permission + (namespace == null ? "" : " -n " + namespace);
        try {
            SelfSubjectAccessReview answer =
                    client.resource(review(permission, namespace)).create();
            boolean allowed = Boolean.TRUE.equals(answer.getStatus().getAllowed());
            return new Row(AREA, item, allowed, allowed ? "" : "denied; needed for " + permission.why());
        } catch (KubernetesClientException e) {
            return new Row(AREA, item, false, "could not be asked: " + firstLine(e));
        }
    }

    private static SelfSubjectAccessReview review(Permission permission, @Nullable String namespace) {
        String[] resource = permission.resource().split("/", 2);
        return new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withVerb(permission.verb())
                .withGroup(permission.group())
                .withResource(resource[0])
                .withSubresource(resource.length > 1 ? resource[1] : null)
                .withNamespace(namespace)
                .withName(permission.name())
                .endResourceAttributes()
                .endSpec()
                .build();
    }

    /** What the API server said; when it said nothing, what kept it from being reached. */
    private static String firstLine(KubernetesClientException e) {
        Throwable said = e;
        while (e.getStatus() == null && said.getCause() != null) {
            said = said.getCause();
        }
        String message =
                said.getMessage() == null ? "not reached, " + said.getClass().getSimpleName() : said.getMessage();
        return message.lines().findFirst().orElse(message);
    }
}
