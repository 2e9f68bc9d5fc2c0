package dev.stepback.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.sandbox.cluster.rbac.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stock kubectl, where there is one, against the API server. */
class KubectlTest {
    @TempDir
    Path home;

    private final SandboxCluster cluster = SandboxCluster.start(0, Clock.systemUTC());

    @BeforeAll
    static void needsKubectl() {
        Assumptions.assumeTrue(isInstalled(), "no kubectl on this machine");
    }

    @BeforeEach
    void writeKubeconfig() throws IOException {
        Files.writeString(home.resolve("kubeconfig"), cluster.kubeconfig());
        Files.writeString(home.resolve("web.json"), ApiServerTest.deployment("web"));
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void apply_createsThenConfigures() throws IOException {
        assertThat(kubectl("apply", "--validate=false", "-f", "web.json")).contains("deployment.apps/web created");
        assertThat(kubectl("apply", "--validate=false", "-f", "web.json")).contains("deployment.apps/web unchanged");
        Files.writeString(
                home.resolve("web.json"), ApiServerTest.deployment("web").replace("app:1", "app:2"));
        assertThat(kubectl("apply", "--validate=false", "-f", "web.json")).contains("deployment.apps/web configured");
        assertThat(kubectl("apply", "--validate=false", "--server-side", "--force-conflicts", "-f", "web.json"))
                .contains("deployment.apps/web serverside-applied");
        assertThat(kubectl("get", "deployment", "web", "-o", "jsonpath={..image}"))
                .isEqualTo("app:2");
    }

    @Test
    void get_showsColumns() throws IOException {
        kubectl("apply", "--validate=false", "-f", "web.json");

        assertThat(kubectl("get", "deploy")).contains("NAME", "READY", "UP-TO-DATE", "AVAILABLE", "web", "0/1");
        assertThat(kubectl("get", "pods,rs,events,cm")).contains("No resources found");
        assertThat(kubectl("get", "deploy", "-l", "app in (web)")).contains("No resources found");
        assertThat(kubectl("get", "deploy", "nothing")).contains("(NotFound)", "\"nothing\" not found");
    }

    @Test
    void patch_annotate_label_scaleAndDelete_work() throws IOException {
        kubectl("apply", "--validate=false", "-f", "web.json");

        assertThat(kubectl("set", "image", "deploy/web", "app=app:3")).contains("image updated");
        assertThat(kubectl("annotate", "deploy/web", "kubernetes.io/change-cause=because"))
                .contains("annotated");
        assertThat(kubectl("label", "deploy/web", "tier=front")).contains("labeled");
        assertThat(kubectl("scale", "deploy/web", "--replicas=4")).contains("scaled");
        assertThat(kubectl("rollout", "pause", "deploy/web")).contains("paused");
        assertThat(kubectl("rollout", "resume", "deploy/web")).contains("resumed");
        assertThat(kubectl(
                        "patch",
                        "deploy/web",
                        "--type=json",
                        "-p",
                        "[{\"op\":\"test\",\"path\":\"/spec/replicas\",\"value\":7}]"))
                .contains("the server rejected our request due to an error in our request");
        assertThat(kubectl("get", "deploy", "web", "-o", "jsonpath={.spec.replicas} {..image} {.metadata.labels.tier}"))
                .isEqualTo("4 app:3 front");
        assertThat(kubectl("delete", "deploy", "web")).contains("deleted");
        assertThat(kubectl("get", "deploy")).contains("No resources found");
    }

    @Test
    void create_takesWhatKubectlSendsAsProtobuf() throws IOException {
        assertThat(kubectl("create", "namespace", "shop")).contains("namespace/shop created");
        assertThat(kubectl("create", "deployment", "api", "--image=api:1", "--replicas=0", "--port=80"))
                .contains("deployment.apps/api created");
        assertThat(kubectl("create", "configmap", "settings", "--from-literal=a=b"))
                .contains("configmap/settings created");
        assertThat(kubectl("create", "secret", "generic", "keys", "--from-literal=k=v"))
                .contains("secret/keys created");
        assertThat(kubectl("create", "job", "once", "--image=busybox")).contains("job.batch/once created");
        assertThat(kubectl("create", "pdb", "api", "--selector=app=api", "--max-unavailable=30%"))
                .contains("poddisruptionbudget.policy/api created");
        assertThat(kubectl("create", "role", "reader", "--verb=get,list", "--resource=pods"))
                .contains("role.rbac.authorization.k8s.io/reader created");

        String api = "{.spec.replicas} {..image} {..containerPort} {.spec.selector.matchLabels.app}";
        assertThat(kubectl("get", "deploy", "api", "-o", "jsonpath=" + api)).isEqualTo("0 api:1 80 api");
        assertThat(kubectl("get", "cm", "settings", "-o", "jsonpath={.data}")).isEqualTo("{\"a\":\"b\"}");
        assertThat(kubectl("get", "secret", "keys", "-o", "jsonpath={.data.k}")).isEqualTo("dg==");
        assertThat(kubectl("get", "pdb", "api", "-o", "jsonpath={.spec.maxUnavailable}"))
                .isEqualTo("30%");
        assertThat(kubectl("get", "role", "reader", "-o", "jsonpath={.rules[0].verbs}"))
                .isEqualTo("[\"get\",\"list\"]");
    }

    @Test
    void auth_saysWhoMayWhat() throws IOException {
        assertThat(kubectl("auth", "can-i", "patch", "deployments")).contains("yes");
        cluster.faults().deny("patch", "deployments.apps");
        assertThat(kubectl("auth", "can-i", "patch", "deployments")).contains("no");
        assertThat(kubectl("auth", "can-i", "--list")).contains("*.*");
        assertThat(kubectl("auth", "whoami")).contains("system:masters");
    }

    @Test
    void describe_logsAndEdit_work() throws IOException {
        kubectl("apply", "--validate=false", "-f", "web.json");
        assertThat(kubectl("describe", "deploy", "web")).contains("Name:", "app:1");
        assertThat(kubectl("run", "one", "--image=app:1")).contains("pod/one created");
        assertThat(kubectl("logs", "one")).isEmpty();
        kubectl(
                "patch",
                "pod",
                "one",
                "--subresource=status",
                "--type=merge",
                "-p",
                "{\"status\":{\"containerStatuses\":[{\"name\":\"one\",\"image\":\"app:1\",\"imageID\":\"\",\"ready\":false,"
                        + "\"restartCount\":0,\"state\":{\"waiting\":{\"reason\":\"ErrImagePull\"}}}]}}");
        assertThat(kubectl("logs", "one")).contains("is waiting to start");
        Path editor = Files.writeString(home.resolve("editor"), "#!/bin/sh\nsed -i s/app:1/app:9/ \"$1\"\n");
        assertThat(editor.toFile().setExecutable(true)).isTrue();
        assertThat(kubectl("edit", "--validate=false", "deploy", "web")).contains("edited");
        assertThat(kubectl("get", "deploy", "web", "-o", "jsonpath={..image}")).isEqualTo("app:9");
    }

    @Test
    void whatIsInvalid_isToldFieldByField() throws IOException {
        Files.writeString(
                home.resolve("web.json"), ApiServerTest.deployment("web").replace("\"app:1\"", "\"\""));

        assertThat(kubectl("apply", "--validate=false", "-f", "web.json"))
                .contains("spec.template.spec.containers[0].image: Required value");
    }

    @Test
    void rollout_knowsRevisions_andUndoesWithReplicaSetsOfTheDeployment() throws IOException {
        kubectl("apply", "--validate=false", "-f", "web.json");
        ReplicaSets.record(cluster.store(), "web", 1, "app:1");
        kubectl("set", "image", "deploy/web", "app=app:2");
        ReplicaSets.record(cluster.store(), "web", 2, "app:2");

        assertThat(kubectl("rollout", "history", "deploy/web")).contains("REVISION", "1", "2");
        assertThat(kubectl("rollout", "history", "deploy/web", "--revision=1")).contains("app:1");
        assertThat(kubectl("rollout", "undo", "deploy/web", "--to-revision=1")).contains("rolled back");
        assertThat(kubectl("get", "deploy", "web", "-o", "jsonpath={..image}")).isEqualTo("app:1");
        assertThat(kubectl("rollout", "undo", "deploy/web", "--to-revision=1"))
                .contains("skipped rollback (current template already matches revision 1)");
        assertThat(kubectl("rollout", "undo", "deploy/web", "--to-revision=7"))
                .contains("unable to find specified revision 7 in history");
    }

    @Test
    void getWatch_followsChanges() throws IOException {
        kubectl("apply", "--validate=false", "-f", "web.json");
        Path output = home.resolve("watch");
        Process watch = start(output, "get", "deploy", "-w");
        try {
            await().untilAsserted(() -> assertThat(Files.readString(output)).contains("0/1"));
            kubectl("scale", "deploy/web", "--replicas=5");
            await().untilAsserted(() -> assertThat(Files.readString(output)).contains("0/5"));
        } finally {
            watch.destroy();
        }
    }

    @Test
    void explainsItself() throws IOException {
        assertThat(kubectl("api-resources")).contains("deployments", "poddisruptionbudgets", "leases");
        assertThat(kubectl("version")).contains("Server Version: v1.35");
        // A raw path replaces the one in the kubeconfig, which carries the token.
        String path = Tokens.path(cluster.adminToken());
        assertThat(kubectl("get", "--raw", path + "/readyz")).contains("ok");
    }

    @Test
    void authCanI_asksRbac() throws IOException {
        bind("view", "User", "alice");
        bind("edit", "Group", "leads");

        assertThat(kubectl("auth", "can-i", "list", "pods", "--as=alice").strip())
                .isEqualTo("yes");
        assertThat(kubectl("auth", "can-i", "patch", "deployments", "--as=alice")
                        .strip())
                .isEqualTo("no");
        assertThat(kubectl("auth", "can-i", "patch", "deployments", "--as=alice", "--as-group=leads")
                        .strip())
                .isEqualTo("yes");
        assertThat(kubectl("auth", "can-i", "list", "pods", "-n", "kube-system", "--as=alice")
                        .strip())
                .isEqualTo("no");
        assertThat(kubectl("auth", "can-i", "--list", "--as=alice"))
                .contains("pods/log", "[get list watch]")
                .doesNotContain("secrets", "patch");
        assertThat(kubectl("get", "secrets", "--as=alice"))
                .contains("Error from server (Forbidden): secrets is forbidden: User \"alice\" cannot list resource"
                        + " \"secrets\" in API group \"\" in the namespace \"default\"");
    }

    @Test
    void aUsersOwnKubeconfig_hasThatUsersRights() throws IOException {
        bind("view", "User", "alice");
        Files.writeString(home.resolve("kubeconfig"), cluster.kubeconfigOf("alice"));

        assertThat(kubectl("get", "pods")).contains("No resources found");
        assertThat(kubectl("get", "pods", "--as=bob"))
                .contains("users \"bob\" is forbidden: User \"alice\" cannot impersonate resource \"users\" in API"
                        + " group \"\" at the cluster scope");
    }

    private void bind(String role, String kind, String name) throws IOException {
        Files.writeString(home.resolve("binding.json"), """
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"%s"},
             "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"%s"},
             "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"%s","name":"%s"}]}\
            """.formatted(name, role, kind, name));
        assertThat(kubectl("apply", "--validate=false", "-f", "binding.json")).contains("created");
    }

    private String kubectl(String... arguments) throws IOException {
        Path output = Files.createTempFile(home, "kubectl", ".txt");
        Process process = start(output, arguments);
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroy();
        }
        return Files.readString(output);
    }

    private Process start(Path output, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("kubectl"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
        builder.environment().put("KUBECONFIG", home.resolve("kubeconfig").toString());
        builder.environment().put("HOME", home.toString());
        builder.environment().put("EDITOR", home.resolve("editor").toString());
        return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    }

    private static boolean isInstalled() {
        try {
            Process process = new ProcessBuilder("kubectl", "version", "--client")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
