package dev.stepback.target.workload.preflight;

import dev.stepback.target.Finding;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.text.OneLine;
import java.util.List;

/** Whether both revisions work with the same version of their database's schema, where their templates say with which. */
final class SchemaVersion {
    static final String CHECK = "schema";

    /** Of the pod template, so that it is part of the revision. */
    static final String ANNOTATION = "stepback.dev/schema-version";

    private SchemaVersion() {}

    static List<Finding> findings(Preflight.Subject subject) {
        String now = version(subject.workload().template());
        String restored = version(subject.restored());
        if (now.isEmpty() && restored.isEmpty()) {
            return List.of();
        }
        return List.of(
                now.equals(restored)
                        ? Finding.pass(CHECK, "Both revisions work with schema version %s.".formatted(now))
                        : Finding.warn(
                                CHECK,
                                "Revision %d works with schema version %s, revision %d with %s, and the database is not rolled back. Can revision %d work with what is there?"
                                        .formatted(
                                                subject.from(),
                                                named(now),
                                                subject.to(),
                                                named(restored),
                                                subject.to())));
    }

    private static String version(PodTemplate template) {
        return OneLine.of(
                template.json()
                        .path("metadata")
                        .path("annotations")
                        .path(ANNOTATION)
                        .asText(""),
                40);
    }

    private static String named(String version) {
        return version.isEmpty() ? "one that it does not name" : version;
    }
}
