package dev.stepback.stage;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;

/** Ships images, as a pipeline would. */
public final class Releases {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(20);

    private final KubernetesClient client;
    private final String namespace;

    Releases(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** Rolls a Deployment through these images, waiting for each but the last, and for the last one's revision. */
    public void ship(String name, int replicas, String... images) {
        for (int i = 0; i < images.length; i++) {
            release(name, replicas, images[i]);
            if (i + 1 < images.length) {
                awaitRolledOut(name, images[i]);
            }
        }
        String revision = String.valueOf(images.length);
        await().pollInterval(POLL).atMost(PATIENCE).until(() -> revision.equals(revisionOf(name)));
    }

    /** Makes the Deployment, or changes its template. */
    public void release(String name, int replicas, String image) {
        Deployment wanted = wanted(name, replicas, image);
        if (client.resource(wanted).get() == null) {
            client.resource(wanted).create();
            return;
        }
        Edits.untilNobodyWasFaster(() -> client.apps()
                .deployments()
                .inNamespace(namespace)
                .withName(name)
                .edit(d -> new DeploymentBuilder(d)
                        .editMetadata()
                        .addToAnnotations("kubernetes.io/change-cause", "ship " + image)
                        .endMetadata()
                        .editSpec()
                        .withTemplate(wanted.getSpec().getTemplate())
                        .endSpec()
                        .build()));
    }

    private Deployment wanted(String name, int replicas, String image) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .addToAnnotations("kubernetes.io/change-cause", "ship " + image)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(1L)
                .addNewContainer()
                .withName(name)
                .withImage(image)
                .addNewEnv()
                .withName("DATABASE_PASSWORD")
                .withValue("hunter2-" + image.hashCode())
                .endEnv()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    public void awaitRolledOut(String name, String image) {
        await().pollInterval(POLL).atMost(PATIENCE).until(() -> {
            Deployment d = deployment(name);
            Integer wanted = d.getSpec().getReplicas();
            return image(d).equals(image)
                    && d.getStatus() != null
                    && d.getMetadata().getGeneration().equals(d.getStatus().getObservedGeneration())
                    && wanted.equals(d.getStatus().getAvailableReplicas())
                    && wanted.equals(d.getStatus().getUpdatedReplicas())
                    && wanted.equals(d.getStatus().getReplicas());
        });
    }

    public Deployment deployment(String name) {
        return client.apps().deployments().inNamespace(namespace).withName(name).require();
    }

    public String image(String name) {
        return image(deployment(name));
    }

    private static String image(Deployment deployment) {
        return deployment
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
    }

    private String revisionOf(String name) {
        var annotations = deployment(name).getMetadata().getAnnotations();
        return annotations == null ? "" : annotations.getOrDefault("deployment.kubernetes.io/revision", "");
    }
}
