package dev.stepback.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.rollback.group.RollbackGroup;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The CRDs are generated from the classes; {@code -Dstepback.update=true} writes it anew. */
class CrdTest {
    private static final Path CRD = Path.of("k8s-manifests/crd-rollbacks.stepback.dev-v1.yaml");

    @Test
    void crdInManifests_isWhatTheClassesSay(@TempDir Path directory) throws IOException {
        new CRDGenerator()
                .withParallelGenerationEnabled(false)
                .inOutputDir(directory.toFile())
                .customResourceClasses(Rollback.class, RollbackGroup.class)
                .generate();
        String generated = inOrder(directory, "rollbacks", Rollback.class)
                + "---\n"
                + inOrder(directory, "rollbackgroups", RollbackGroup.class);
        if (Boolean.getBoolean("stepback.update")) {
            Files.createDirectories(CRD.getParent());
            Files.writeString(CRD, generated);
        }
        assertThat(CRD).hasContent(generated);
    }

    /** The generator sorts the printer columns by their path; people read them in the order of the annotations. */
    private static String inOrder(Path directory, String plural, Class<?> resource) throws IOException {
        String crd = Files.readString(directory.resolve(plural + ".stepback.dev-v1.yml"));
        int start = crd.indexOf("    - jsonPath:");
        int end = crd.indexOf("    name: \"v1\"");
        List<String> columns = List.of(crd.substring(start, end).split("(?=    - jsonPath:)"));
        String sorted = Arrays.stream(resource.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(wanted -> columns.stream()
                        .filter(c -> c.contains("name: \"" + wanted.name() + "\""))
                        .findFirst()
                        .orElseThrow())
                .collect(Collectors.joining());
        return crd.substring(0, start) + sorted + crd.substring(end);
    }
}
