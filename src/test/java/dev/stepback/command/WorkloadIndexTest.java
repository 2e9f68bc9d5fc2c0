package dev.stepback.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.config.StepbackConfig;
import dev.stepback.sandbox.cluster.SandboxCluster;
import dev.stepback.stage.Clients;
import dev.stepback.stage.Stage;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkloadIndexTest {
    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final KubernetesClient client = Clients.of(cluster.kubeconfig());

    @SuppressWarnings("NullAway.Init") // every test starts it
    private Workloads index;

    @BeforeEach
    void shop() {
        for (String namespace : List.of("production", "staging", "other")) {
            client.resource(new NamespaceBuilder()
                            .withNewMetadata()
                            .withName(namespace)
                            .endMetadata()
                            .build())
                    .create();
        }
        deploy("production", "checkout");
        deploy("staging", "checkout");
        deploy("other", "checkout");
    }

    @AfterEach
    void close() {
        cluster.faults().clear();
        if (index != null) {
            index.close();
        }
        client.close();
        cluster.close();
    }

    @Test
    void workloadsThatAreThere_areKnown() {
        serving();

        assertThat(index.find(named("checkout")))
                .containsExactly(
                        target("other", "checkout"), target("production", "checkout"), target("staging", "checkout"));
        assertThat(index.find(named("nothing"))).isEmpty();
    }

    @Test
    void namespacesThatAreNotServed_areNotKnown() {
        serving("production", "staging");

        assertThat(index.find(named("checkout")))
                .containsExactly(target("production", "checkout"), target("staging", "checkout"));
        assertThat(index.find(new Wanted(Optional.of("other"), Optional.empty(), "checkout")))
                .isEmpty();
    }

    @Test
    void everyKind_isKnown_andToldApart() {
        apply("StatefulSet", "production", "checkout");
        apply("DaemonSet", "production", "agent");
        serving();

        assertThat(index.find(named("agent"))).containsExactly(new TargetRef("production", Kind.DAEMONSET, "agent"));
        assertThat(index.find(new Wanted(Optional.of("production"), Optional.empty(), "checkout")))
                .containsExactly(
                        target("production", "checkout"), new TargetRef("production", Kind.STATEFULSET, "checkout"));
        assertThat(index.find(new Wanted(Optional.empty(), Optional.of(Kind.STATEFULSET), "checkout")))
                .containsExactly(new TargetRef("production", Kind.STATEFULSET, "checkout"));
    }

    @Test
    void labels_selectAcrossKindsInTheNamespacesThatAreServed() {
        apply("StatefulSet", "production", "db");
        apply("DaemonSet", "staging", "agent");
        TargetRef db = new TargetRef("production", Kind.STATEFULSET, "db");
        TargetRef agent = new TargetRef("staging", Kind.DAEMONSET, "agent");
        label(client.apps().statefulSets().inNamespace("production").withName("db"));
        label(client.apps().daemonSets().inNamespace("staging").withName("agent"));
        label(client.apps().deployments().inNamespace("other").withName("checkout"));
        serving("production", "staging");

        assertThat(index.select(Optional.empty(), "release=1")).containsExactly(db, agent);
        assertThat(index.select(Optional.of("staging"), "release in (1, 2)")).containsExactly(agent);
        assertThat(index.select(Optional.of("other"), "release=1")).isEmpty();
        assertThat(index.select(Optional.empty(), "release=2")).isEmpty();
    }

    private static <T extends HasMetadata> void label(Resource<T> workload) {
        workload.edit(w -> {
            w.getMetadata().setLabels(Map.of("release", "1"));
            return w;
        });
    }

    private void apply(String kind, String namespace, String name) {
        String pods = "{matchLabels: {app: %s}}".formatted(name);
        String template =
                "{metadata: {labels: {app: %s}}, spec: {containers: [{name: app, image: 'app:1'}]}}".formatted(name);
        client.resource("""
            apiVersion: apps/v1
            kind: %s
            metadata: {name: %s, namespace: %s}
            spec: {selector: %s, template: %s}
            """.formatted(kind, name, namespace, pods, template)).create();
    }

    @Test
    void changes_areFollowed() {
        serving();

        deploy("production", "cart");
        awaitKnown("cart", true);
        client.apps()
                .deployments()
                .inNamespace("production")
                .withName("cart")
                .edit(d -> new DeploymentBuilder(d)
                        .editSpec()
                        .withReplicas(7)
                        .endSpec()
                        .build());
        delete("cart");
        awaitKnown("cart", false);
    }

    @Test
    void workloadThatIsNotKnownYet_isLookedUp() {
        serving();
        cluster.faults().fail(1_000_000, 500, "watch", null);
        cluster.faults().closeWatches();

        deploy("production", "new");

        assertThat(index.find(named("new"))).containsExactly(target("production", "new"));
    }

    @Test
    void brokenAndExpiredWatch_isMadeUpForByANewList() {
        serving();
        cluster.faults().fail(1_000_000, 503, "watch", null);
        cluster.faults().closeWatches();
        deploy("production", "cart");
        client.apps()
                .deployments()
                .inNamespace("production")
                .withName("checkout")
                .delete();
        cluster.faults().expireHistory();

        cluster.faults().clear();

        awaitKnown("cart", true);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> index.find(named("checkout")).size() == 2);
    }

    @Test
    void apiServerThatGoesAwayAndComesBack_isFollowedAgain() {
        serving();
        cluster.goAway();
        assertThat(index.suggest(named("checkout"), 9, t -> true)).hasSize(3);

        cluster.comeBack();
        deploy("production", "cart");

        awaitKnown("cart", true);
    }

    @Test
    void apiServerThatIsAwayAtTheStart_isWaitedFor() {
        cluster.faults().fail(1_000_000, 503);
        index = Workloads.start(client, serving(List.of()), new Nobody());
        assertThat(index.synced()).isFalse();

        cluster.faults().clear();

        await().atMost(Duration.ofSeconds(60)).until(index::synced);
        assertThat(index.find(named("checkout"))).hasSize(3);
    }

    @Test
    void objects_areForgottenButForTheirNames() {
        NamesOnly<Deployment> store = new NamesOnly<>(Kind.DEPLOYMENT, Deployment::new);
        Deployment large = new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace("production")
                .withName("checkout")
                .withResourceVersion("7")
                .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", "{…}")
                .addNewManagedField()
                .withManager("kubectl")
                .endManagedField()
                .endMetadata()
                .withNewSpec()
                .withReplicas(3)
                .endSpec()
                .build();

        store.put(store.getKey(large), large);

        Deployment kept = Objects.requireNonNull(store.get("production/checkout"));
        assertThat(kept.getMetadata().getResourceVersion()).isEqualTo("7");
        assertThat(kept.getMetadata().getManagedFields()).isEmpty();
        assertThat(kept.getMetadata().getAnnotations()).isNullOrEmpty();
        assertThat(kept.getSpec()).isNull();
        assertThat(store.isFullState()).isFalse();
    }

    private void serving(String... namespaces) {
        index = Workloads.start(client, serving(List.of(namespaces)), new Nobody());
        await().atMost(Duration.ofSeconds(30)).until(index::synced);
    }

    private static StepbackConfig serving(List<String> namespaces) {
        return Stage.config(StepbackConfig.Slack.Mode.SOCKET, namespaces, "default", List.of());
    }

    private static Wanted named(String name) {
        return new Wanted(Optional.empty(), Optional.empty(), name);
    }

    private void awaitKnown(String name, boolean known) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> index.suggest(named(name), 50, t -> true).contains(target("production", name)) == known);
    }

    private void deploy(String namespace, String name) {
        client.resource("""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %s, namespace: %s}
            spec:
              selector: {matchLabels: {app: x}}
              template:
                metadata: {labels: {app: x}}
                spec: {containers: [{name: x, image: "x:1"}]}
            """.formatted(name, namespace)).create();
    }

    private void delete(String name) {
        client.apps().deployments().inNamespace("production").withName(name).delete();
    }

    private static TargetRef target(String namespace, String name) {
        return new TargetRef(namespace, Kind.DEPLOYMENT, name);
    }

    private static final class Nobody implements ResourceEventHandler<HasMetadata> {
        @Override
        public void onAdd(HasMetadata added) {}

        @Override
        public void onUpdate(HasMetadata before, HasMetadata after) {}

        @Override
        public void onDelete(HasMetadata deleted, boolean unknown) {}
    }
}
