package dev.stepback.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.stage.Clients;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDGenerator.AbstractCRDOutput;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An operator made with the Java Operator SDK, with its defaults: finalizers and status by server-side apply. */
class OperatorTest {
    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final KubernetesClient client = Clients.of(cluster.kubeconfig());

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void anOperator_reconcilesAndCleansUp() {
        client.load(new ByteArrayInputStream(definition().getBytes(StandardCharsets.UTF_8)))
                .create();
        Operator operator =
                new Operator(overrider -> overrider.withKubernetesClient(client).withCloseClientOnStop(false));
        operator.register(new GreetingReconciler());
        operator.start();
        try {
            Greeting greeting = new Greeting();
            greeting.setMetadata(new ObjectMetaBuilder()
                    .withName("hello")
                    .withNamespace("default")
                    .build());
            greeting.setSpec(new GreetingSpec());
            greeting.getSpec().name = "World";
            client.resource(greeting).create();

            await().untilAsserted(() -> {
                Greeting seen = client.resource(greeting).get();
                assertThat(seen.getStatus()).isNotNull();
                assertThat(seen.getStatus().text).isEqualTo("Hello, World");
                assertThat(seen.getMetadata().getFinalizers()).hasSize(1);
            });

            client.resource(greeting).delete();
            await().until(() -> client.resource(greeting).get() == null);
        } finally {
            operator.stop();
        }
    }

    private static String definition() {
        ByteArrayOutputStream yaml = new ByteArrayOutputStream();
        new CRDGenerator()
                .customResourceClasses(Greeting.class)
                .withOutput(new AbstractCRDOutput<OutputStream>() {
                    @Override
                    protected OutputStream createStreamFor(String name) {
                        return yaml;
                    }
                })
                .detailedGenerate();
        return yaml.toString(StandardCharsets.UTF_8);
    }

    @Group("example.com")
    @Version("v1")
    public static class Greeting extends CustomResource<GreetingSpec, GreetingStatus> implements Namespaced {}

    public static class GreetingSpec {
        public String name = "";
    }

    public static class GreetingStatus {
        public String text = "";
    }

    @ControllerConfiguration
    static class GreetingReconciler implements Reconciler<Greeting>, Cleaner<Greeting> {
        @Override
        public UpdateControl<Greeting> reconcile(Greeting greeting, Context<Greeting> context) {
            Greeting patch = new Greeting();
            patch.setMetadata(new ObjectMetaBuilder()
                    .withName(greeting.getMetadata().getName())
                    .withNamespace(greeting.getMetadata().getNamespace())
                    .build());
            patch.setStatus(new GreetingStatus());
            patch.getStatus().text = "Hello, " + greeting.getSpec().name;
            return UpdateControl.patchStatus(patch);
        }

        @Override
        public DeleteControl cleanup(Greeting greeting, Context<Greeting> context) {
            return DeleteControl.defaultDelete();
        }
    }
}
