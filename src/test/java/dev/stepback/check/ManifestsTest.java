package dev.stepback.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stepback.config.Checked;
import dev.stepback.config.ConfigLoader;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The manifests as kubectl renders them. */
class ManifestsTest {
    private static final List<String> WRITES =
            List.of("create", "update", "patch", "delete", "deletecollection", "*", "bind", "escalate", "impersonate");

    @Test
    void clusterWide_grantsWhatIsNeeded() throws Exception {
        List<HasMetadata> all = render("k8s-manifests");
        List<PolicyRule> rules = only(ClusterRole.class, all).getRules();
        Permission.ALL.forEach(p -> assertThat(granted(rules, p)).as("%s", p).isTrue());
        assertThat(of(CustomResourceDefinition.class, all)).hasSize(2);
        assertLease(all);
        assertWritesLittle(rules);
        assertNothingElse(rules, Permission.ALL, Permission.CLUSTER);
    }

    @Test
    void chosenNamespaces_grantTheSameThereAndNothingElsewhere() throws Exception {
        List<HasMetadata> all = render("k8s-manifests/namespaced");
        for (String namespace : List.of("production", "staging")) {
            List<PolicyRule> rules = of(Role.class, all).stream()
                    .filter(r -> namespace.equals(r.getMetadata().getNamespace()))
                    .flatMap(r -> r.getRules().stream())
                    .toList();
            Permission.ALL.forEach(p ->
                    assertThat(granted(rules, p)).as("%s in %s", p, namespace).isTrue());
            assertWritesLittle(rules);
            assertNothingElse(rules, Permission.ALL);
        }
        assertThat(only(ClusterRole.class, all).getRules())
                .singleElement()
                .satisfies(r -> assertThat(r.getResources()).containsExactly("selfsubjectaccessreviews"));
        assertLease(all);
    }

    /** An unrestricted right to impersonate is the right to everything. */
    @Test
    void impersonation_isForNamedUsersAndGroupsOnly() throws Exception {
        List<PolicyRule> rules =
                only(ClusterRole.class, render("k8s-manifests/impersonate")).getRules();
        assertThat(rules).allSatisfy(rule -> {
            assertThat(rule.getVerbs()).containsExactly("impersonate");
            assertThat(rule.getResourceNames()).isNotEmpty().doesNotContain("*", "system:masters");
        });
        assertThat(rules).flatExtracting(PolicyRule::getResources).containsExactly("users", "groups");
    }

    @Test
    void reviews_areAllThatReviewAccessGrants() throws Exception {
        assertThat(only(ClusterRole.class, render("k8s-manifests/review-access"))
                        .getRules())
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.getResources()).containsExactly("subjectaccessreviews");
                    assertThat(rule.getVerbs()).containsExactly("create");
                });
    }

    @Test
    void dataChecks_grantJobsAndTheirLogsOnly() throws Exception {
        List<PolicyRule> everywhere =
                only(ClusterRole.class, render("k8s-manifests/data-checks")).getRules();
        assertNothingElse(everywhere, Permission.DATA_CHECKS);
        List<Role> chosen = of(Role.class, render("k8s-manifests/data-checks/namespaced"));
        assertThat(chosen).hasSize(2).allSatisfy(role -> assertNothingElse(role.getRules(), Permission.DATA_CHECKS));
    }

    @Test
    void configurations_areValid() throws Exception {
        for (String directory : List.of("k8s-manifests", "k8s-manifests/namespaced")) {
            String yaml = only(ConfigMap.class, render(directory)).getData().get("stepback.yaml");
            assertThat(ConfigLoader.load(Objects.requireNonNull(yaml), directory, Map.of()))
                    .isInstanceOf(Checked.Valid.class);
        }
    }

    @Test
    void pods_areRestricted() throws Exception {
        List<HasMetadata> all = render("k8s-manifests");
        Deployment deployment = only(Deployment.class, all);
        assertThat(deployment.getSpec().getReplicas()).isEqualTo(2);
        var pod = deployment.getSpec().getTemplate().getSpec();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        Container container = pod.getContainers().get(0);
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/healthz");
        assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/readyz");
        assertThat(only(PodDisruptionBudget.class, all).getSpec().getSelector().getMatchLabels())
                .isEqualTo(deployment.getSpec().getSelector().getMatchLabels());
    }

    @Test
    void network_letsNothingInAndLittleOut() throws Exception {
        for (String directory : List.of("k8s-manifests", "k8s-manifests/namespaced")) {
            List<HasMetadata> all = render(directory);
            NetworkPolicy policy = only(NetworkPolicy.class, all);
            assertThat(policy.getMetadata().getNamespace()).isEqualTo("stepback");
            assertThat(policy.getSpec().getPodSelector().getMatchLabels())
                    .isEqualTo(
                            only(Deployment.class, all).getSpec().getSelector().getMatchLabels());
            assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress", "Egress");
            assertThat(policy.getSpec().getIngress()).isEmpty();
            assertThat(policy.getSpec().getEgress().stream()
                            .flatMap(rule -> rule.getPorts().stream())
                            .map(p -> p.getProtocol() + " " + p.getPort().getIntVal()))
                    .containsExactlyInAnyOrder("UDP 53", "TCP 53", "TCP 443", "TCP 6443");
        }
    }

    /** Besides its own objects and its Lease, the bot patches workloads, marks their revisions, deletes broken pods and writes Events. */
    private static void assertWritesLittle(List<PolicyRule> rules) {
        assertThat(rules.stream()
                        .filter(r -> !r.getApiGroups().contains("stepback.dev"))
                        .flatMap(r -> r.getResources().stream()
                                .flatMap(res -> r.getVerbs().stream()
                                        .filter(WRITES::contains)
                                        .map(v -> v + " " + res))))
                .containsOnlyOnce(
                        "patch deployments",
                        "patch statefulsets",
                        "patch daemonsets",
                        "patch replicasets",
                        "patch controllerrevisions",
                        "delete pods",
                        "create events")
                .isSubsetOf(
                        "patch deployments",
                        "patch statefulsets",
                        "patch daemonsets",
                        "patch replicasets",
                        "patch controllerrevisions",
                        "delete pods",
                        "create events",
                        "create selfsubjectaccessreviews");
    }

    @SafeVarargs
    private static void assertNothingElse(List<PolicyRule> rules, List<Permission>... all) {
        List<String> needed = Stream.of(all)
                .flatMap(List::stream)
                .map(p -> p.verb() + " " + p.group() + "/" + p.resource() + (p.name() == null ? "" : " " + p.name()))
                .toList();
        assertThat(rules.stream()
                        .filter(r -> !r.getApiGroups().contains("authorization.k8s.io"))
                        .flatMap(r -> r.getApiGroups().stream()
                                .flatMap(g -> r.getResources().stream()
                                        .flatMap(res -> r.getVerbs().stream()
                                                .flatMap(v -> named(r).map(n -> v + " " + g + "/" + res + n))))))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(needed);
    }

    private static Stream<String> named(PolicyRule rule) {
        return rule.getResourceNames().isEmpty()
                ? Stream.of("")
                : rule.getResourceNames().stream().map(name -> " " + name);
    }

    private static void assertLease(List<HasMetadata> all) {
        List<PolicyRule> rules = of(Role.class, all).stream()
                .filter(r -> r.getMetadata().getName().equals("stepback-lease"))
                .flatMap(r -> r.getRules().stream())
                .toList();
        Permission.LEASE.forEach(p -> assertThat(granted(rules, p)).as("%s", p).isTrue());
        assertNothingElse(rules, Permission.LEASE);
    }

    private static boolean granted(List<PolicyRule> rules, Permission wanted) {
        return rules.stream()
                .anyMatch(r -> r.getApiGroups().contains(wanted.group())
                        && r.getResources().contains(wanted.resource())
                        && r.getVerbs().contains(wanted.verb())
                        && (r.getResourceNames().isEmpty()
                                || r.getResourceNames().contains(String.valueOf(wanted.name()))));
    }

    private static <T extends HasMetadata> T only(Class<T> type, List<HasMetadata> all) {
        assertThat(of(type, all)).hasSize(1);
        return of(type, all).get(0);
    }

    private static <T extends HasMetadata> List<T> of(Class<T> type, List<HasMetadata> all) {
        return all.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static List<HasMetadata> render(String directory) throws IOException, InterruptedException {
        Process kubectl;
        try {
            kubectl = new ProcessBuilder("kubectl", "kustomize", directory)
                    .redirectError(ProcessBuilder.Redirect.to(new File("/dev/null")))
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "no kubectl here");
            throw e;
        }
        byte[] yaml;
        try (InputStream output = kubectl.getInputStream()) {
            yaml = output.readAllBytes();
        }
        assertThat(kubectl.waitFor()).isZero();
        Object parsed = Serialization.unmarshal(new ByteArrayInputStream(yaml));
        return ((Collection<?>) parsed).stream().map(HasMetadata.class::cast).toList();
    }
}
