package dev.stepback.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;

class DenialTest {

    @Test
    void denial_saysWhoLacksWhichVerbOnWhat() {
        assertThat(Denial.of(failure(
                        403,
                        "deployments.apps \"checkout\" is forbidden: User \"alice\" cannot patch resource"
                                + " \"deployments\" in API group \"apps\" in the namespace \"production\"",
                        "checkout")))
                .hasValue(new Denial("alice", "patch", "deployments.apps", "checkout", "production"))
                .hasValueSatisfying(d -> assertThat(d.sentence())
                        .isEqualTo("Kubernetes forbids it: alice may not patch deployments.apps \"checkout\" in the"
                                + " namespace production."));
    }

    @Test
    void denial_ofACollectionOfTheCluster_hasNeitherNameNorNamespace() {
        assertThat(Denial.of(failure(
                        403,
                        "pods is forbidden: User \"bob\" cannot list resource \"pods/log\" in API group \"\" at the"
                                + " cluster scope",
                        "")))
                .hasValue(new Denial("bob", "list", "pods/log", "", ""));
    }

    @Test
    void denialOfImpersonation_saysHowToGrantIt() {
        assertThat(Denial.of(failure(
                        403,
                        "users \"alice\" is forbidden: User \"system:serviceaccount:stepback:stepback\" cannot"
                                + " impersonate resource \"users\" in API group \"\" at the cluster scope",
                        "alice")))
                .hasValueSatisfying(d -> assertThat(d.sentence())
                        .startsWith("Kubernetes forbids it: system:serviceaccount:stepback:stepback may not impersonate"
                                + " users \"alice\".")
                        .contains("k8s-manifests/impersonate"));
    }

    @Test
    void otherRefusals_areNoDenials() {
        assertThat(Denial.of(failure(403, "deployments.apps \"web\" is forbidden: exceeded quota: pods=10", "web")))
                .isEmpty();
        assertThat(Denial.of(failure(403, "admission webhook \"x\" denied the request: no", "")))
                .isEmpty();
        assertThat(Denial.of(failure(
                        500, "User \"a\" cannot get resource \"b\" in API group \"c\" at the cluster scope", "")))
                .isEmpty();
        assertThat(Denial.of(new KubernetesClientException("nothing"))).isEmpty();
    }

    private static KubernetesClientException failure(int code, String message, String name) {
        return new KubernetesClientException(
                message,
                code,
                new StatusBuilder()
                        .withCode(code)
                        .withMessage(message)
                        .withNewDetails()
                        .withName(name)
                        .endDetails()
                        .build());
    }
}
