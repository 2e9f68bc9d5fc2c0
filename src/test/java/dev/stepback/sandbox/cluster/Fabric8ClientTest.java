package dev.stepback.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.stepback.stage.Clients;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class Fabric8ClientTest {
    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final KubernetesClient client = Clients.of(cluster.kubeconfig());

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void objects_goThereAndBack() {
        client.resource(configMap("a", "1")).create();
        client.configMaps()
                .inNamespace("default")
                .withName("a")
                .edit(map -> new ConfigMapBuilder(map).addToData("k", "2").build());

        assertThat(client.configMaps()
                        .inNamespace("default")
                        .withName("a")
                        .get()
                        .getData())
                .containsEntry("k", "2");
        assertThat(client.configMaps().inAnyNamespace().list().getItems()).hasSize(1);
        client.configMaps().inNamespace("default").withName("a").delete();
        assertThat(client.configMaps().inNamespace("default").withName("a").get())
                .isNull();
    }

    @Test
    void watches_areToldEverything() {
        List<String> seen = new CopyOnWriteArrayList<>();
        client.configMaps().inNamespace("default").watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, ConfigMap map) {
                seen.add(action + " " + map.getMetadata().getName());
            }

            @Override
            public void onClose(WatcherException cause) {}
        });
        client.resource(configMap("a", "1")).create();
        client.resource(configMap("a", "2")).update();
        client.resource(configMap("a", "2")).delete();

        await().untilAsserted(() -> assertThat(seen).containsExactly("ADDED a", "MODIFIED a", "DELETED a"));
    }

    @Test
    void informers_surviveClosedWatchesAndForgottenHistory() {
        client.resource(configMap("a", "1")).create();
        try (SharedIndexInformer<ConfigMap> informer =
                client.configMaps().inNamespace("default").inform()) {
            assertThat(informer.getIndexer().list()).hasSize(1);

            cluster.faults().closeWatches();
            client.resource(configMap("b", "1")).create();
            await().untilAsserted(() -> assertThat(informer.getIndexer().list()).hasSize(2));

            cluster.faults().expireHistory();
            cluster.faults().closeWatches();
            client.resource(configMap("c", "1")).create();
            await().untilAsserted(() -> assertThat(informer.getIndexer().list()).hasSize(3));
        }
    }

    @Test
    void aFailedJsonPatchTest_is422AndTheConnectionLives() {
        client.resource(deployment("web")).create();

        assertThatThrownBy(() -> client.apps()
                        .deployments()
                        .inNamespace("default")
                        .withName("web")
                        .patch(
                                PatchContext.of(PatchType.JSON),
                                "[{\"op\":\"test\",\"path\":\"/metadata/uid\",\"value\":\"x\"}]"))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        failure -> assertThat(failure.getCode()).isEqualTo(422));
        assertThat(client.apps()
                        .deployments()
                        .inNamespace("default")
                        .withName("web")
                        .get())
                .isNotNull();
    }

    @Test
    void serverSideApply_andStatusUpdates_work() {
        Deployment applied = client.resource(deployment("web"))
                .fieldManager("tester")
                .forceConflicts()
                .serverSideApply();
        assertThat(applied.getMetadata().getManagedFields().get(0).getOperation())
                .isEqualTo("Apply");

        applied.setStatus(new DeploymentStatusBuilder().withReplicas(1).build());
        assertThat(client.resource(applied).updateStatus().getStatus().getReplicas())
                .isEqualTo(1);
        assertThatThrownBy(() -> client.resource(withVersion(applied, "1")).updateStatus())
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        failure -> assertThat(failure.getCode()).isEqualTo(409));
    }

    @Test
    void accessReviews_followTheDenyRules() {
        cluster.faults().deny("patch", "deployments.apps");

        assertThat(review("patch").getStatus().getAllowed()).isFalse();
        assertThat(review("get").getStatus().getAllowed()).isTrue();
    }

    @Test
    void faults_areSeenOnceEach() {
        cluster.faults().fail(1, 403, "list", "configmaps");

        assertThatThrownBy(() -> client.configMaps().inNamespace("default").list())
                .isInstanceOf(KubernetesClientException.class);
        assertThat(client.configMaps().inNamespace("default").list().getItems()).isEmpty();
    }

    @Test
    void aLeader_isElectedOnALease() {
        CompletableFuture<String> leader = new CompletableFuture<>();
        CompletableFuture<?> election = client.leaderElector()
                .withConfig(new LeaderElectionConfigBuilder()
                        .withName("test")
                        .withLeaseDuration(Duration.ofSeconds(5))
                        .withRenewDeadline(Duration.ofSeconds(3))
                        .withRetryPeriod(Duration.ofMillis(200))
                        .withReleaseOnCancel()
                        .withLock(new LeaseLock("default", "leader", "me"))
                        .withLeaderCallbacks(new LeaderCallbacks(() -> {}, () -> {}, leader::complete))
                        .build())
                .build()
                .start();

        await().until(leader::isDone);
        assertThat(leader).isCompletedWithValue("me");
        assertThat(client.leases().inNamespace("default").withName("leader").get())
                .isNotNull();
        election.cancel(true);
        // The client leaves the holder's name and gives the lease one more second.
        await().until(() -> client.leases()
                        .inNamespace("default")
                        .withName("leader")
                        .get()
                        .getSpec()
                        .getLeaseDurationSeconds()
                == 1);
    }

    @Test
    void requests_areRecorded() {
        client.resource(deployment("web")).create();
        client.apps().deployments().inNamespace("default").withName("web").scale(2);

        assertThat(cluster.requests()).anySatisfy(request -> {
            assertThat(request.verb()).isEqualTo("create");
            assertThat(request.resource()).isEqualTo("deployments.apps");
            assertThat(request.namespace()).isEqualTo("default");
        });
    }

    private SelfSubjectAccessReview review(String verb) {
        return client.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withNewResourceAttributes()
                        .withGroup("apps")
                        .withResource("deployments")
                        .withVerb(verb)
                        .withNamespace("default")
                        .endResourceAttributes()
                        .endSpec()
                        .build());
    }

    private static Deployment withVersion(Deployment deployment, String version) {
        return new DeploymentBuilder(deployment)
                .editMetadata()
                .withResourceVersion(version)
                .endMetadata()
                .build();
    }

    private static ConfigMap configMap(String name, String value) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("default")
                .endMetadata()
                .addToData("k", value)
                .build();
    }

    private static Deployment deployment(String name) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("app")
                .withImage("app:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }
}
