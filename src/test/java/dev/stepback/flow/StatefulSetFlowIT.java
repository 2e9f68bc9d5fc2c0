package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static dev.stepback.flow.Scene.ts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A StatefulSet that its own rollout broke, from Slack, with the permissions of the manifests. */
class StatefulSetFlowIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String GOOD = "shop.example/mysql:8.0";
    private static final String BAD = "shop.example/mysql:8.4-unready";

    private Scene scene;

    @BeforeEach
    void start() throws Exception {
        scene = Scene.start(Mode.SOCKET);
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(scene.people.violations()).isEmpty();
        scene.close();
    }

    @Test
    void stuckPod_isNamedOnTheCard_andDeletedOnceApproved() {
        brokenDatabase();

        scene.people.command("responder", INCIDENTS, "/rollback sts/db because orders fail");
        ObjectNode card = scene.awaitCard("AwaitingApproval");
        assertThat(card.toString())
                .contains("Pod db-2 is stuck on the broken revision; it will be deleted")
                .contains("volumes are not rolled back")
                .contains("is a downgrade over existing data");
        scene.people.action("lead", INCIDENTS, ts(card), "approve");

        scene.awaitCard("Succeeded");
        assertThat(pods()).hasSize(3).allMatch(pod -> image(pod).equals(GOOD));
    }

    @Test
    void byPartition_stoppedHere_standsStill_andRetryGoesOn() {
        brokenDatabase();

        scene.people.command("responder", INCIDENTS, "/rollback sts/db by partition because orders fail");
        ObjectNode card = scene.awaitCard("AwaitingApproval");
        assertThat(card.toString())
                .contains("hold all pods back at first (partition 0 → 3)")
                .contains("Replace db-2 down to db-0 one by one, each once the one before has been ready for 10 s");
        scene.people.action("lead", INCIDENTS, ts(card), "approve");
        scene.awaitCard("Waiting for pod db-2 to be ready for 10 s");
        scene.people.action("lead", INCIDENTS, ts(card), "stop_here");

        ObjectNode stopped = scene.awaitCard("whatever is deployed (partition 0 → 2).");
        assertThat(scene.client
                        .apps()
                        .statefulSets()
                        .inNamespace(scene.namespace)
                        .withName("db")
                        .require()
                        .getSpec()
                        .getUpdateStrategy()
                        .getRollingUpdate()
                        .getPartition())
                .isEqualTo(2);
        scene.people.action("responder", INCIDENTS, ts(stopped), "retry");
        assertThat(scene.awaitCard("AwaitingApproval").toString())
                .contains("hold all pods back at first (partition 0 → 3)");
    }

    private void brokenDatabase() {
        scene.client.resource("""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, namespace: %s}
            spec:
              replicas: 3
              serviceName: db
              selector: {matchLabels: {app: db}}
              template:
                metadata: {labels: {app: db}}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers: [{name: mysql, image: '%s', volumeMounts: [{name: data, mountPath: /var/lib/mysql}]}]
              volumeClaimTemplates:
              - metadata: {name: data}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """.formatted(scene.namespace, GOOD)).create();
        await().atMost(PATIENCE).until(() -> ready() == 3);
        scene.client
                .apps()
                .statefulSets()
                .inNamespace(scene.namespace)
                .withName("db")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        ("{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"mysql\",\"image\":\"%s\","
                                        + "\"volumeMounts\":[{\"name\":\"data\",\"mountPath\":\"/var/lib/mysql\"}]}]}}}}")
                                .formatted(BAD));
        await().atMost(PATIENCE)
                .until(() -> pods().size() == 3 && image(pods().get(2)).equals(BAD));
    }

    private long ready() {
        return pods().stream()
                .filter(pod -> pod.getStatus() != null
                        && pod.getStatus().getConditions().stream()
                                .anyMatch(c -> c.getType().equals("Ready")
                                        && c.getStatus().equals("True")))
                .count();
    }

    private List<Pod> pods() {
        return scene.client.pods().inNamespace(scene.namespace).withLabel("app", "db").list().getItems().stream()
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
                .toList();
    }

    private static String image(Pod pod) {
        return pod.getSpec().getContainers().get(0).getImage();
    }
}
