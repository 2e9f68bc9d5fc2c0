package dev.stepback.sandbox.cluster.rbac;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RbacTest {
    private static final String GROUP = ".rbac.authorization.k8s.io";

    private final Map<String, List<ObjectNode>> stored = Map.of(
            "clusterroles" + GROUP, new ArrayList<>(),
            "clusterrolebindings" + GROUP, new ArrayList<>(),
            "roles" + GROUP, new ArrayList<>(),
            "rolebindings" + GROUP, new ArrayList<>());
    private final Rbac rbac = new Rbac((resource, namespace) -> Objects.requireNonNull(stored.get(resource)).stream()
            .filter(object -> namespace == null
                    || namespace.equals(object.at("/metadata/namespace").asText()))
            .toList());

    /** One rule against attempts; {@code -} stands for empty. */
    @ParameterizedTest(name = "{0} | {1} | {2} | {3}: {4} {5} {6} {7} = {8}")
    @CsvSource(delimiter = '|', textBlock = """
        # verbs | groups | resources        | names | verb   | group | resource    | name | allowed
        get     | apps   | deployments      | -     | get    | apps  | deployments | web  | true
        get     | apps   | deployments      | -     | get    | apps  | deployments | -    | true
        get     | apps   | deployments      | -     | list   | apps  | deployments | -    | false
        get     | apps   | deployments      | -     | GET    | apps  | deployments | web  | false
        get     | -      | deployments      | -     | get    | apps  | deployments | web  | false
        get     | apps   | deployment       | -     | get    | apps  | deployments | web  | false
        *       | apps   | deployments      | -     | delete | apps  | deployments | web  | true
        get     | *      | deployments      | -     | get    | apps  | deployments | web  | true
        get     | app*   | deployments      | -     | get    | apps  | deployments | web  | false
        g*      | apps   | deployments      | -     | get    | apps  | deployments | web  | false
        get     | apps   | *                | -     | get    | apps  | deployments | web  | true
        get     | apps   | *                | -     | get    | apps  | deployments/status | web | true
        get     | apps   | deploy*          | -     | get    | apps  | deployments | web  | false
        get     | apps   | deployments      | -     | get    | apps  | deployments/scale | web | false
        get     | apps   | deployments/scale | -    | get    | apps  | deployments/scale | web | true
        get     | apps   | deployments/scale | -    | get    | apps  | deployments | web  | false
        get     | apps   | */scale          | -     | get    | apps  | deployments/scale | web | true
        get     | apps   | */scale          | -     | get    | apps  | deployments/status | web | false
        get     | apps   | deployments/*    | -     | get    | apps  | deployments/scale | web | false
        get     | apps   | deployments      | web   | get    | apps  | deployments | web  | true
        get     | apps   | deployments      | web   | get    | apps  | deployments | api  | false
        get     | apps   | deployments      | we*   | get    | apps  | deployments | web  | false
        *       | apps   | deployments      | web   | list   | apps  | deployments | -    | false
        *       | *      | *                | *     | create | apps  | deployments | -    | false
        *       | *      | *                | -     | create | -     | pods/exec   | web  | true
        get     | -      | pods             | -     | get    | -     | pods        | web  | true
        get     | -      | pods             | -     | get    | metrics.k8s.io | pods | web | false
        """)
    void rule_allows(
            String verbs,
            String groups,
            String resources,
            String names,
            String verb,
            String group,
            String resource,
            String name,
            boolean allowed) {
        RoleRule rule = new RoleRule(
                List.of(verbs),
                List.of(text(groups)),
                List.of(resources),
                names.equals("-") ? List.of() : List.of(names),
                List.of());
        String[] parts = resource.split("/");

        Attempt attempt = new Attempt(
                verb, text(group), parts[0], parts.length > 1 ? parts[1] : "", "production", text(name), "");

        assertThat(rule.allows(attempt)).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "/healthz, /healthz, true",
        "/healthz, /healthz/etcd, false",
        "/healthz/*, /healthz/etcd, true",
        "/healthz/*, /healthz, false",
        "/*, /metrics, true",
        "*, /metrics, true",
        "/api*s, /apis, false"
    })
    void rule_allowsPaths(String url, String path, boolean allowed) {
        RoleRule rule = new RoleRule(List.of("get"), List.of(), List.of(), List.of(), List.of(url));

        assertThat(rule.allows(Attempt.onPath("get", path))).isEqualTo(allowed);
        assertThat(rule.allows(Attempt.onPath("post", path))).isFalse();
        assertThat(rule.allows(Attempt.onResource("get", "", "pods", "", ""))).isFalse();
    }

    /** Who is bound to what, and what follows in which namespace. */
    @ParameterizedTest(name = "{0} in {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
        everywhere      | production | true
        everywhere      | -          | true
        in-production   | production | true
        in-production   | staging    | false
        in-production   | -          | false
        by-cluster-role | production | true
        by-cluster-role | staging    | false
        system:serviceaccount:ci:deployer | production | true
        system:serviceaccount:ci:other    | production | false
        deployer        | production | false
        EVERYWHERE      | production | false
        leads           | production | false
        nobody          | production | false
        """)
    void binding_reachesItsSubjectsInItsNamespace(String user, String namespace, boolean allowed) {
        given("ClusterRole", "", "pods", rules());
        given("Role", "production", "pods", rules());
        given("ClusterRoleBinding", "", "a", binding("ClusterRole", "pods", "User", "everywhere"));
        given("RoleBinding", "production", "b", binding("Role", "pods", "User", "in-production"));
        given("RoleBinding", "production", "c", binding("ClusterRole", "pods", "User", "by-cluster-role"));
        given("ClusterRoleBinding", "", "d", binding("Role", "pods", "User", "nobody"));
        given("RoleBinding", "production", "e", binding("Role", "pods", "ServiceAccount", "deployer, namespace: ci"));
        given("RoleBinding", "production", "f", binding("Role", "pods", "Group", "leads"));

        assertThat(rbac.decide(Caller.named(user), listPods(text(namespace))).allowed())
                .isEqualTo(allowed);
    }

    @Test
    void groups_areBoundAsUsersAre() {
        given("ClusterRole", "", "pods", rules());
        given("ClusterRoleBinding", "", "a", binding("ClusterRole", "pods", "Group", "leads"));
        given("RoleBinding", "staging", "b", binding("ClusterRole", "pods", "Group", "system:serviceaccounts:ci"));
        Caller lead = new Caller("alice", "", List.of("leads"), Map.of());

        Rbac.Decision decision = rbac.decide(lead, listPods(""));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.reason())
                .isEqualTo("RBAC: allowed by ClusterRoleBinding \"a\" of ClusterRole \"pods\" to Group \"leads\"");
        assertThat(rbac.decide(Caller.named("system:serviceaccount:ci:x"), listPods("staging"))
                        .allowed())
                .isTrue();
    }

    @Test
    void aMissingRole_isNamedInTheReason() {
        given("ClusterRoleBinding", "", "a", binding("ClusterRole", "gone", "User", "alice"));

        assertThat(rbac.decide(Caller.named("alice"), listPods("")))
                .isEqualTo(new Rbac.Decision(false, "RBAC: clusterrole.rbac.authorization.k8s.io \"gone\" not found"));
    }

    @Test
    void masters_mayEverything() {
        assertThat(rbac.decide(Caller.admin(), listPods("")).allowed()).isTrue();
        assertThat(rbac.decide(Caller.named("system:masters"), listPods("")).allowed())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "GET, api/v1/pods, list//pods//",
                "GET, api/v1/namespaces/a/pods/x, get//pods/a/x",
                "GET, api/v1/namespaces/a/pods/x/log, get//pods.log/a/x",
                "GET, api/v1/namespaces/a, get//namespaces/a/a",
                "GET, api/v1/namespaces/a/status, get//namespaces.status/a/a",
                "POST, apis/apps/v1/namespaces/a/deployments, create/apps/deployments/a/",
                "DELETE, apis/apps/v1/namespaces/a/deployments, deletecollection/apps/deployments/a/",
                "PUT, apis/x.io/v1/things/t, update/x.io/things//t",
                "PATCH, apis/apps/v1/namespaces/a/deployments/x/scale, patch/apps/deployments.scale/a/x"
            })
    void attempts_areReadFromTheAddress(String method, String path, String expected) {
        Attempt attempt = Attempt.of(method, List.of(path.split("/")), false);

        assertThat(String.join(
                        "/",
                        attempt.verb(),
                        attempt.group(),
                        attempt.combinedResource().replace('/', '.'),
                        attempt.namespace(),
                        attempt.name()))
                .isEqualTo(expected);
    }

    @Test
    void watching_isOfCollectionsOnly() {
        assertThat(Attempt.of("GET", List.of("api", "v1", "pods"), true).verb()).isEqualTo("watch");
        assertThat(Attempt.of("GET", List.of("api", "v1", "namespaces", "a", "pods", "x"), true)
                        .verb())
                .isEqualTo("get");
    }

    private static Attempt listPods(String namespace) {
        return Attempt.onResource("list", "", "pods", namespace, "");
    }

    private static String text(String cell) {
        return cell.equals("-") ? "" : cell;
    }

    private static String rules() {
        return "rules: [{apiGroups: [''], resources: [pods], verbs: [list]}]";
    }

    private static String binding(String roleKind, String role, String kind, String name) {
        return "roleRef: {kind: %s, name: %s}\nsubjects: [{kind: %s, name: %s}]".formatted(roleKind, role, kind, name);
    }

    private void given(String kind, String namespace, String name, String yaml) {
        String metadata =
                "metadata: {name: %s%s}\n".formatted(name, namespace.isEmpty() ? "" : ", namespace: " + namespace);
        try {
            Objects.requireNonNull(stored.get(kind.toLowerCase(java.util.Locale.ROOT) + "s" + GROUP))
                    .add((ObjectNode) new YAMLMapper().readTree(metadata + yaml));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
