package dev.stepback.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.policy.Policy;
import dev.stepback.policy.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    private static final String VIEWERS = "access: {rules: [{who: [members], may: [view]}]}\n";
    private static final String NOBODY = "access: {rules: []}\n";

    @TempDir
    private Path directory;

    private Path file;
    private final List<Reload> news = new ArrayList<>();

    @BeforeEach
    void place() {
        file = directory.resolve("stepback.yaml");
    }

    @Test
    void change_isInForceOnceItHoldsStill() throws Exception {
        ConfigFile config = started(VIEWERS);
        Files.writeString(file, NOBODY);
        config.look(file);
        assertThat(config.policy().rules()).hasSize(1);
        config.look(file);
        assertThat(config.policy().rules()).isEmpty();
        assertThat(news)
                .containsExactly(
                        new Reload(true, List.of("access"), "The configuration file was read again; changed: access."));
    }

    @Test
    void checks_areTakenOver() throws Exception {
        ConfigFile config = started(VIEWERS);
        Files.writeString(file, VIEWERS + """
            checks:
              - name: a
                jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: i}]}}}}
            """);
        looks(config, 2);
        assertThat(config.config().checks()).extracting(DataCheckRule::name).containsExactly("a");
        assertThat(news).singleElement().satisfies(n -> assertThat(n.changed()).containsExactly("checks"));
    }

    @Test
    void unchangedFile_isNoNews() throws Exception {
        ConfigFile config = started(VIEWERS);
        looks(config, 5);
        Files.writeString(file, "# only a comment\n" + VIEWERS);
        looks(config, 5);
        assertThat(news).isEmpty();
        assertThat(config.problem()).isEmpty();
    }

    @Test
    void changeBetweenTheStartAndTheFirstLook_isNoticed() throws Exception {
        ConfigFile config = started(VIEWERS);
        Files.writeString(file, NOBODY);
        looks(config, 2);
        assertThat(config.policy().rules()).isEmpty();
    }

    @Test
    void badFile_keepsWhatWasInForceAndSaysWhere() throws Exception {
        ConfigFile config = started(VIEWERS);
        Policy before = config.policy();
        Files.writeString(file, "access:\n  rules:\n    - {who: [xoxb-secret], may: [vieww]}\n");
        looks(config, 5);
        assertThat(config.policy()).isSameAs(before);
        assertThat(config.problem())
                .isEqualTo("The configuration file has mistakes: line 3, access.rules[0].who[0], and 1 more."
                        + " It is not used, what was in force stays; the log says more.");
        assertThat(news).containsExactly(new Reload(false, List.of(), config.problem()));
    }

    @Test
    void correctedFile_isInForceAgain() throws Exception {
        ConfigFile config = started(VIEWERS);
        Files.writeString(file, "access: [");
        looks(config, 2);
        Files.writeString(file, VIEWERS);
        looks(config, 2);
        assertThat(config.problem()).isEmpty();
        assertThat(news).extracting(Reload::inForce).containsExactly(false, true);
        assertThat(news.get(1).sentence()).isEqualTo("The configuration file is in order again.");
    }

    @Test
    void otherMistake_isNewsAgain() throws Exception {
        ConfigFile config = started(VIEWERS);
        Files.writeString(file, "access: [");
        looks(config, 3);
        Files.writeString(file, "acces: {}");
        looks(config, 3);
        assertThat(news).extracting(Reload::inForce).containsExactly(false, false);
    }

    @Test
    void missingFile_keepsWhatWasInForce() throws Exception {
        ConfigFile config = started(NOBODY);
        Files.delete(file);
        looks(config, 1);
        assertThat(news).as("gone for a moment only").isEmpty();
        looks(config, 1);
        assertThat(config.policy().rules()).isEmpty();
        assertThat(config.problem()).startsWith("The configuration file cannot be read.");
    }

    @Test
    void emptiedFile_doesNotOpenUpTheDefaults() throws Exception {
        ConfigFile config = started(NOBODY);
        for (String empty : List.of("", "# nothing\n", "---\n...\n")) {
            Files.writeString(file, empty);
            looks(config, 2);
            assertThat(config.policy().rules()).isEmpty();
        }
        assertThat(news).isNotEmpty().allSatisfy(n -> assertThat(n.inForce()).isFalse());
    }

    @Test
    void halfWrittenFile_isNotTakenForTheWhole() throws Exception {
        String whole =
                VIEWERS + "approvals:\n  rules:\n    - {namespaces: [payments], required: 2}\n    - {required: 0}\n";
        ConfigFile config = started(whole);
        // Each beginning is written and looked at once, as a slow writer would let it be seen.
        for (int length = VIEWERS.length(); length < whole.length(); length++) {
            Files.writeString(file, whole.substring(0, length));
            config.look(file);
            assertThat(config.policy().approvals()).hasSize(2);
        }
        Files.writeString(file, whole);
        looks(config, 3);
        assertThat(news).isEmpty();
    }

    @Test
    void configMap_isFollowedThroughItsLinks() throws Exception {
        Path mount = Files.createDirectory(directory.resolve("mount"));
        swap(mount, "..1", VIEWERS);
        file = Files.createSymbolicLink(mount.resolve("stepback.yaml"), Path.of("..data/stepback.yaml"));
        ConfigFile config = follow(VIEWERS);
        looks(config, 2);
        swap(mount, "..2", NOBODY);
        looks(config, 2);
        assertThat(config.policy().rules()).isEmpty();
        swap(mount, "..3", "nonsense");
        looks(config, 2);
        assertThat(config.policy().rules()).isEmpty();
        assertThat(config.problem()).isNotEmpty();
        swap(mount, "..4", VIEWERS);
        looks(config, 2);
        assertThat(config.policy().rules()).hasSize(1);
        assertThat(news).extracting(Reload::inForce).containsExactly(true, false, true);
    }

    @Test
    void sectionsThatTakeARestart_waitForIt() throws Exception {
        ConfigFile config = started(VIEWERS);
        Files.writeString(
                file,
                NOBODY + "server: {port: 1}\nkubernetes: {cluster: other}\nnotifications: {operators: ops}\n"
                        + "redaction: {names: [geheim]}\napprovals: {default: {required: 2}}\n");
        looks(config, 2);
        assertThat(config.config().server()).isEqualTo(StepbackConfig.defaults().server());
        assertThat(config.config().notifications().operators()).contains("ops");
        assertThat(config.policy().approvalByDefault().required()).isEqualTo(2);
        assertThat(news).singleElement().satisfies(n -> {
            assertThat(n.changed()).containsExactly("access", "approvals", "notifications", "redaction");
            assertThat(n.sentence()).endsWith("Changed too, but only in force after a restart: kubernetes, server.");
        });
    }

    @Test
    void failingListener_keepsNobodyFromBeingTold() throws Exception {
        Files.writeString(file, VIEWERS);
        ConfigFile config = new ConfigFile(valid(VIEWERS), Map.of(), null);
        config.listen(n -> {
            throw new IllegalStateException("no Slack");
        });
        config.listen(news::add);
        Files.writeString(file, NOBODY);
        looks(config, 2);
        assertThat(news).hasSize(1);
    }

    @Test
    void withoutAFile_allStays() {
        try (ConfigFile config = ConfigFile.follow(StepbackConfig.defaults(), Map.of())) {
            assertThat(config.config()).isEqualTo(StepbackConfig.defaults());
        }
    }

    @Test
    void followedFile_isLookedAtAllTheTime() throws Exception {
        Files.writeString(file, VIEWERS);
        try (ConfigFile config = ConfigFile.follow(
                valid(VIEWERS), Map.of(ConfigLoader.VARIABLE, file.toString()), Duration.ofMillis(5))) {
            Files.writeString(file, NOBODY);
            await().until(() -> config.policy().rules().isEmpty());
        }
    }

    /** What is in force is always one of the files as a whole, never the rules of one with the approvals of another. */
    @Test
    void decisionsDuringSwaps_seeOneFileAsAWhole() throws Exception {
        List<String> texts = List.of(
                "access: {rules: [{who: [U00001], may: [view]}]}\napprovals: {default: {required: 1}}\n",
                "access: {rules: [{who: [U00002], may: [view]}]}\napprovals: {default: {required: 2}}\n");
        List<Policy> whole = texts.stream().map(t -> valid(t).policy()).toList();
        ConfigFile config = started(texts.get(0));
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(2);
        try {
            List<Future<Integer>> seen = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                seen.add(readers.submit(() -> {
                    int wrong = 0;
                    while (!done.get()) {
                        wrong += whole.contains(config.policy()) ? 0 : 1;
                    }
                    return wrong;
                }));
            }
            for (int i = 1; i <= 40; i++) {
                Files.writeString(file, texts.get(i % 2));
                looks(config, 2);
            }
            done.set(true);
            for (Future<Integer> one : seen) {
                assertThat(one.get()).isZero();
            }
        } finally {
            done.set(true);
            readers.shutdownNow();
        }
        assertThat(config.policy().rules())
                .extracting(Rule::who)
                .isEqualTo(whole.get(0).rules().stream().map(Rule::who).toList());
    }

    private ConfigFile started(String yaml) throws IOException {
        Files.writeString(file, yaml);
        return follow(yaml);
    }

    private ConfigFile follow(String yaml) {
        ConfigFile config = new ConfigFile(valid(yaml), Map.of(), null);
        config.listen(news::add);
        return config;
    }

    private void looks(ConfigFile config, int times) {
        for (int i = 0; i < times; i++) {
            config.look(file);
        }
    }

    /** As the kubelet does it: a new directory, then the link is replaced by a rename, then the old directory goes. */
    private static void swap(Path mount, String name, String yaml) throws IOException {
        Path data = mount.resolve("..data");
        Path old = Files.isSymbolicLink(data) ? mount.resolve(Files.readSymbolicLink(data)) : null;
        Files.writeString(Files.createDirectory(mount.resolve(name)).resolve("stepback.yaml"), yaml);
        Path link = Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of(name));
        Files.move(link, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (old != null) {
            Files.delete(old.resolve("stepback.yaml"));
            Files.delete(old);
        }
    }

    private static StepbackConfig valid(String yaml) {
        return ConfigLoader.load(yaml, "f.yaml", Map.of()).valid().orElseThrow();
    }
}
