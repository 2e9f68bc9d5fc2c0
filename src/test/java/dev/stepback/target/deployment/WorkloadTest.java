package dev.stepback.target.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.History;
import dev.stepback.target.Revision;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.LabelSelector;
import dev.stepback.target.workload.PodTemplate;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadTest {
    private static final Redactor REDACTOR = new Redactor(List.of(Pattern.compile("(?i)password")));

    @Test
    void revisionUsedAgain_showsItsEarlierNumbers() {
        ObjectNode again = Shop.replicaSet(4, "2.0");
        annotations(again).put("deployment.kubernetes.io/revision-history", "2");

        History history = Shop.workload(Shop.deployment(4, "2.0"), Shop.replicaSet(3, "3.0"), again)
                .history(REDACTOR);

        assertThat(history.current()).hasValue(4);
        assertThat(history.revisions()).extracting(Revision::number).containsExactly(4L, 3L);
        assertThat(history.revisions().get(0).earlierNumbers()).containsExactly(2L);
        assertThat(history.revisions().get(0).changeCause()).isEqualTo("release 2.0");
    }

    @Test
    void changeCause_isRedacted() {
        ObjectNode recorded = Shop.replicaSet(1, "1.0");
        annotations(recorded).put("kubernetes.io/change-cause", "kubectl set env deploy/checkout DB_PASSWORD=hunter2");

        assertThat(Shop.workload(Shop.deployment(1, "1.0"), recorded)
                        .history(REDACTOR)
                        .revisions()
                        .get(0)
                        .changeCause())
                .isEqualTo("kubectl set env deploy/checkout DB_PASSWORD=" + Redactor.MASK);
    }

    @Test
    void replicaSetWithoutRevision_isLeftOut() {
        ObjectNode unnumbered = Shop.replicaSet(9, "9.0");
        annotations(unnumbered).remove("deployment.kubernetes.io/revision");

        assertThat(Shop.workload(Shop.deployment(1, "1.0"), Shop.replicaSet(1, "1.0"), unnumbered)
                        .history(REDACTOR)
                        .revisions())
                .extracting(Revision::number)
                .containsExactly(1L);
    }

    @Test
    void current_isTheTemplatesNumber_notTheAnnotations() {
        assertThat(Shop.workload(Shop.deployment(3, "2.0"), Shop.replicaSet(3, "3.0"), Shop.replicaSet(2, "2.0"))
                        .history(REDACTOR)
                        .current())
                .hasValue(2);
    }

    @Test
    void templateThatWasNotSeenYet_hasNoNumber() {
        ObjectNode deployment = Shop.deployment(3, "4.0");
        ((ObjectNode) deployment.path("metadata")).put("generation", 4);

        assertThat(Shop.workload(deployment, Shop.replicaSet(3, "3.0"))
                        .history(REDACTOR)
                        .current())
                .isEmpty();
    }

    @Test
    void sameTemplate_despiteHashNullsAndEmptyMaps_butNotWithAnotherField() {
        ObjectNode a = Shop.template("1.0");
        ObjectNode b = Shop.template("1.0");
        ((ObjectNode) b.path("metadata")).remove("creationTimestamp");
        ((ObjectNode) b.path("metadata")).putObject("annotations");
        ((ObjectNode) b.at("/metadata/labels")).put("pod-template-hash", "abc");

        assertThat(new PodTemplate(a).sameAs(new PodTemplate(b))).isTrue();
        assertThat(new PodTemplate(a).fingerprint()).isEqualTo(new PodTemplate(b).fingerprint());

        ((ObjectNode) b.path("spec")).putObject("securityContext");
        assertThat(new PodTemplate(a).sameAs(new PodTemplate(b))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"matchLabels\":{\"a\":\"b\",\"c\":\"d\"}}                                 | a=b,c=d",
                "{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\",\"values\":[\"x\",\"y\"]}]}    | a in (x,y)",
                "{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"NotIn\",\"values\":[\"x\"]}]}      | a notin (x)",
                "{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"Exists\"}]}                      | a",
                "{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"DoesNotExist\"}]}                | !a",
            })
    void selector_isSpelledAsTheApiWantsIt(String selector, String spelled) {
        assertThat(LabelSelector.query(Json.parse(selector))).isEqualTo(spelled);
    }

    private static ObjectNode annotations(ObjectNode object) {
        return (ObjectNode) object.at("/metadata/annotations");
    }
}
