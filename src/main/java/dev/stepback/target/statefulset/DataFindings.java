package dev.stepback.target.statefulset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import dev.stepback.target.controllerrevision.Rollouts;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What has to be said about a StatefulSet's data: the template goes back, its volumes do not. */
final class DataFindings {
    private final JsonNode claims;
    private final Redactor redactor;

    private DataFindings(RevisionedWorkload workload, Redactor redactor) {
        this.claims = workload.object().path("spec").path("volumeClaimTemplates");
        this.redactor = redactor;
    }

    static List<Finding> of(RevisionedWorkload workload, Rollouts.Restored restored, Redactor redactor) {
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.warn(
                "data",
                "Its volumes are not rolled back: the data stays as the present release left it. Can revision %d read it?"
                        .formatted(restored.number())));
        findings.addAll(new DataFindings(workload, redactor).downgrades(workload.template(), restored.template()));
        return findings;
    }

    private List<Finding> downgrades(PodTemplate now, PodTemplate restored) {
        Map<String, String> before = onData(now);
        return onData(restored).entrySet().stream()
                .flatMap(container -> downgrade(container.getKey(), container.getValue(), before).stream())
                .distinct()
                .toList();
    }

    /** A container may have got another name. */
    private static List<Finding> downgrade(String container, String image, Map<String, String> now) {
        ImageVersion after = ImageVersion.of(image);
        String sameName = now.getOrDefault(container, "");
        Stream<String> candidates =
                after.isSameProgram(ImageVersion.of(sameName)) ? Stream.of(sameName) : now.values().stream();
        return candidates
                .map(ImageVersion::of)
                .filter(after::olderThan)
                .limit(1)
                .map(before -> Finding.warn(
                        "data-downgrade",
                        "%s %s → %s is a downgrade over existing data: the older version may not be able to open what the newer one wrote. Is there a backup?"
                                .formatted(after.shortName(), before.tag(), after.tag())))
                .toList();
    }

    /** Images, by container, of those that mount what outlives their pods. */
    private Map<String, String> onData(PodTemplate template) {
        JsonNode spec = template.json().path("spec");
        Set<String> data = Stream.concat(
                        Json.elements(claims)
                                .map(claim ->
                                        claim.path("metadata").path("name").asText()),
                        Json.elements(spec.path("volumes"))
                                .filter(volume -> volume.has("persistentVolumeClaim") || volume.has("hostPath"))
                                .map(volume -> volume.path("name").asText()))
                .collect(Collectors.toSet());
        Set<String> mounting = Stream.concat(
                        Json.elements(spec.path("initContainers")), Json.elements(spec.path("containers")))
                .filter(container -> Stream.concat(
                                Json.elements(container.path("volumeMounts")),
                                Json.elements(container.path("volumeDevices")))
                        .anyMatch(mount -> data.contains(mount.path("name").asText())))
                .map(container -> container.path("name").asText())
                .collect(Collectors.toSet());
        Map<String, String> images = template.images(redactor);
        images.keySet().retainAll(mounting);
        return images;
    }
}
