package dev.stepback.sandbox.shop;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One workload of the shop.
 *
 * @param releases oldest first; the last one is what runs
 * @param settings applied to the Deployment at last, for what is special about it
 */
record Workload(
        String namespace,
        String name,
        int replicas,
        List<Release> releases,
        UnaryOperator<DeploymentBuilder> settings) {

    static Workload of(String namespace, String name, int replicas, Release... releases) {
        return new Workload(namespace, name, replicas, List.of(releases), UnaryOperator.identity());
    }

    Workload with(UnaryOperator<DeploymentBuilder> more) {
        return new Workload(namespace, name, replicas, releases, more);
    }

    /** The Deployment as it was at a release. */
    Deployment at(Release release) {
        DeploymentBuilder deployment = new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .addToLabels("app", name)
                .addToLabels("app.kubernetes.io/part-of", "shop")
                .addToAnnotations("kubernetes.io/change-cause", release.changeCause())
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withTemplate(PodSpecs.template(name, release))
                .endSpec();
        return settings.apply(deployment).build();
    }
}
