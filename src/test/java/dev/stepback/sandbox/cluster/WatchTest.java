package dev.stepback.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchTest {
    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final RawClient api = new RawClient(cluster);

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void withoutAVersion_tellsWhatThereIsAndGoesOn() {
        create("a", "web");
        RawClient.Events events = api.watch(CONFIG_MAPS + "?watch=true");
        awaitSummary(events, "ADDED a");

        create("b", "web");
        awaitSummary(events, "ADDED a", "ADDED b");
    }

    @Test
    void fromAVersion_tellsOnlyWhatCameAfter() {
        create("a", "web");
        String version = create("b", "web").at("/metadata/resourceVersion").asText();
        create("c", "web");
        cluster.store().delete("configmaps", "default", "a", "Background");

        RawClient.Events events = api.watch(CONFIG_MAPS + "?watch=true&resourceVersion=" + version);

        awaitSummary(events, "ADDED c", "DELETED a");
    }

    @Test
    void withASelector_objectsThatEnterAppearAndThoseThatLeaveDisappear() {
        RawClient.Events events = api.watch(CONFIG_MAPS + "?watch=true&labelSelector=app%3Dweb");
        await().untilAsserted(() -> assertThat(events.code()).isEqualTo(200));
        create("a", "db");
        relabel("a", "web");
        relabel("a", "db");
        create("b", "web");

        awaitSummary(events, "ADDED a", "DELETED a", "ADDED b");
        assertThat(events.get(1).at("/object/metadata/labels/app").asText()).isEqualTo("web");
    }

    @Test
    void ofANamespace_tellsNothingOfOthers() {
        RawClient.Events events = api.watch("/api/v1/namespaces/kube-system/configmaps?watch=true");
        await().untilAsserted(() -> assertThat(events.code()).isEqualTo(200));
        create("a", "web");
        ObjectNode other = Json.object();
        Json.metadata(other).put("name", "s").put("namespace", "kube-system");
        cluster.store().create("configmaps", other);

        awaitSummary(events, "ADDED s");
    }

    @Test
    void fromAForgottenVersion_is410() {
        String version = create("a", "web").at("/metadata/resourceVersion").asText();
        cluster.faults().expireHistory();

        RawClient.Events events = api.watch(CONFIG_MAPS + "?watch=true&resourceVersion=" + version);

        await().until(events::ended);
        assertThat(events.get(0).path("type").asText()).isEqualTo("ERROR");
        assertThat(events.get(0).at("/object/code").asInt()).isEqualTo(410);
        assertThat(events.get(0).at("/object/reason").asText()).isEqualTo("Expired");
    }

    @Test
    void fromAVersionOfTheFuture_is504() {
        assertThat(api.get(CONFIG_MAPS + "?watch=true&resourceVersion=999999").code())
                .isEqualTo(504);
    }

    @Test
    void withInitialEvents_endsThemWithABookmark() {
        create("a", "web");
        RawClient.Events events = api.watch(CONFIG_MAPS
                + "?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan");

        awaitSummary(events, "ADDED a", "BOOKMARK ");
        assertThat(events.get(1)
                        .path("object")
                        .path("metadata")
                        .path("annotations")
                        .path("k8s.io/initial-events-end")
                        .asText())
                .isEqualTo("true");
    }

    @Test
    void timesOut() {
        RawClient.Events events = api.watch(CONFIG_MAPS + "?watch=true&timeoutSeconds=1");

        await().until(events::ended);
        assertThat(events.code()).isEqualTo(200);
    }

    @Test
    void manyIdleWatches_areServed() {
        List<RawClient.Events> watches = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            watches.add(api.watch(CONFIG_MAPS + "?watch=true"));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> watches.stream().allMatch(events -> events.code() == 200));

        create("a", "web");

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(watches)
                        .allSatisfy(events -> assertThat(events.summary()).containsExactly("ADDED a")));
    }

    private ObjectNode create(String name, String app) {
        ObjectNode object = Json.object();
        Json.metadata(object).put("name", name).put("namespace", "default");
        object.withObject("/metadata/labels").put("app", app);
        return cluster.store().create("configmaps", object);
    }

    private void relabel(String name, String app) {
        ObjectNode object = cluster.store().get("configmaps", "default", name).orElseThrow();
        object.withObject("/metadata/labels").put("app", app);
        cluster.store().update("configmaps", object);
    }

    private static void awaitSummary(RawClient.Events events, String... expected) {
        await().untilAsserted(() -> assertThat(events.summary()).containsExactly(expected));
    }
}
