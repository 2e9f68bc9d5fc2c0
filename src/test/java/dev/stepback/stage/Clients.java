package dev.stepback.stage;

import dev.stepback.connection.ClusterConnection;
import dev.stepback.connection.ClusterConnection.Patience;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** Clients of a test. What they learn of the classes that they read and write they learn once, not each for itself. */
public final class Clients {
    private static final KubernetesSerialization SHARED = new KubernetesSerialization();

    private Clients() {}

    /** For a cluster that this kubeconfig, the text itself, describes. */
    public static KubernetesClient of(String kubeconfig) {
        return of(Config.fromKubeconfig(kubeconfig));
    }

    public static KubernetesClient of(Config config) {
        return builder(config).build();
    }

    /** One that asks once: what fails is told, not tried again. */
    public static KubernetesClient impatient(String kubeconfig) {
        return of(asksOnce(kubeconfig));
    }

    /** An impatient one, all of whose requests go through this. */
    public static KubernetesClient through(Interceptor interceptor, String kubeconfig) {
        return builder(asksOnce(kubeconfig))
                .withHttpClientBuilderConsumer(http -> {
                    ClusterConnection.configure(http);
                    http.addOrReplaceInterceptor("test", interceptor);
                })
                .build();
    }

    private static Config asksOnce(String kubeconfig) {
        Config config = Config.fromKubeconfig(kubeconfig);
        config.setRequestRetryBackoffLimit(0);
        return config;
    }

    private static KubernetesClientBuilder builder(Config config) {
        return ClusterConnection.builder(config, Patience.DEFAULT).withKubernetesSerialization(SHARED);
    }
}
