package dev.stepback.target.workload.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.LiveWorkload;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.UndoPatch;
import dev.stepback.target.workload.Yaml;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaVersionTest {
    private record Live(TargetRef ref, ObjectNode object) implements LiveWorkload {
        @Override
        public String changeCause() {
            return "";
        }
    }

    private static String template(String annotations) {
        return "{metadata: {annotations: " + annotations + "}}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{app: web} | {app: web} | ",
                "{stepback.dev/schema-version: '42'} | {stepback.dev/schema-version: '42'}"
                        + " | PASS Both revisions work with schema version 42.",
                "{stepback.dev/schema-version: '42'} | {stepback.dev/schema-version: '41'} | WARN Revision 2 works with"
                        + " schema version 42, revision 1 with 41, and the database is not rolled back. Can revision 1"
                        + " work with what is there?",
                "{stepback.dev/schema-version: '42'} | {app: web} | WARN Revision 2 works with schema version 42,"
                        + " revision 1 with one that it does not name, and the database is not rolled back. Can revision 1"
                        + " work with what is there?"
            })
    void versions_areCompared(String now, String restored, String expected) {
        Live live = new Live(new TargetRef("production", Kind.DEPLOYMENT, "web"), (ObjectNode)
                Yaml.parse("{metadata: {uid: u}, spec: {template: " + template(now) + "}}"));
        UndoPatch patch = UndoPatch.from(live, new PodTemplate(Yaml.parse(template(restored))));

        assertThat(SchemaVersion.findings(new Preflight.Subject(live, live.object(), patch, 2, 1)))
                .extracting(f -> f.verdict() + " " + f.message())
                .isEqualTo(expected == null ? List.of() : List.of(expected));
    }
}
