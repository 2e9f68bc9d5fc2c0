package dev.stepback.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * What the jar runs with may be given away with an Apache-2.0 program, and is listed. The build has written it to the SBOM;
 * {@code -Dstepback.update=true} writes the list anew.
 */
class LicencesTest {
    /** Of several licences that a library is offered under, one of these is enough. */
    private static final Set<String> COMPATIBLE = Set.of(
            "Apache-2.0",
            "MIT",
            "MIT-0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "0BSD",
            "ISC",
            "CC0-1.0",
            // Weak copyleft, about changes to the library itself, which is used as it is.
            "EPL-2.0");

    /** Names that the SBOM's generator does not know by their SPDX ids. */
    private static final Map<String, String> SPDX = Map.of("Apache 2 License", "Apache-2.0");

    private static final Path LIST = Path.of("src/docs/dependencies.md");

    @Test
    void everyLibrary_isCompatibleWithApache2() throws IOException {
        licences()
                .forEach((library, licences) ->
                        assertThat(licences).as("licences of %s", library).anyMatch(COMPATIBLE::contains));
    }

    @Test
    void everyLibrary_isListed() throws IOException {
        String list = list(licences());
        if (Boolean.getBoolean("stepback.update")) {
            Files.writeString(LIST, list);
        }
        assertThat(Files.readString(LIST)).isEqualTo(list);
    }

    @Test
    void sbom_isTheSameForTheSameSources() throws IOException {
        JsonNode bom = bom();
        assertThat(bom.path("bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(bom.has("serialNumber")).isFalse();
        assertThat(bom.path("metadata").has("timestamp")).isFalse();
        assertThat(bom.path("components")).isNotEmpty();
    }

    private static String list(Map<String, Set<String>> licences) {
        StringBuilder text = new StringBuilder("""
            # What Stepback runs with

            Generated from the SBOM (`target/bom.json`), which has the versions. All of it may be given away with a program under
            Apache-2.0; where there is a choice, one licence of it may.

            | library | licence |
            | --- | --- |
            """);
        licences.forEach((library, of) -> text.append("| ")
                .append(library)
                .append(" | ")
                .append(String.join(" or ", of))
                .append(" |\n"));
        return text.toString();
    }

    /** By group and name of the library. */
    private static Map<String, Set<String>> licences() throws IOException {
        Map<String, Set<String>> all = new TreeMap<>();
        for (JsonNode component : bom().path("components")) {
            String library = component.path("group").asText() + ":"
                    + component.path("name").asText();
            all.put(library, licences(component));
        }
        return all;
    }

    private static Set<String> licences(JsonNode component) {
        List<String> licences = new ArrayList<>();
        for (JsonNode choice : component.path("licenses")) {
            JsonNode licence = choice.path("license");
            String name = licence.path("id").asText(licence.path("name").asText());
            // An expression such as "MIT OR Apache-2.0".
            licences.addAll(
                    choice.has("expression")
                            ? List.of(choice.path("expression").asText().split(" OR "))
                            : List.of(SPDX.getOrDefault(name, name)));
        }
        return new TreeSet<>(licences);
    }

    private static JsonNode bom() throws IOException {
        String file = System.getProperty("stepback.sbom", "");
        assumeFalse(file.isEmpty(), "not run by the build");
        assumeTrue(Files.exists(Path.of(file)), "offline, Maven makes no SBOM");
        return new ObjectMapper().readTree(Path.of(file).toFile());
    }
}
