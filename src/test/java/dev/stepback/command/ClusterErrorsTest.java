package dev.stepback.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody who typed a command reads when the cluster fails. */
class ClusterErrorsTest {
    private final Desk desk = new Desk();
    private final FakeTarget cluster = desk.cluster;

    @Test
    void denialOfTheCluster_saysWhoLacksWhat() {
        cluster.failure = Optional.of(new KubernetesClientException(
                "deployments.apps \"checkout\" is forbidden: User \"alice\" cannot get resource \"deployments\" in API"
                        + " group \"apps\" in the namespace \"production\"",
                403,
                new StatusBuilder()
                        .withCode(403)
                        .withNewDetails()
                        .withName("checkout")
                        .endDetails()
                        .build()));
        assertThat(dispatch("checkout history"))
                .isEqualTo(new Reply.Refused(
                        "Kubernetes forbids it: alice may not get deployments.apps \"checkout\" in the"
                                + " namespace production."));
    }

    @ParameterizedTest
    @CsvSource({"0, could not be reached", "401, credentials", "403, forbids", "503, 503", "404, CustomResource"})
    void errorOfTheApiServer_isASentence(int code, String sentence) {
        cluster.failure = Optional.of(new KubernetesClientException(
                "technical",
                code,
                code == 0 ? null : new StatusBuilder().withCode(code).build()));
        assertThat(dispatch("checkout"))
                .isInstanceOfSatisfying(
                        Reply.Refused.class, r -> assertThat(r.why()).contains(sentence));
    }

    /** The sentence is cut, and a piece of a secret is none that anybody knows. */
    @Test
    void errorOfTheApiServer_isMaskedBeforeItIsCut() {
        String message = "x".repeat(285) + " hunter2 is no value";
        cluster.failure = Optional.of(new KubernetesClientException(
                "technical",
                422,
                new StatusBuilder().withCode(422).withMessage(message).build()));
        assertThat(dispatch("checkout"))
                .isInstanceOfSatisfying(
                        Reply.Refused.class, r -> assertThat(r.why()).doesNotContain("hunt"));
    }

    @Test
    void errorOfOurOwn_isASentenceToo() {
        cluster.failure = Optional.of(new IllegalStateException("secret details"));
        assertThat(dispatch("checkout"))
                .isInstanceOfSatisfying(
                        Reply.Refused.class, r -> assertThat(r.why()).doesNotContain("secret"));
    }

    private Reply dispatch(String text) {
        return desk.dispatch(text);
    }
}
