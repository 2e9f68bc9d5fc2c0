package dev.stepback.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.sandbox.cluster.RawClient.Answer;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens, impersonation, 403s and access reviews over HTTP. */
class AccessTest {
    private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1";
    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    private static final String BOT = "system:serviceaccount:default:bot";

    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());
    private final RawClient admin = new RawClient(cluster);
    private final RawClient bot = new RawClient(cluster.uri(), token(BOT));

    @BeforeEach
    void bind() {
        bindClusterWide("view", "User", "alice");
        admin.post(RBAC + "/clusterroles", """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"impersonator"},
             "rules":[{"apiGroups":[""],"resources":["users"],"resourceNames":["alice"],"verbs":["impersonate"]},
              {"apiGroups":[""],"resources":["groups"],"resourceNames":["leads"],"verbs":["impersonate"]}]}\
            """);
        admin.post(RBAC + "/clusterrolebindings", """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"bot"},
             "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"impersonator"},
             "subjects":[{"kind":"ServiceAccount","name":"bot","namespace":"default"}]}\
            """);
        admin.post(DEPLOYMENTS, ApiServerTest.deployment("web"));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void withoutAToken_nothingIsAnswered() {
        for (String token : List.of("", "wrong")) {
            RawClient nobody = new RawClient(cluster.uri(), token);
            for (String path : List.of("/api/v1/pods", "/apis", "/healthz", "/version", "/nothing")) {
                Answer answer = nobody.get(path);
                assertThat(answer.code()).isEqualTo(401);
                assertThat(answer.body().path("reason").asText()).isEqualTo("Unauthorized");
            }
        }
    }

    @Test
    void aRefusal_isWordedAsKubernetesWordsIt() {
        RawClient alice = new RawClient(cluster.uri(), token("alice"));

        Answer answer = alice.patch(DEPLOYMENTS + "/web", "merge-patch", "{}");

        assertThat(answer.code()).isEqualTo(403);
        assertThat(answer.body().path("message").asText())
                .isEqualTo(
                        "deployments.apps \"web\" is forbidden: User \"alice\" cannot patch resource \"deployments\" in"
                                + " API group \"apps\" in the namespace \"default\"");
        JsonNode details = answer.body().path("details");
        assertThat(details.path("name").asText()).isEqualTo("web");
        assertThat(details.path("group").asText()).isEqualTo("apps");
        assertThat(details.path("kind").asText()).isEqualTo("deployments");
        assertThat(message(alice.get("/api/v1/secrets")))
                .isEqualTo(
                        "secrets is forbidden: User \"alice\" cannot list resource \"secrets\" in API group \"\" at the"
                                + " cluster scope");
        assertThat(message(alice.get("/metrics"))).isEqualTo("forbidden: User \"alice\" cannot get path \"/metrics\"");
        assertThat(message(alice.get("/api/v1/namespaces/default/pods/x/exec")))
                .isEqualTo(
                        "pods \"x\" is forbidden: User \"alice\" cannot get resource \"pods/exec\" in API group \"\" in"
                                + " the namespace \"default\"");
    }

    @Test
    void impersonation_hasTheRightsOfWhoIsImpersonated() {
        assertThat(bot.get(DEPLOYMENTS).code()).isEqualTo(403);
        cluster.clearRequests();

        assertThat(as("alice").code()).isEqualTo(200);

        RecordedRequest request = cluster.requests().get(0);
        assertThat(request.sender()).isEqualTo(BOT);
        assertThat(request.user()).isEqualTo("alice");
    }

    @Test
    void impersonation_needsTheVerbForEachPart() {
        assertThat(as("bob").body().path("message").asText())
                .isEqualTo("users \"bob\" is forbidden: User \"" + BOT
                        + "\" cannot impersonate resource \"users\" in API" + " group \"\" at the cluster scope");
        assertThat(as("alice", "Impersonate-Group", "leads").code()).isEqualTo(200);
        assertThat(as("alice", "Impersonate-Group", "leads", "Impersonate-Group", "system:masters")
                        .code())
                .isEqualTo(403);
        assertThat(message(as("alice", "Impersonate-Uid", "1"))).contains("\"uids\"", "\"authentication.k8s.io\"");
        assertThat(message(as("alice", "Impersonate-Extra-Scopes", "all"))).contains("\"userextras/scopes\"");
        assertThat(message(as("system:serviceaccount:default:other")))
                .contains("\"serviceaccounts\"", "in the namespace \"default\"");
        assertThat(bot.send("GET", DEPLOYMENTS, "", "", "Impersonate-Group", "leads")
                        .code())
                .isEqualTo(500);
    }

    @Test
    void reviews_answerForTheCallerAndForOthers() {
        String spec = "\"resourceAttributes\":{\"namespace\":\"default\",\"verb\":\"list\",\"group\":\"apps\","
                + "\"resource\":\"deployments\"}";
        String self = "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SelfSubjectAccessReview\",\"spec\":{"
                + spec + "}}";
        String other = "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SubjectAccessReview\",\"spec\":{" + spec
                + ",\"user\":\"alice\"}}";

        assertThat(allowed(bot.post(REVIEWS + "selfsubjectaccessreviews", self)))
                .isFalse();
        assertThat(bot.post(REVIEWS + "subjectaccessreviews", other).code()).isEqualTo(403);
        assertThat(allowed(admin.post(REVIEWS + "selfsubjectaccessreviews", self)))
                .isTrue();
        assertThat(allowed(admin.post(REVIEWS + "subjectaccessreviews", other))).isTrue();
        assertThat(allowed(admin.post(REVIEWS + "subjectaccessreviews", other.replace("alice", "bob"))))
                .isFalse();
        cluster.faults().deny("list", "deployments.apps");
        assertThat(allowed(admin.post(REVIEWS + "subjectaccessreviews", other))).isFalse();
    }

    @Test
    void roles_areWrittenOnlyByWhoMayEscalate() {
        bindClusterWide("edit", "Group", "leads");
        String role =
                "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRole\",\"metadata\":{\"name\":"
                        + "\"mine\"},\"rules\":[]}";
        admin.post(RBAC + "/clusterroles", """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"roles"},
             "rules":[{"apiGroups":["rbac.authorization.k8s.io"],"resources":["*"],"verbs":["create"]}]}\
            """);
        bindClusterWide("roles", "User", "carol");

        assertThat(message(new RawClient(cluster.uri(), token("carol")).post(RBAC + "/clusterroles", role)))
                .contains("User \"carol\" cannot escalate");
    }

    private Answer as(String user, String... more) {
        String[] headers = new String[more.length + 2];
        headers[0] = "Impersonate-User";
        headers[1] = user;
        System.arraycopy(more, 0, headers, 2, more.length);
        return bot.send("GET", DEPLOYMENTS, "", "", headers);
    }

    private void bindClusterWide(String role, String kind, String name) {
        admin.post(RBAC + "/clusterrolebindings", """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"%s-%s"},
             "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"%s"},
             "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"%s","name":"%s"}]}\
            """.formatted(name, role, role, kind, name));
    }

    private static boolean allowed(Answer answer) {
        assertThat(answer.code()).isEqualTo(201);
        return answer.body().at("/status/allowed").asBoolean();
    }

    private static String message(Answer answer) {
        return answer.body().path("message").asText();
    }

    private String token(String user) {
        return cluster.tokenOf(user);
    }
}
