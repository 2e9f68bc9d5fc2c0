package dev.stepback.sandbox.shop;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;

/** What all pods of the shop have in common. */
final class PodSpecs {
    private static final String REGISTRY = "registry.shop.example/";
    private static final int PORT = 8080;

    private PodSpecs() {}

    static PodTemplateSpec template(String name, Release release) {
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .addToLabels("app", name)
                .addToLabels("app.kubernetes.io/part-of", "shop")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName(name)
                .withImage(REGISTRY + name + ":" + release.tag())
                .addNewPort()
                .withName("http")
                .withContainerPort(PORT)
                .withProtocol("TCP")
                .endPort()
                .withEnv(env(name, release))
                .withNewResources()
                .addToRequests("cpu", new Quantity("100m"))
                .addToRequests("memory", new Quantity("128Mi"))
                .addToLimits("memory", new Quantity(release.memory()))
                .endResources()
                .withNewReadinessProbe()
                .withNewHttpGet()
                .withPath("/ready")
                .withPort(new IntOrString(PORT))
                .withScheme("HTTP")
                .endHttpGet()
                .withPeriodSeconds(5)
                .endReadinessProbe()
                .endContainer()
                .endSpec()
                .build();
    }

    private static List<EnvVar> env(String name, Release release) {
        List<EnvVar> env = new ArrayList<>();
        release.env().forEach((variable, value) -> env.add(new EnvVar(variable, value, null)));
        env.add(new EnvVarBuilder()
                .withName("SIGNING_KEY")
                .withNewValueFrom()
                .withNewSecretKeyRef("signing-key", name, false)
                .endValueFrom()
                .build());
        return env;
    }
}
