package dev.stepback.target.workload.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReferencesTest {
    private static final String PLAIN = "{containers: [{name: web, image: 'web:2'}]}";
    private static final String SETTINGS =
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {a: '1'}}";
    private static final String PASSWORD =
            "{apiVersion: v1, kind: Secret, metadata: {name: password}, stringData: {p: hunter2}}";

    @RegisterExtension
    static final Ground ground = new Ground();

    private static String with(String container) {
        return "{containers: [{name: web, image: 'web:1', " + container + "}]}";
    }

    private static String volume(String source) {
        return "{containers: [{name: web, image: 'web:1'}], volumes: [{name: v, " + source + "}]}";
    }

    static Stream<String> templatesThatNeedSettings() {
        return Stream.of(
                with("envFrom: [{configMapRef: {name: settings}}]"),
                with("env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: a}}}]"),
                volume("configMap: {name: settings}"),
                volume("projected: {sources: [{configMap: {name: settings}}]}"),
                "{initContainers: [{name: first, image: 'web:1', envFrom: [{configMapRef: {name: settings}}]}],"
                        + " containers: [{name: web, image: 'web:1'}]}");
    }

    @ParameterizedTest
    @MethodSource("templatesThatNeedSettings")
    void configMap_passesWhileItIsThere_warnsWhenItWasChanged_blocksWhenItIsGone(String template) {
        ground.apply(SETTINGS);
        ground.later(Duration.ofMinutes(1));
        ground.released(template, PLAIN);
        assertThat(ground.says("references")).startsWith("PASS");
        assertThat(ground.says("configuration")).isEmpty();

        ground.later(Duration.ofHours(2));
        ground.client
                .configMaps()
                .inNamespace(ground.ref().namespace())
                .withName("settings")
                .edit(c -> {
                    c.getData().put("a", "2");
                    return c;
                });
        ground.later(Duration.ofHours(1));
        assertThat(ground.says("configuration"))
                .startsWith("WARN Changed after that revision was made, and not rolled back: ConfigMap settings (by ")
                .endsWith(", 1 h ago). Can revision 1 live with that?");

        ground.delete(SETTINGS);
        assertThat(ground.says("references"))
                .isEqualTo("BLOCK The restored pods could not start: ConfigMap settings is no longer there. Bring it"
                        + " back first.");
        assertThat(ground.plan().blocked()).isTrue();
    }

    @Test
    void secret_isNamedWithWhoChangedIt_andNeverRead() {
        ground.apply(PASSWORD);
        ground.later(Duration.ofMinutes(1));
        ground.released(with("env: [{name: P, valueFrom: {secretKeyRef: {name: password, key: p}}}]"), PLAIN);
        ground.later(Duration.ofHours(26));
        ground.client
                .resource(ground.item(PASSWORD.replace("hunter2", "hunter3")))
                .inNamespace(ground.ref().namespace())
                .fieldManager("vault-operator")
                .forceConflicts()
                .serverSideApply();
        ground.later(Duration.ofMinutes(5));

        assertThat(ground.says("configuration")).contains("Secret password (by vault-operator, 5 min ago)");
        assertThat(ground.plan().findings().toString()).doesNotContain("hunter");
    }

    @Test
    void newLabel_isNoChange() {
        ground.apply(SETTINGS);
        ground.released(with("envFrom: [{configMapRef: {name: settings}}]"), PLAIN);
        ground.later(Duration.ofHours(1));
        ground.client
                .resource(ground.item(
                        "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, labels: {team: shop}}}"))
                .inNamespace(ground.ref().namespace())
                .fieldManager("labeller")
                .serverSideApply();

        assertThat(ground.says("configuration")).isEmpty();
    }

    @Test
    void optionalReference_neverBlocks() {
        ground.released(
                with("envFrom: [{configMapRef: {name: nothing, optional: true}}, {secretRef: {name: no, optional:"
                        + " true}}]"),
                PLAIN);

        assertThat(ground.says("references")).startsWith("PASS");
    }

    @Test
    void optionalReference_isNamedWhenItWasChanged() {
        ground.apply(SETTINGS);
        ground.later(Duration.ofMinutes(1));
        ground.released(with("envFrom: [{configMapRef: {name: settings, optional: true}}]"), PLAIN);
        assertThat(ground.says("configuration")).isEmpty();

        ground.later(Duration.ofHours(2));
        ground.apply(SETTINGS.replace("'1'", "'2'"));
        assertThat(ground.says("configuration")).contains("ConfigMap settings (by ");

        ground.delete(SETTINGS);
        assertThat(ground.says("references")).startsWith("PASS");
    }

    @Test
    void requiredOnce_isRequired() {
        ground.released(
                with("envFrom: [{configMapRef: {name: settings}}, {configMapRef: {name: settings, optional: true}}]"),
                PLAIN);

        assertThat(ground.says("references")).startsWith("BLOCK The restored pods could not start: ConfigMap settings");
    }

    /** Registries' tokens are renewed every few hours. */
    @Test
    void pullSecretThatWasRenewed_isNoChange() {
        ground.apply(PASSWORD);
        ground.released("{imagePullSecrets: [{name: password}, {}], containers: [{name: web, image: 'web:1'}]}", PLAIN);
        ground.later(Duration.ofHours(2));
        ground.apply(PASSWORD.replace("hunter2", "hunter3"));

        assertThat(ground.says("configuration")).isEmpty();
        assertThat(ground.says("references")).startsWith("PASS");
    }

    @Test
    void secretOfAVolumesDriver_isLookedFor() {
        ground.released(volume("csi: {driver: d, nodePublishSecretRef: {name: password}}"), PLAIN);
        assertThat(ground.says("references")).startsWith("BLOCK").contains("Secret password");

        ground.newNamespace();
        ground.released(volume("cephfs: {monitors: [m], secretRef: {name: password}}"), PLAIN);
        assertThat(ground.says("references")).startsWith("BLOCK").contains("Secret password");
    }

    @Test
    void whatIsMadeRightAfterTheRevision_cameWithIt() {
        ground.released(with("envFrom: [{configMapRef: {name: settings}}]"), PLAIN);
        ground.later(Duration.ofSeconds(5));
        ground.apply(SETTINGS);
        ground.later(Duration.ofHours(1));
        assertThat(ground.says("configuration")).isEmpty();

        ground.delete(SETTINGS);
        ground.apply(SETTINGS);
        assertThat(ground.says("configuration")).contains("ConfigMap settings");
    }

    @Test
    void whatIsChangedRightAfterTheRevision_isAChange() {
        ground.apply(SETTINGS);
        ground.released(with("envFrom: [{configMapRef: {name: settings}}]"), PLAIN);
        ground.later(Duration.ofSeconds(5));
        ground.apply(SETTINGS.replace("'1'", "'2'"));

        assertThat(ground.says("configuration")).contains("ConfigMap settings");
    }

    @Test
    void generatedOneThatWasBroughtBack_isTheSame_unlessItWasEdited() {
        String generated = SETTINGS.replace("settings", "settings-5h7g2b9k4m");
        ground.released(with("envFrom: [{configMapRef: {name: settings-5h7g2b9k4m}}]"), PLAIN);
        ground.later(Duration.ofHours(2));
        ground.apply(generated);
        ground.later(Duration.ofHours(1));
        assertThat(ground.says("configuration")).isEmpty();
        assertThat(ground.says("references")).startsWith("PASS");

        ground.apply(generated.replace("'1'", "'2'"));
        assertThat(ground.says("configuration")).contains("ConfigMap settings-5h7g2b9k4m");
    }

    @Test
    void manyThatAreGone_leaveRoomForWhatToDo() {
        String all = IntStream.range(0, 9)
                .mapToObj(i -> "{configMapRef: {name: settings-of-some-length-" + i + "}}")
                .collect(Collectors.joining(", "));
        ground.released(with("envFrom: [" + all + "]"), PLAIN);

        assertThat(ground.says("references"))
                .hasSizeLessThan(300)
                .contains("settings-of-some-length-2, ConfigMap settings-of-some-length-3 and 5 more are no longer"
                        + " there.")
                .endsWith("Bring them back first.");
    }

    @Test
    void generatedName_blocksWithTheWayToBringItBack_unlessTheOldOneIsStillThere() {
        String generated = SETTINGS.replace("settings", "settings-5h7g2b9k4m");
        ground.apply(generated);
        ground.released(with("envFrom: [{configMapRef: {name: settings-5h7g2b9k4m}}]"), PLAIN);
        assertThat(ground.says("references")).startsWith("PASS");

        ground.delete(generated);
        assertThat(ground.says("references"))
                .isEqualTo("BLOCK The restored pods could not start: ConfigMap settings-5h7g2b9k4m is no longer there."
                        + " That is the name of a kustomize generator: build the commit of revision 1 again and apply"
                        + " settings-5h7g2b9k4m from it first.");
    }

    @Test
    void serviceAccountAndClaim_block_pullSecretWarns() {
        ground.released(
                "{serviceAccountName: shop, imagePullSecrets: [{name: registry}], containers: [{name: web, image:"
                        + " 'web:1'}], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]}",
                PLAIN);

        assertThat(ground.says("references"))
                .contains("BLOCK The restored pods could not start: ServiceAccount shop, PersistentVolumeClaim data are"
                        + " no")
                .contains(
                        "WARN No longer there: Secret registry. Bring it back, or nodes without the images cannot pull"
                                + " them.");
    }
}
