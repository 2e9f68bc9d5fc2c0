package dev.stepback.target.statefulset;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import dev.stepback.target.controllerrevision.Rollouts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What has to be said about a StatefulSet's data: the template goes back, its volumes do not. */
final class DataFindings {
    private DataFindings() {}

    static List<Finding> of(RevisionedWorkload workload, Rollouts.Restored restored, Redactor redactor) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.warn(
                "data", "Its volumes are not rolled back: the data stays as the present release left it."));
        if (workload.object().path("spec").path("volumeClaimTemplates").isEmpty()) {
            return findings;
        }
        Map<String, String> now = workload.template().images(redactor);
        restored.template().images(redactor).forEach((container, image) -> {
            ImageVersion before = ImageVersion.of(now.getOrDefault(container, ""));
            ImageVersion after = ImageVersion.of(image);
            if (after.olderThan(before)) {
                findings.add(Finding.warn(
                        "data-downgrade",
                        "%s %s → %s is a downgrade over existing data: the older version may not be able to open what the"
                                        .formatted(after.shortName(), before.tag(), after.tag())
                                + " newer one wrote. Is there a backup?"));
            }
        });
        return findings;
    }
}
