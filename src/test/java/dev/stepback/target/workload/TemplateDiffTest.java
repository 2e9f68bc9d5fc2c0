package dev.stepback.target.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Change;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TemplateDiffTest {
    private static final String MASK = Redactor.MASK;
    private final TemplateDiff diff = new TemplateDiff(new Redactor(List.of(Pattern.compile("(?i)password|token"))));

    @Test
    void image_comesFirst() {
        assertThat(changes(
                        "{terminationGracePeriodSeconds: 30, containers: [{name: a, image: 'a:1'}]}",
                        "{terminationGracePeriodSeconds: 60, containers: [{name: a, image: 'a:2'}]}"))
                .containsExactly(
                        new Change("containers[a].image", "a:1", "a:2"),
                        new Change("terminationGracePeriodSeconds", "30", "60"));
    }

    @Test
    void environment_isKeyedByName_whateverTheOrder() {
        assertThat(changes(
                        container("env: [{name: A, value: '1'}, {name: B, value: '2'}]"),
                        container("env: [{name: B, value: '2'}, {name: A, value: '3'}, {name: C, value: '4'}]")))
                .containsExactly(
                        new Change("containers[a].env[A]", "1", "3"), new Change("containers[a].env[C]", null, "4"));
    }

    @Test
    void secretLookingValue_isMasked_butTheChangeIsListed() {
        assertThat(changes(
                        container("env: [{name: DB_PASSWORD, value: hunter2}]"),
                        container("env: [{name: DB_PASSWORD, value: hunter3}]")))
                .containsExactly(new Change("containers[a].env[DB_PASSWORD]", MASK, MASK + " (changed)"));
    }

    @Test
    void differenceThatIsMasked_isSaid() {
        assertThat(changes(
                        container("args: [--token, abc], image: 'https://bot:x@registry/a'"),
                        container("args: [--token, abd], image: 'https://bot:y@registry/a'")))
                .containsExactly(
                        new Change(
                                "containers[a].image",
                                "https://bot:%s@registry/a".formatted(MASK),
                                "https://bot:%s@registry/a (changed)".formatted(MASK)),
                        new Change("containers[a].args", "--token " + MASK, "--token " + MASK + " (changed)"));
    }

    @Test
    void annotations_areRedacted_andWhatWasAppliedIsNeverShown() {
        String applied = "kubectl.kubernetes.io/last-applied-configuration";
        String sum = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        PodTemplate before = new PodTemplate(Yaml.parse("{metadata: {annotations: {}}}"));
        PodTemplate after = new PodTemplate(Yaml.parse(
                "{metadata: {annotations: {'" + applied + "': '{\"a\":1}', 'x/token': abc," + " 'checksum/config': '"
                        + sum + "', hook: 'https://hooks.slack.com/services/T0/B0/abcdef'}}}"));
        assertThat(diff.between(before, after))
                .containsExactlyInAnyOrder(
                        new Change("annotations[" + applied + "]", null, MASK),
                        new Change("annotations[x/token]", null, MASK),
                        new Change("annotations[checksum/config]", null, sum),
                        new Change("annotations[hook]", null, "https://hooks.slack.com/services/" + MASK));
    }

    @Test
    void valueFrom_isShownAsAReference() {
        assertThat(changes(
                        container("env: [{name: X, value: plain}]"),
                        container("env: [{name: X, valueFrom: {secretKeyRef: {name: db, key: password}}}]")))
                .containsExactly(new Change("containers[a].env[X]", "plain", "from secretKeyRef db, key password"));
    }

    @Test
    void commandsAndHeadersAndUrls_areRedacted() {
        assertThat(changes(
                        container("args: [--token, abc, --level=1, --db-password=x]"),
                        container("args: [--token, abd, --level=2, --db-password=x]")))
                .containsExactly(new Change(
                        "containers[a].args",
                        "--token %s --level=1 --db-password=%s".formatted(MASK, MASK),
                        "--token %s --level=2 --db-password=%s".formatted(MASK, MASK)));
        assertThat(changes(
                        container("livenessProbe: {httpGet: {httpHeaders: [{name: X-Token, value: abc}]}}"),
                        container("livenessProbe: {httpGet: {httpHeaders: [{name: X-Token, value: abd}]}}")))
                .containsExactly(new Change(
                        "containers[a].livenessProbe.httpGet.httpHeaders[X-Token].value", MASK, MASK + " (changed)"));
        assertThat(changes(
                        container("env: [{name: DSN, value: 'postgres://app:s3cret@db/shop'}]"),
                        container("env: [{name: DSN, value: 'postgres://app:s3cret@db2/shop'}]")))
                .containsExactly(new Change(
                        "containers[a].env[DSN]",
                        "postgres://app:" + MASK + "@db/shop",
                        "postgres://app:" + MASK + "@db2/shop"));
    }

    @Test
    void nestedFields_haveReadablePaths() {
        assertThat(changes(
                        "{containers: [{name: a, resources: {limits: {memory: 1Gi}}, ports: [{containerPort: 80}]}],"
                                + " volumes: [{name: cfg, configMap: {name: v1}}]}",
                        "{containers: [{name: a, resources: {limits: {memory: 2Gi}}, ports: [{containerPort: 81}],"
                                + " volumeMounts: [{name: cfg, mountPath: /cfg}]}],"
                                + " volumes: [{name: cfg, configMap: {name: v2}}]}"))
                .containsExactlyInAnyOrder(
                        new Change("containers[a].resources.limits.memory", "1Gi", "2Gi"),
                        new Change("containers[a].ports[80].containerPort", "80", null),
                        new Change("containers[a].ports[81].containerPort", null, "81"),
                        new Change("containers[a].volumeMounts[cfg].mountPath", null, "/cfg"),
                        new Change("volumes[cfg].configMap.name", "v1", "v2"));
    }

    @Test
    void longValue_isShortened_exceptAnImage() {
        String text = "x".repeat(1234);
        assertThat(changes(container("env: []"), container("env: [{name: A, value: %s}]".formatted(text))))
                .containsExactly(new Change("containers[a].env[A]", null, "x".repeat(200) + "… (1234 characters)"));
        String image = "registry/" + "y".repeat(300) + ":1";
        assertThat(changes(
                        "{containers: [{name: a, image: b}]}",
                        "{containers: [{name: a, image: '%s'}]}".formatted(image)))
                .containsExactly(new Change("containers[a].image", "b", image));
    }

    @Test
    void onlyTheOrderDiffers_isSaid() {
        assertThat(changes("{containers: [{name: a}, {name: b}]}", "{containers: [{name: b}, {name: a}]}"))
                .hasSize(1);
    }

    @Test
    void manyChanges_areBoundedInAPlan_andCounted() {
        StringBuilder variables = new StringBuilder();
        for (int i = 0; i < 700; i++) {
            variables.append("{name: V%d, value: '1'},".formatted(i));
        }
        PodTemplate before = template(container("env: []"));
        PodTemplate after = template(container("env: [" + variables + "]"));

        assertThat(diff.bounded(before, after))
                .hasSize(501)
                .last()
                .isEqualTo(new Change("more", "200 more fields", "200 more fields"));
        assertThat(diff.between(before, after)).hasSize(700);
    }

    private List<Change> changes(String before, String after) {
        return diff.between(template(before), template(after));
    }

    private static String container(String fields) {
        return "{containers: [{name: a, " + fields + "}]}";
    }

    private static PodTemplate template(String spec) {
        return new PodTemplate(Yaml.parse("{spec: " + spec + "}"));
    }
}
