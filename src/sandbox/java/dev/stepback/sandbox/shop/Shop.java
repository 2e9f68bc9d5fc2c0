package dev.stepback.sandbox.shop;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.ApiException;
import dev.stepback.sandbox.cluster.ObjectStore;
import dev.stepback.sandbox.cluster.controller.Nodes;
import dev.stepback.sandbox.cluster.controller.PastRevisions;
import dev.stepback.sandbox.cluster.controller.PastRollouts;
import dev.stepback.sandbox.cluster.controller.Resource;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills a sandbox cluster with a shop that has been running for a while. */
public final class Shop {
    private static final String PRODUCTION = "production";
    private static final String CHECKOUT = "checkout";
    private static final String IMAGE = "registry.shop.example/checkout:";
    private static final Pattern BAD = Pattern.compile(Pattern.quote(IMAGE) + "1\\.6\\.(\\d+)-crash");
    private static final int FIRST_BUILD = 1244;
    private static final int CONFLICT = 409;

    private static final Duration SINCE_LAST_RELEASE = Duration.ofHours(3);
    private static final Duration BETWEEN_RELEASES = Duration.ofHours(53);

    /** Its Secret was changed between its last two releases: a rollback does not bring the old one back, and says so. */
    private static final String ROTATED = "cart";

    private static final Duration SINCE_ROTATION = Duration.ofHours(26);

    private Shop() {}

    /** As {@link #seed(ObjectStore, Clock)}, on the system's clock. */
    public static void seed(ObjectStore store) {
        seed(store, Clock.systemUTC());
    }

    /**
     * Creates namespaces, nodes, Secrets, and workloads with their history, in the state in which the controllers leave them
     * alone. To be called once, on an empty store, before the controllers start.
     */
    public static void seed(ObjectStore store, Clock clock) {
        for (String namespace : List.of("default", "kube-system", PRODUCTION, "staging")) {
            if (store.get("namespaces", null, namespace).isEmpty()) {
                store.create("namespaces", named(namespace));
            }
        }
        Nodes.register(store);
        PastRollouts past = new PastRollouts(store);
        for (Workload workload : Catalogue.workloads()) {
            List<PastRollouts.Past> revisions = revisions(workload, clock.instant());
            Instant created = revisions.get(0).at().minus(BETWEEN_RELEASES);
            Instant written = workload.name().equals(ROTATED) ? clock.instant().minus(SINCE_ROTATION) : created;
            store.restore("secrets", Resource.write(secretOf(workload, created, written)));
            past.restore(revisions);
        }
        PastRevisions revisions = new PastRevisions(store);
        revisions.statefulSet(NativeWorkloads.db(clock.instant()));
        revisions.daemonSet(NativeWorkloads.agent(clock.instant()));
    }

    /**
     * Releases a new version of checkout in production that crashes on every start.
     *
     * @return the image that was released
     */
    public static String shipBadRelease(ObjectStore store) {
        while (true) {
            Deployment checkout = Resource.DEPLOYMENTS.read(store.get(Resource.DEPLOYMENTS.name(), PRODUCTION, CHECKOUT)
                    .orElseThrow(() -> new IllegalStateException("There is no checkout in production")));
            int number = nextBadRelease(store);
            String image = IMAGE + "1.6." + number + "-crash";
            container(checkout).setImage(image);
            checkout.getMetadata()
                    .getAnnotations()
                    .put("kubernetes.io/change-cause", "CI #" + (FIRST_BUILD + number) + ": one-click orders");
            try {
                store.update(Resource.DEPLOYMENTS.name(), Resource.write(checkout));
                return image;
            } catch (ApiException e) {
                if (e.code() != CONFLICT) {
                    throw e;
                }
            }
        }
    }

    /**
     * Releases a version of the database in production that never becomes ready: its StatefulSet hangs at the last pod, even
     * when the template is brought back.
     *
     * @return the image that was released
     */
    public static String breakDatabase(ObjectStore store) {
        String image = NativeWorkloads.DB_IMAGE + "8.0.38-unready";
        while (true) {
            StatefulSet db =
                    Resource.STATEFUL_SETS.read(store.get(Resource.STATEFUL_SETS.name(), PRODUCTION, NativeWorkloads.DB)
                            .orElseThrow(() -> new IllegalStateException("There is no db in production")));
            db.getSpec().getTemplate().getSpec().getContainers().get(0).setImage(image);
            db.getMetadata().getAnnotations().put("kubernetes.io/change-cause", "CI #63: MySQL 8.0.38");
            try {
                store.update(Resource.STATEFUL_SETS.name(), Resource.write(db));
                return image;
            } catch (ApiException e) {
                if (e.code() != CONFLICT) {
                    throw e;
                }
            }
        }
    }

    private static int nextBadRelease(ObjectStore store) {
        int highest = -1;
        for (String kind : List.of(Resource.DEPLOYMENTS.name(), Resource.REPLICA_SETS.name())) {
            for (ObjectNode object : store.list(kind, PRODUCTION)) {
                Matcher bad = BAD.matcher(
                        object.at("/spec/template/spec/containers/0/image").asText());
                if (bad.matches()) {
                    highest = Math.max(highest, Integer.parseInt(bad.group(1)));
                }
            }
        }
        return highest + 1;
    }

    private static Container container(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec().getContainers().get(0);
    }

    private static List<PastRollouts.Past> revisions(Workload workload, Instant now) {
        List<PastRollouts.Past> revisions = new ArrayList<>();
        int count = workload.releases().size();
        for (int i = 0; i < count; i++) {
            Instant at = now.minus(SINCE_LAST_RELEASE).minus(BETWEEN_RELEASES.multipliedBy(count - 1 - i));
            revisions.add(new PastRollouts.Past(workload.at(workload.releases().get(i)), at));
        }
        return revisions;
    }

    private static Secret secretOf(Workload workload, Instant created, Instant written) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace(workload.namespace())
                .withName(workload.name())
                .withCreationTimestamp(created.truncatedTo(ChronoUnit.SECONDS).toString())
                .addNewManagedField()
                .withManager("kubectl-create")
                .withOperation("Update")
                .withApiVersion("v1")
                .withTime(written.truncatedTo(ChronoUnit.SECONDS).toString())
                .withFieldsType("FieldsV1")
                .withNewFieldsV1()
                .addToAdditionalProperties("f:data", Map.of("f:signing-key", Map.of()))
                .endFieldsV1()
                .endManagedField()
                .endMetadata()
                .withType("Opaque")
                .addToData("signing-key", "bm90LWEtc2VjcmV0LW9mLWFueWJvZHk=")
                .build();
    }

    private static ObjectNode named(String name) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.putObject("metadata").put("name", name);
        return object;
    }
}
