package dev.stepback.sandbox.shop;

import dev.stepback.sandbox.cluster.controller.PastRevisions.Past;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** The shop's database, and the agent on its nodes, whose last release hangs. */
final class NativeWorkloads {
    static final String DB = "db";
    static final String DB_IMAGE = "registry.shop.example/mysql:";

    private static final String CAUSE = "kubernetes.io/change-cause";
    private static final String AGENT = "node-exporter";
    private static final Duration SINCE_LAST = Duration.ofHours(5);
    private static final Duration BETWEEN = Duration.ofHours(67);

    private NativeWorkloads() {}

    /** Three replicas with a volume each, four revisions, healthy. */
    static List<Past<StatefulSet>> db(Instant now) {
        return past(
                now,
                NativeWorkloads::db,
                List.of(
                        new String[] {"8.0.34", "CI #41: MySQL 8.0.34", "200"},
                        new String[] {"8.0.36", "CI #47: security update", "200"},
                        new String[] {"8.0.36", "CI #52: more connections", "500"},
                        new String[] {"8.0.37", "CI #58: MySQL 8.0.37", "500"}));
    }

    /** One on every node; three revisions, the last of which crashes on the first node that it came to. */
    static List<Past<DaemonSet>> agent(Instant now) {
        return past(
                now,
                NativeWorkloads::agent,
                List.of(
                        new String[] {"1.7.0", "platform #12: node-exporter 1.7.0", ""},
                        new String[] {"1.8.1", "platform #17: node-exporter 1.8.1", ""},
                        new String[] {"1.8.2-crash", "platform #19: collect pressure stalls", "--collector.pressure"}));
    }

    private static <T extends io.fabric8.kubernetes.api.model.HasMetadata> List<Past<T>> past(
            Instant now, BiFunction<String, String[], T> at, List<String[]> releases) {
        List<Past<T>> past = new ArrayList<>();
        for (int i = 0; i < releases.size(); i++) {
            Instant when = now.minus(SINCE_LAST).minus(BETWEEN.multipliedBy(releases.size() - 1 - i));
            past.add(new Past<>(at.apply(releases.get(i)[1], releases.get(i)), when));
        }
        return past;
    }

    private static StatefulSet db(String cause, String[] release) {
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withNamespace("production")
                .withName(DB)
                .addToLabels(labels(DB))
                .addToAnnotations(CAUSE, cause)
                .endMetadata()
                .withNewSpec()
                .withServiceName(DB)
                .withReplicas(3)
                .withNewSelector()
                .addToMatchLabels("app", DB)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels(labels(DB))
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName(DB)
                .withImage(DB_IMAGE + release[0])
                .withArgs("--max-connections=" + release[2])
                .addNewPort()
                .withName("mysql")
                .withContainerPort(3306)
                .endPort()
                .withNewReadinessProbe()
                .withNewTcpSocket()
                .withPort(new IntOrString(3306))
                .endTcpSocket()
                .endReadinessProbe()
                .addNewVolumeMount()
                .withName("data")
                .withMountPath("/var/lib/mysql")
                .endVolumeMount()
                .endContainer()
                .endSpec()
                .endTemplate()
                .addNewVolumeClaimTemplate()
                .withNewMetadata()
                .withName("data")
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withNewResources()
                .addToRequests("storage", new Quantity("20Gi"))
                .endResources()
                .endSpec()
                .endVolumeClaimTemplate()
                .endSpec()
                .build();
    }

    private static DaemonSet agent(String cause, String[] release) {
        return new DaemonSetBuilder()
                .withNewMetadata()
                .withNamespace("production")
                .withName(AGENT)
                .addToLabels(labels(AGENT))
                .addToAnnotations(CAUSE, cause)
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .addToMatchLabels("app", AGENT)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels(labels(AGENT))
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName(AGENT)
                .withImage("registry.shop.example/node-exporter:" + release[0])
                .withArgs(release[2].isEmpty() ? List.of() : List.of(release[2]))
                .addNewPort()
                .withName("metrics")
                .withContainerPort(9100)
                .endPort()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static Map<String, String> labels(String name) {
        return Map.of("app", name, "app.kubernetes.io/part-of", "shop");
    }
}
