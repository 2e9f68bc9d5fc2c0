package dev.stepback.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.sandbox.cluster.RawClient.Answer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApiServerTest {
    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";

    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final RawClient api = new RawClient(cluster);

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void anObject_canBeCreatedReadChangedAndDeleted() {
        assertThat(api.post(CONFIG_MAPS, configMap("a")).code()).isEqualTo(201);
        assertThat(api.get(CONFIG_MAPS + "/a").body().at("/data/k").asText()).isEqualTo("v");
        Answer changed = api.put(CONFIG_MAPS + "/a", configMap("a").replace("\"v\"", "\"w\""));
        assertThat(changed.body().at("/data/k").asText()).isEqualTo("w");
        assertThat(api.delete(CONFIG_MAPS + "/a", "").code()).isEqualTo(200);
        assertThat(api.get(CONFIG_MAPS + "/a").code()).isEqualTo(404);
    }

    @Test
    void yamlBodies_areRead() {
        String yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: y\ndata:\n  k: v\n";

        assertThat(api.send("POST", CONFIG_MAPS, "application/yaml", yaml).code())
                .isEqualTo(201);
    }

    @Test
    void otherForms_areRefused() {
        assertThat(api.send("POST", CONFIG_MAPS, "application/cbor", "k8s").code())
                .isEqualTo(415);
        assertThat(api.send("GET", CONFIG_MAPS, "", "", "Accept", "application/vnd.kubernetes.protobuf")
                        .code())
                .isEqualTo(406);
        assertThat(api.send(
                                "GET",
                                CONFIG_MAPS,
                                "",
                                "",
                                "Accept",
                                "application/vnd.kubernetes.protobuf,application/json")
                        .code())
                .isEqualTo(200);
    }

    @Test
    void unknownKindsPathsAndMethods_are404And405() {
        assertThat(api.get("/api/v1/unicorns").code()).isEqualTo(404);
        assertThat(api.get("/apis/apps/v1beta1/deployments").code()).isEqualTo(404);
        assertThat(api.get("/api/v1/namespaces/default/nodes").code()).isEqualTo(404);
        assertThat(api.post("/api/v1/configmaps", configMap("a")).code()).isEqualTo(405);
        assertThat(api.put(CONFIG_MAPS, configMap("a")).code()).isEqualTo(405);
        assertThat(api.get(CONFIG_MAPS + "/a/status").code()).isEqualTo(404);
    }

    @Test
    void create_inAnUnknownNamespace_is404() {
        Answer answer = api.post("/api/v1/namespaces/nowhere/configmaps", configMap("a"));

        assertThat(answer.code()).isEqualTo(404);
        assertThat(answer.body().path("message").asText()).isEqualTo("namespaces \"nowhere\" not found");
    }

    @Test
    void aBodyThatDisagreesWithTheAddress_is400() {
        api.post(CONFIG_MAPS, configMap("a"));

        assertThat(api.post(DEPLOYMENTS, configMap("a")).code()).isEqualTo(400);
        assertThat(api.put(CONFIG_MAPS + "/a", configMap("b")).code()).isEqualTo(400);
        assertThat(api.post(CONFIG_MAPS, "{not json").code()).isEqualTo(400);
    }

    @Test
    void update_ofAnOldVersion_is409() {
        Answer created = api.post(CONFIG_MAPS, configMap("a"));
        api.patch(CONFIG_MAPS + "/a", "merge-patch", "{\"data\":{\"k\":\"other\"}}");

        Answer late = api.put(CONFIG_MAPS + "/a", created.body().toString());
        assertThat(late.code()).isEqualTo(409);
        assertThat(late.body().path("reason").asText()).isEqualTo("Conflict");
    }

    @Test
    void dryRun_validatesAndPersistsNothing() {
        api.post(CONFIG_MAPS, configMap("a"));
        RawClient.Events events = api.watch(CONFIG_MAPS + "?watch=true");
        String before = api.get(CONFIG_MAPS + "/a").body().toString();

        assertThat(api.post(CONFIG_MAPS + "?dryRun=All", configMap("b")).code()).isEqualTo(201);
        assertThat(api.get(CONFIG_MAPS + "/b").code()).isEqualTo(404);
        Answer patched = api.patch(CONFIG_MAPS + "/a?dryRun=All", "merge-patch", "{\"data\":{\"k\":\"other\"}}");
        assertThat(patched.body().at("/data/k").asText()).isEqualTo("other");
        assertThat(api.put(CONFIG_MAPS + "/a?dryRun=All", configMap("a").replace("\"v\"", "\"w\""))
                        .code())
                .isEqualTo(200);
        assertThat(api.delete(CONFIG_MAPS + "/a?dryRun=All", "").code()).isEqualTo(200);
        assertThat(api.delete(CONFIG_MAPS + "?dryRun=All", "").code()).isEqualTo(200);
        assertThat(api.delete(CONFIG_MAPS + "/a", "{\"dryRun\":[\"All\"]}").code())
                .isEqualTo(200);
        assertThat(api.post(DEPLOYMENTS + "?dryRun=All", deployment("web").replace("\"image\"", "\"picture\""))
                        .code())
                .isEqualTo(422);
        assertThat(api.post(CONFIG_MAPS + "?dryRun=Some", configMap("b")).code())
                .isEqualTo(422);

        assertThat(api.get(CONFIG_MAPS + "/a").body()).hasToString(before);
        api.post(CONFIG_MAPS, configMap("last"));
        await().untilAsserted(() -> assertThat(events.summary()).containsExactly("ADDED a", "ADDED last"));
    }

    @Test
    void delete_checksItsPreconditions() {
        Answer created = api.post(CONFIG_MAPS, configMap("a"));
        String version = created.body().at("/metadata/resourceVersion").asText();

        assertThat(api.delete(CONFIG_MAPS + "/a", "{\"preconditions\":{\"uid\":\"other\"}}")
                        .code())
                .isEqualTo(409);
        assertThat(api.delete(CONFIG_MAPS + "/a", "{\"preconditions\":{\"resourceVersion\":\"1\"}}")
                        .code())
                .isEqualTo(409);
        assertThat(api.delete(CONFIG_MAPS + "/a", "{\"preconditions\":{\"resourceVersion\":\"" + version + "\"}}")
                        .code())
                .isEqualTo(200);
    }

    @Test
    void lists_areSelectedByLabelsAndFields() {
        api.post(CONFIG_MAPS, labelled("a", "web"));
        api.post(CONFIG_MAPS, labelled("b", "db"));
        api.post(CONFIG_MAPS, configMap("c"));

        assertThat(names("labelSelector=app%3Dweb")).containsExactly("a");
        assertThat(names("labelSelector=app+in+(web,db)")).containsExactly("a", "b");
        assertThat(names("labelSelector=app+notin+(web)")).containsExactly("b", "c");
        assertThat(names("labelSelector=app")).containsExactly("a", "b");
        assertThat(names("labelSelector=!app")).containsExactly("c");
        assertThat(names("labelSelector=app!%3Dweb")).containsExactly("b", "c");
        assertThat(names("fieldSelector=metadata.name%3Db")).containsExactly("b");
        assertThat(api.get(CONFIG_MAPS + "?labelSelector=app+in+web").code()).isEqualTo(400);
        assertThat(api.get(CONFIG_MAPS + "?fieldSelector=data.k%3Dv").code()).isEqualTo(400);
    }

    @Test
    void pages_showOneVersionOfTheList() {
        for (String name : List.of("a", "b", "c", "d", "e")) {
            api.post(CONFIG_MAPS, configMap(name));
        }
        Answer first = api.get(CONFIG_MAPS + "?limit=2");
        String token = first.body().at("/metadata/continue").asText();
        assertThat(first.body().at("/metadata/remainingItemCount").asInt()).isEqualTo(3);
        api.delete(CONFIG_MAPS + "/d", "");

        Answer second = api.get(CONFIG_MAPS + "?limit=2&continue=" + token);
        assertThat(names(second)).containsExactly("c", "d");
        assertThat(second.body().at("/metadata/resourceVersion"))
                .isEqualTo(first.body().at("/metadata/resourceVersion"));
        assertThat(api.get(CONFIG_MAPS + "?limit=2&continue=nonsense").code()).isEqualTo(400);
        cluster.faults().expireHistory();
        assertThat(api.get(CONFIG_MAPS + "?limit=2&continue=" + token).code()).isEqualTo(410);
    }

    @Test
    void deleteCollection_honoursSelectors() {
        api.post(CONFIG_MAPS, labelled("a", "web"));
        api.post(CONFIG_MAPS, configMap("b"));

        api.delete(CONFIG_MAPS + "?labelSelector=app%3Dweb", "");

        assertThat(names("limit=0")).containsExactly("b");
    }

    @Test
    void deployments_getDefaultsAndAreValidated() {
        JsonNode created = api.post(DEPLOYMENTS, deployment("web")).body();
        assertThat(created.at("/spec/replicas").asInt()).isEqualTo(1);
        assertThat(created.at("/spec/strategy/rollingUpdate/maxSurge").asText()).isEqualTo("25%");
        assertThat(created.at("/spec/template/spec/containers/0/imagePullPolicy")
                        .asText())
                .isEqualTo("IfNotPresent");
        assertThat(created.at("/metadata/generation").asInt()).isEqualTo(1);

        Answer other = api.patch(
                DEPLOYMENTS + "/web",
                "merge-patch",
                "{\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"x\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":\"x\"}}}}}");
        assertThat(other.code()).isEqualTo(422);
        assertThat(other.body().path("message").asText()).contains("field is immutable");
        assertThat(api.post(DEPLOYMENTS, deployment("b").replace("\"labels\":{\"app\":\"web\"}", "\"labels\":{}"))
                        .code())
                .isEqualTo(422);
        assertThat(api.post(DEPLOYMENTS, deployment("Not_A_Name")).code()).isEqualTo(422);
        // Kubernetes names the kind here, and the resource in all other failures.
        assertThat(api.post(DEPLOYMENTS, deployment("Not_A_Name"))
                        .body()
                        .at("/details/kind")
                        .asText())
                .isEqualTo("Deployment");
    }

    @Test
    void generation_growsWithTheSpecOnly() {
        api.post(DEPLOYMENTS, deployment("web"));

        Answer labelled = api.patch(DEPLOYMENTS + "/web", "merge-patch", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
        assertThat(labelled.body().at("/metadata/generation").asInt()).isEqualTo(1);
        Answer status = api.patch(
                DEPLOYMENTS + "/web/status", "merge-patch", "{\"status\":{\"replicas\":1},\"spec\":{\"replicas\":9}}");
        assertThat(status.body().at("/metadata/generation").asInt()).isEqualTo(1);
        assertThat(status.body().at("/spec/replicas").asInt()).isEqualTo(1);
        Answer scaled = api.patch(DEPLOYMENTS + "/web/scale", "merge-patch", "{\"spec\":{\"replicas\":3}}");
        assertThat(scaled.body().path("kind").asText()).isEqualTo("Scale");
        assertThat(api.get(DEPLOYMENTS + "/web")
                        .body()
                        .at("/metadata/generation")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void aFailedJsonPatchTest_is422AndChangesNothing() {
        api.post(DEPLOYMENTS, deployment("web"));

        Answer answer = api.patch(
                DEPLOYMENTS + "/web",
                "json-patch",
                "[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":5},{\"op\":\"test\",\"path\":\"/metadata/uid\",\"value\":\"x\"}]");

        assertThat(answer.code()).isEqualTo(422);
        assertThat(answer.body().path("reason").asText()).isEqualTo("Invalid");
        assertThat(api.get(DEPLOYMENTS + "/web").body().at("/spec/replicas").asInt())
                .isEqualTo(1);
    }

    @Test
    void strategicMergePatch_mergesContainersByName() {
        api.post(DEPLOYMENTS, deployment("web"));

        Answer answer = api.patch(
                DEPLOYMENTS + "/web",
                "strategic-merge-patch",
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"side:1\"},{\"name\":\"app\",\"env\":[{\"name\":\"A\",\"value\":\"1\"}]}]}}}}");

        JsonNode containers = answer.body().at("/spec/template/spec/containers");
        assertThat(containers).hasSize(2);
        assertThat(containers.at("/0/image").asText()).isEqualTo("app:1");
        assertThat(containers.at("/0/env/0/value").asText()).isEqualTo("1");
    }

    @Test
    void writers_areRecorded() {
        api.post(DEPLOYMENTS + "?fieldManager=creator", deployment("web"));
        api.patch(DEPLOYMENTS + "/web?fieldManager=scaler", "merge-patch", "{\"spec\":{\"replicas\":3}}");

        JsonNode fields = api.get(DEPLOYMENTS + "/web").body().at("/metadata/managedFields");
        assertThat(fields.findValuesAsText("manager")).containsExactly("creator", "scaler");
        assertThat(fields.get(1).path("fieldsV1")).hasToString("{\"f:spec\":{\"f:replicas\":{}}}");
    }

    @Test
    void kubectlTables_areServed() {
        api.post(DEPLOYMENTS, deployment("web"));

        JsonNode table = api.send(
                        "GET",
                        DEPLOYMENTS,
                        "",
                        "",
                        "Accept",
                        "application/json;as=Table;v=v1;g=meta.k8s.io,application/json")
                .body();
        assertThat(table.path("kind").asText()).isEqualTo("Table");
        assertThat(table.at("/rows/0/cells/1").asText()).isEqualTo("0/1");
        assertThat(table.at("/rows/0/object/kind").asText()).isEqualTo("PartialObjectMetadata");
    }

    @Test
    void deletingANamespace_removesWhatIsInIt() {
        api.post(
                "/api/v1/namespaces",
                "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"shop\"}}");
        api.post("/api/v1/namespaces/shop/configmaps", configMap("a"));

        api.delete("/api/v1/namespaces/shop", "");

        assertThat(names(api.get("/api/v1/configmaps"))).isEmpty();
    }

    @Test
    void health_version_andDiscovery_answer() {
        assertThat(api.get("/version").body().path("major").asText()).isEqualTo("1");
        assertThat(api.get("/apis").body().path("groups").findValuesAsText("name"))
                .contains("apps", "authorization.k8s.io");
        assertThat(api.get("/apis/apps/v1").body().path("resources").findValuesAsText("name"))
                .contains("deployments", "deployments/status", "deployments/scale");
        assertThat(api.get("/openapi/v2").code()).isEqualTo(404);
    }

    private List<String> names(String query) {
        return names(api.get(CONFIG_MAPS + "?" + query));
    }

    private static List<String> names(Answer list) {
        List<String> names = new ArrayList<>();
        list.body().path("items").forEach(item -> names.add(Json.name(item)));
        return names;
    }

    static String configMap(String name) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"%s\"},\"data\":{\"k\":\"v\"}}"
                .formatted(name);
    }

    static String labelled(String name, String app) {
        return configMap(name).replace("\"metadata\":{", "\"metadata\":{\"labels\":{\"app\":\"" + app + "\"},");
    }

    static String deployment(String name) {
        return """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"%s"},"spec":{
            "selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},
            "spec":{"containers":[{"name":"app","image":"app:1"}]}}}}\
            """.formatted(name);
    }
}
