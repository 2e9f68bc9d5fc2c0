package dev.stepback.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.stage.Stage;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Json;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A namespace with 1,000 workloads, half of them Deployments and half StatefulSets, each with 10 revisions, a Service and a
 * ConfigMap; every second one with an autoscaler and a disruption budget, as far as the cluster serves them. On the sandbox,
 * without controllers, each has two pods; on a real cluster all are scaled to 0.
 */
final class CrowdedNamespace implements AutoCloseable {
    static final int WORKLOADS = 1000;
    static final int REVISIONS = 10;
    private static final int VARIABLES = 25;
    private static final int THREADS = 8;

    private final Optional<SandboxCluster> sandbox;
    private final KubernetesClient client;
    private final ApiServer api;
    private final boolean autoscaling;
    private final boolean policy;
    private final String namespace = "bench-" + UUID.randomUUID().toString().substring(0, 8);

    private CrowdedNamespace() {
        sandbox = Stage.isReal() ? Optional.empty() : Optional.of(SandboxCluster.start(0, Clock.systemUTC()));
        Config config = sandbox.map(cluster -> Config.fromKubeconfig(cluster.kubeconfig()))
                .orElseGet(() -> Config.fromKubeconfig(
                        new File(Stage.realCluster().orElseThrow().toString())));
        client = new KubernetesClientBuilder().withConfig(config).build();
        api = new ApiServer(client, Optional.empty());
        autoscaling = client.supports("autoscaling/v2", "HorizontalPodAutoscaler");
        policy = client.supports("policy/v1", "PodDisruptionBudget");
    }

    static CrowdedNamespace fill() throws IOException, InterruptedException {
        CrowdedNamespace crowded = new CrowdedNamespace();
        crowded.create("/api/v1/namespaces", object("v1", "Namespace", crowded.namespace));
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < WORKLOADS; i++) {
            TargetRef ref = crowded.workload(i);
            all.add(threads.submit(() -> crowded.add(ref)));
        }
        threads.shutdown();
        for (Future<?> one : all) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new IOException("the namespace cannot be filled", e.getCause());
            }
        }
        return crowded;
    }

    KubernetesClient client() {
        return client;
    }

    /** The workload of this number; even ones are Deployments. */
    TargetRef workload(int i) {
        return new TargetRef(namespace, i % 2 == 0 ? Kind.DEPLOYMENT : Kind.STATEFULSET, "service-" + i);
    }

    /** How many requests that takes; not known of a real cluster. */
    Optional<Integer> requests(Runnable work) {
        sandbox.ifPresent(SandboxCluster::clearRequests);
        work.run();
        return sandbox.map(cluster -> cluster.requests().size());
    }

    private void add(TargetRef ref) {
        ObjectNode workload = object("apps/v1", ref.kind().apiName(), ref.name());
        ObjectNode spec = spec(workload, ref.name());
        spec.put("replicas", sandbox.isPresent() ? 2 : 0).set("template", template(ref, REVISIONS));
        String owner = ref.kind() == Kind.DEPLOYMENT ? deployment(ref, workload) : statefulSet(ref, workload);
        core("services", service(ref));
        ObjectNode map = object("v1", "ConfigMap", ref.name());
        map.putObject("data").put("key", "value");
        core("configmaps", map);
        boolean second = ref.name().hashCode() % 2 == 0;
        if (second && autoscaling) {
            create("/apis/autoscaling/v2", "horizontalpodautoscalers", autoscaler(ref));
        }
        if (second && policy) {
            ObjectNode budget = object("policy/v1", "PodDisruptionBudget", ref.name());
            spec(budget, ref.name()).put("minAvailable", 1);
            create("/apis/policy/v1", "poddisruptionbudgets", budget);
        }
        for (int i = 0; sandbox.isPresent() && i < 2; i++) {
            core("pods", pod(ref, owner, i));
        }
    }

    /** The uid of what owns its pods. */
    private String deployment(TargetRef ref, ObjectNode deployment) {
        annotate(deployment, REVISIONS);
        // A controller must not make a ReplicaSet of its own before all are there.
        ((ObjectNode) deployment.path("spec")).put("paused", sandbox.isEmpty());
        ObjectNode live = create("/apis/apps/v1", "deployments", deployment);
        String newest = "";
        for (int revision = 1; revision <= REVISIONS; revision++) {
            ObjectNode set = object("apps/v1", "ReplicaSet", ref.name() + "-" + revision);
            owned(set, "Deployment", ref.name(), Json.uid(live));
            annotate(set, revision);
            String hash = "h" + revision;
            ObjectNode spec = spec(set, ref.name());
            ((ObjectNode) spec.at("/selector/matchLabels")).put("pod-template-hash", hash);
            ObjectNode template = revision == REVISIONS
                    ? (ObjectNode) live.at("/spec/template").deepCopy()
                    : template(ref, revision);
            ((ObjectNode) template.at("/metadata/labels")).put("pod-template-hash", hash);
            ((ObjectNode) set.at("/metadata"))
                    .putObject("labels")
                    .put("app", ref.name())
                    .put("pod-template-hash", hash);
            spec.put("replicas", revision == REVISIONS && sandbox.isPresent() ? 2 : 0)
                    .set("template", template);
            newest = Json.uid(create("/apis/apps/v1", "replicasets", set));
        }
        if (sandbox.isEmpty()) {
            touch("deployments", ref, "/spec/paused", Json.parse("false"));
        }
        return newest;
    }

    private String statefulSet(TargetRef ref, ObjectNode set) {
        ((ObjectNode) set.path("spec")).put("serviceName", ref.name());
        ObjectNode live = create("/apis/apps/v1", "statefulsets", set);
        // Of the present template a controller has made one by itself, and gives it the highest number when it looks
        // again.
        int made = sandbox.isPresent() ? REVISIONS : REVISIONS - 1;
        for (int revision = 1; revision <= made; revision++) {
            ObjectNode stored = object("apps/v1", "ControllerRevision", ref.name() + "-" + revision);
            stored.put("revision", revision);
            ((ObjectNode) stored.path("metadata")).putObject("labels").put("app", ref.name());
            owned(stored, "StatefulSet", ref.name(), Json.uid(live));
            ObjectNode template = revision == REVISIONS
                    ? (ObjectNode) live.at("/spec/template").deepCopy()
                    : template(ref, revision);
            template.put("$patch", "replace");
            stored.putObject("data").putObject("spec").set("template", template);
            create("/apis/apps/v1", "controllerrevisions", stored);
        }
        if (sandbox.isEmpty()) {
            touch("statefulsets", ref, "/metadata/labels", Json.object().put("app", ref.name()));
        }
        return Json.uid(live);
    }

    /** Changes a field, so that the controller looks at what has been made meanwhile. */
    private void touch(String resource, TargetRef ref, String path, JsonNode value) {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        patch.addObject().put("op", "add").put("path", path).set("value", value);
        api.patch("/apis/apps/v1/namespaces/" + namespace + "/" + resource + "/" + ref.name(), patch, false);
    }

    private static ObjectNode pod(TargetRef ref, String owner, int i) {
        ObjectNode pod = object("v1", "Pod", ref.name() + "-" + REVISIONS + "-" + i);
        ObjectNode template = template(ref, REVISIONS);
        ((ObjectNode) template.at("/metadata/labels"))
                .put("pod-template-hash", "h" + REVISIONS)
                .put("controller-revision-hash", ref.name() + "-" + REVISIONS);
        ((ObjectNode) pod.path("metadata")).set("labels", template.at("/metadata/labels"));
        pod.set("spec", template.path("spec"));
        boolean deployment = ref.kind() == Kind.DEPLOYMENT;
        owned(
                pod,
                deployment ? "ReplicaSet" : "StatefulSet",
                deployment ? ref.name() + "-" + REVISIONS : ref.name(),
                owner);
        return pod;
    }

    private static ObjectNode service(TargetRef ref) {
        ObjectNode service = object("v1", "Service", ref.name());
        ObjectNode spec = service.putObject("spec");
        spec.putObject("selector").put("app", ref.name());
        spec.putArray("ports").addObject().put("port", 80);
        return service;
    }

    private static ObjectNode autoscaler(TargetRef ref) {
        ObjectNode autoscaler = object("autoscaling/v2", "HorizontalPodAutoscaler", ref.name());
        autoscaler
                .putObject("spec")
                .put("minReplicas", 1)
                .put("maxReplicas", 5)
                .putObject("scaleTargetRef")
                .put("apiVersion", "apps/v1")
                .put("kind", ref.kind().apiName())
                .put("name", ref.name());
        return autoscaler;
    }

    private static ObjectNode template(TargetRef ref, int revision) {
        ObjectNode template = Json.object();
        template.putObject("metadata").putObject("labels").put("app", ref.name());
        ObjectNode container = template.putObject("spec").putArray("containers").addObject();
        container.put("name", "app").put("image", "registry.example/" + ref.name() + ":1." + revision);
        container.putArray("envFrom").addObject().putObject("configMapRef").put("name", ref.name());
        for (int v = 0; v < VARIABLES; v++) {
            container.withArray("env").addObject().put("name", "SETTING_" + v).put("value", "setting-" + v);
        }
        return template;
    }

    private static ObjectNode object(String version, String kind, String name) {
        ObjectNode object = Json.object().put("apiVersion", version).put("kind", kind);
        object.putObject("metadata").put("name", name);
        return object;
    }

    private static ObjectNode spec(ObjectNode object, String app) {
        ObjectNode spec = object.putObject("spec");
        spec.putObject("selector").putObject("matchLabels").put("app", app);
        return spec;
    }

    private static void annotate(ObjectNode object, int revision) {
        ((ObjectNode) object.path("metadata"))
                .putObject("annotations")
                .put("deployment.kubernetes.io/revision", String.valueOf(revision));
    }

    private static void owned(ObjectNode object, String kind, String name, String uid) {
        ((ObjectNode) object.path("metadata"))
                .putArray("ownerReferences")
                .addObject()
                .put("apiVersion", "apps/v1")
                .put("kind", kind)
                .put("name", name)
                .put("uid", uid)
                .put("controller", true)
                .put("blockOwnerDeletion", true);
    }

    private void core(String resource, JsonNode object) {
        create("/api/v1", resource, object);
    }

    private ObjectNode create(String group, String resource, JsonNode object) {
        return create(group + "/namespaces/" + namespace + "/" + resource, object);
    }

    private ObjectNode create(String path, JsonNode object) {
        return api.create(path, object);
    }

    @Override
    public void close() throws Exception {
        if (sandbox.isEmpty()) {
            client.namespaces().withName(namespace).delete();
        }
        client.close();
        sandbox.ifPresent(SandboxCluster::close);
    }
}
