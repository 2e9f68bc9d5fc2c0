package dev.stepback.flow;

import static dev.stepback.flow.Scene.INCIDENTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.config.StepbackConfig;
import dev.stepback.config.StepbackConfig.Slack.Mode;
import dev.stepback.policy.Identities;
import dev.stepback.sandbox.cluster.RecordedRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** From the slash command to the patch, with people whom the cluster knows by their addresses in Slack. */
class ImpersonationFlowIT {

    @Test
    void theClusterSeesWhoAskedAndWhoApproved() throws Exception {
        try (Scene scene = Scene.withoutBot(Mode.SOCKET)) {
            grant(scene);
            scene.startBot(
                    Map.of(),
                    config -> config.with(c -> c.kubernetes =
                            config.kubernetes().with(new StepbackConfig.People(true, false, Identities.DEFAULT))));
            scene.deployed("checkout", 1, "shop.example/checkout:1.0", "shop.example/checkout:1.1");

            scene.people.command("guest", INCIDENTS, "/rollback checkout");
            scene.awaitMessage(INCIDENTS, "guest", "Kubernetes does not know you");

            scene.people.command("responder", INCIDENTS, "/rollback checkout because customers cannot pay");
            ObjectNode card = scene.awaitCard("AwaitingApproval");
            assertThat(card.toString()).contains("responder@example.com may not patch deployments");
            scene.people.action("lead", INCIDENTS, Scene.ts(card), "approve");
            scene.awaitCard("Succeeded");

            assertThat(users(scene, "patch", "deployments.apps")).containsExactly("lead@example.com");
            assertThat(users(scene, "create", "rollbacks.stepback.dev")).containsExactly("");
            takeAway(scene);
        }
    }

    /** As whom it was done; empty for the bot itself. */
    private static List<String> users(Scene scene, String verb, String resource) {
        return scene.cluster.requests().stream()
                .filter(r -> r.verb().equals(verb) && r.resource().equals(resource) && !r.isDryRun())
                .map(RecordedRequest::user)
                .map(user -> user.equals(scene.botUser()) ? "" : user)
                .distinct()
                .toList();
    }

    private static void grant(Scene scene) {
        inTheNamespace(scene, "view", "responder@example.com");
        inTheNamespace(scene, "edit", "lead@example.com");
        scene.client.resource("""
            kind: ClusterRole
            apiVersion: rbac.authorization.k8s.io/v1
            metadata: {name: %s}
            rules:
              - apiGroups: [""]
                resources: [users]
                resourceNames: [responder@example.com, lead@example.com]
                verbs: [impersonate]
            """.formatted(impersonator(scene))).create();
        scene.client
                .resource("""
            kind: ClusterRoleBinding
            apiVersion: rbac.authorization.k8s.io/v1
            metadata: {name: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %1$s}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: '%2$s'}]
            """.formatted(impersonator(scene), scene.botUser()))
                .create();
    }

    private static void inTheNamespace(Scene scene, String role, String user) {
        scene.client.resource("""
            kind: RoleBinding
            apiVersion: rbac.authorization.k8s.io/v1
            metadata: {name: test-%1$s, namespace: %3$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: %1$s}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: '%2$s'}]
            """.formatted(role, user, scene.namespace)).create();
    }

    private static String impersonator(Scene scene) {
        return scene.namespace + "-impersonator";
    }

    /** What is no namespace's stays on a real cluster otherwise. */
    private static void takeAway(Scene scene) {
        scene.client.rbac().clusterRoleBindings().withName(impersonator(scene)).delete();
        scene.client.rbac().clusterRoles().withName(impersonator(scene)).delete();
    }
}
