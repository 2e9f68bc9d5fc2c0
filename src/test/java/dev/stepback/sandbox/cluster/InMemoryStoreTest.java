package dev.stepback.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InMemoryStoreTest {
    private final InMemoryStore store = new InMemoryStore(Clock.systemUTC());

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void create_givesIdentityAndVersion() {
        ObjectNode created = store.create("configmaps", configMap("a"));

        assertThat(Json.uid(created)).isNotEmpty();
        assertThat(Json.version(created)).isPositive();
        assertThat(created.at("/metadata/creationTimestamp").asText()).endsWith("Z");
        assertThat(created.path("kind").asText()).isEqualTo("ConfigMap");
    }

    @Test
    void create_refusesASecondOfTheSameName() {
        store.create("configmaps", configMap("a"));

        assertFailure(() -> store.create("configmaps", configMap("a")), 409, "AlreadyExists");
    }

    @Test
    void create_refusesAnUnknownNamespace() {
        ObjectNode object = configMap("a");
        Json.metadata(object).put("namespace", "nowhere");

        assertFailure(() -> store.create("configmaps", object), 404, "NotFound");
    }

    @Test
    void create_makesANameFromAPrefix() {
        ObjectNode object = configMap("a");
        Json.metadata(object).put("generateName", "app-").remove("name");

        assertThat(Json.name(store.create("configmaps", object))).matches("app-[a-z0-9]{5}");
    }

    @Test
    void whatIsRemembered_canBeBroughtBack_moreThanOnce() {
        store.create("configmaps", configMap("kept"));
        ObjectNode gone = store.create("configmaps", configMap("gone"));
        ObjectNode changed = store.create("configmaps", configMap("changed"));
        Runnable back = store.remember();
        for (int time = 0; time < 2; time++) {
            store.delete("configmaps", "default", "gone", "Background");
            store.update(
                    "configmaps",
                    changed.deepCopy().<ObjectNode>set("data", Json.object().put("time", time)));
            store.create("configmaps", configMap("new"));

            back.run();

            assertThat(store.list("configmaps", "default"))
                    .extracting(Json::name)
                    .containsExactlyInAnyOrder("kept", "gone", "changed");
            assertThat(Json.uid(store.get("configmaps", "default", "gone").orElseThrow()))
                    .isEqualTo(Json.uid(gone));
            changed = store.get("configmaps", "default", "changed").orElseThrow();
            assertThat(changed.has("data")).isFalse();
        }
    }

    @Test
    void update_refusesAnOldVersion() {
        ObjectNode first = store.create("configmaps", configMap("a"));
        store.update("configmaps", first.deepCopy().set("data", Json.object().put("k", "1")));

        ObjectNode late = first.deepCopy().set("data", Json.object().put("k", "2"));
        assertFailure(() -> store.update("configmaps", late), 409, "Conflict");
    }

    @Test
    void update_thatChangesNothing_isNoNewVersion() {
        ObjectNode first = store.create("configmaps", configMap("a"));

        assertThat(store.update("configmaps", first)).isEqualTo(first);
    }

    @Test
    void statusAndSpec_areWrittenApart() {
        ObjectNode created = store.create("persistentvolumeclaims", configMap("a"));
        created.putObject("spec").put("volumeName", "x");
        created.putObject("status").put("phase", "Bound");

        ObjectNode updated = store.update("persistentvolumeclaims", created);
        assertThat(updated.has("status")).isFalse();

        updated.putObject("spec").put("volumeName", "y");
        updated.putObject("status").put("phase", "Bound");
        ObjectNode withStatus = store.updateStatus("persistentvolumeclaims", updated);
        assertThat(withStatus.at("/status/phase").asText()).isEqualTo("Bound");
        assertThat(withStatus.at("/spec/volumeName").asText()).isEqualTo("x");
    }

    @Test
    void delete_waitsForFinalizers() {
        ObjectNode object = configMap("a");
        Json.metadata(object).putArray("finalizers").add("example.com/hold");
        store.create("configmaps", object);

        store.delete("configmaps", "default", "a", "Background");
        ObjectNode held = store.get("configmaps", "default", "a").orElseThrow();
        assertThat(Json.isDeleting(held)).isTrue();

        Json.metadata(held).remove("finalizers");
        store.update("configmaps", held);
        assertThat(store.get("configmaps", "default", "a")).isEmpty();
    }

    @Test
    void delete_inTheForeground_leavesTheFinalizerToTheGarbageCollector() {
        store.create("configmaps", configMap("a"));

        store.delete("configmaps", "default", "a", "Foreground");

        ObjectNode held = store.get("configmaps", "default", "a").orElseThrow();
        assertThat(held.at("/metadata/finalizers/0").asText()).isEqualTo("foregroundDeletion");
    }

    @Test
    void watch_tellsEveryChangeInOrder() {
        List<String> seen = new CopyOnWriteArrayList<>();
        store.watch("configmaps", event -> seen.add(event.type() + " " + Json.name(event.object())));

        ObjectNode created = store.create("configmaps", configMap("a"));
        store.update("configmaps", created.set("data", Json.object().put("k", "1")));
        store.delete("configmaps", "default", "a", "Background");

        await().untilAsserted(() -> assertThat(seen).containsExactly("ADDED a", "MODIFIED a", "DELETED a"));
    }

    private static ObjectNode configMap(String name) {
        ObjectNode object = Json.object();
        Json.metadata(object).put("name", name).put("namespace", "default");
        return object;
    }

    private static void assertFailure(ThrowingCallable call, int code, String reason) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ApiException.class, failure -> {
            assertThat(failure.code()).isEqualTo(code);
            assertThat(failure.reason()).isEqualTo(reason);
        });
    }
}
