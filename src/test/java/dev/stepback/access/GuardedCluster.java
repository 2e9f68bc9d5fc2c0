package dev.stepback.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.stepback.sandbox.BotAccount;
import dev.stepback.sandbox.cluster.RecordedRequest;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.sandbox.cluster.controller.Controllers;
import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import dev.stepback.stage.Clients;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** A cluster in which everybody, the bot too, may do only what is granted. */
public final class GuardedCluster implements AutoCloseable {
    public final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    public final KubernetesClient admin = client(cluster.kubeconfig());
    /** With the permissions of the manifests. */
    public final KubernetesClient bot;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    public GuardedCluster() {
        try {
            bot = client(BotAccount.install(cluster));
            create("/k8s-manifests/crd-rollbacks.stepback.dev-v1.yaml");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        parts.push(Controllers.start(cluster.store(), Clock.systemUTC(), KubeletTiming.fast()));
        for (String namespace : List.of("production", "staging")) {
            apply("{kind: Namespace, apiVersion: v1, metadata: {name: %s}}".formatted(namespace));
        }
    }

    public static KubernetesClient client(String kubeconfig) {
        return Clients.impatient(kubeconfig);
    }

    private void create(String manifest) throws IOException {
        ObjectNode crd = new YAMLMapper().readValue(Path.of(".", manifest).toFile(), ObjectNode.class);
        cluster.store().create("customresourcedefinitions.apiextensions.k8s.io", crd);
    }

    public void apply(String yaml) {
        // Without the marker, text that begins with a brace is taken for JSON.
        admin.resource("---\n" + yaml).serverSideApply();
    }

    /** Lets the bot impersonate these users and groups and nobody else. */
    public void mayImpersonate(List<String> users, List<String> groups) {
        role(
                "impersonator",
                rule("''", "users", users) + (groups.isEmpty() ? "" : ", " + rule("''", "groups", groups)));
        bind("impersonator", "User", BotAccount.USER, "");
    }

    /** Lets the bot ask what others may do. */
    public void mayReview() {
        role("reviewer", "{apiGroups: [authorization.k8s.io], resources: [subjectaccessreviews], verbs: [create]}");
        bind("reviewer", "User", BotAccount.USER, "");
    }

    private static String rule(String group, String resource, List<String> names) {
        return "{apiGroups: [%s], resources: [%s], resourceNames: [%s], verbs: [impersonate]}"
                .formatted(
                        group,
                        resource,
                        String.join(", ", names.stream().map(n -> "'" + n + "'").toList()));
    }

    public void role(String name, String rules) {
        apply("{kind: ClusterRole, apiVersion: rbac.authorization.k8s.io/v1, metadata: {name: %s}, rules: [%s]}"
                .formatted(name, rules));
    }

    /**
     * @param kind User or Group
     * @param namespace empty for everywhere
     */
    public void bind(String role, String kind, String name, String namespace) {
        apply("""
            kind: %s
            apiVersion: rbac.authorization.k8s.io/v1
            metadata: {name: '%s'%s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %s}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: %s, name: '%s'}]
            """.formatted(
                        namespace.isEmpty() ? "ClusterRoleBinding" : "RoleBinding",
                        bindingName(role, name),
                        namespace.isEmpty() ? "" : ", namespace: " + namespace,
                        role,
                        kind,
                        name));
    }

    public void unbind(String role, String name, String namespace) {
        if (namespace.isEmpty()) {
            admin.rbac().clusterRoleBindings().withName(bindingName(role, name)).delete();
        } else {
            admin.rbac()
                    .roleBindings()
                    .inNamespace(namespace)
                    .withName(bindingName(role, name))
                    .delete();
        }
    }

    private static String bindingName(String role, String name) {
        return role + "-" + name.toLowerCase(Locale.ROOT).replace(':', '-');
    }

    /** A Deployment that ran these images one after the other, without pods. */
    public void deployed(String namespace, String name, String... images) {
        for (int i = 0; i < images.length; i++) {
            apply("""
                kind: Deployment
                apiVersion: apps/v1
                metadata: {name: %s, namespace: %s}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: %s}}
                  template:
                    metadata: {labels: {app: %s}}
                    spec: {containers: [{name: app, image: '%s'}]}
                """.formatted(name, namespace, name, name, images[i]));
            String revision = Integer.toString(i + 1);
            admin.apps()
                    .deployments()
                    .inNamespace(namespace)
                    .withName(name)
                    .waitUntilCondition(
                            d -> d != null
                                    && revision.equals(Objects.requireNonNullElse(
                                                    d.getMetadata().getAnnotations(), Map.<String, String>of())
                                            .get("deployment.kubernetes.io/revision")),
                            30,
                            TimeUnit.SECONDS);
        }
        cluster.clearRequests();
    }

    public String image(String namespace, String name) {
        return admin.apps()
                .deployments()
                .inNamespace(namespace)
                .withName(name)
                .get()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
    }

    /** Who sent such requests since the last release, in the order of the requests, without repetitions. */
    public List<String> users(String verb, String resource) {
        return cluster.requests().stream()
                .filter(r -> r.verb().equals(verb) && r.resource().equals(resource) && !r.isDryRun())
                .map(RecordedRequest::user)
                .distinct()
                .toList();
    }

    @Override
    public void close() throws Exception {
        admin.close();
        bot.close();
        while (!parts.isEmpty()) {
            parts.pop().close();
        }
        cluster.close();
    }
}
