package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether the images of the restored template may have become others under the same name. */
final class ImageTags {
    static final String CHECK = "image-tag";
    private static final String DIGEST = "sha256:";

    private final Redactor redactor;
    private final Supplier<List<ObjectNode>> pods;

    /** @param pods the workload's, of whatever revision */
    ImageTags(Redactor redactor, Supplier<List<ObjectNode>> pods) {
        this.redactor = redactor;
        this.pods = pods;
    }

    List<Finding> findings(Preflight.Subject subject) {
        Set<String> now = images(subject.workload().template());
        Set<String> restored = images(subject.restored());
        List<Finding> findings = new ArrayList<>();
        List<String> moving = restored.stream().filter(ImageTags::moves).toList();
        if (!moving.isEmpty()) {
            findings.add(Finding.warn(
                    CHECK,
                    "%s may not be what it was: such a tag moves. Look in the registry what it is now.%s"
                            .formatted(
                                    shown(moving),
                                    now.containsAll(moving)
                                            ? " Both revisions name it: going back may bring back the very same."
                                            : "")));
        }
        try {
            List<String> moved = moved(restored);
            if (!moved.isEmpty()) {
                findings.add(Finding.warn(
                        CHECK,
                        "%s may not be what it was: its pods run different images under that tag. Look in the registry which one it is now."
                                .formatted(shown(moved))));
            }
        } catch (KubernetesClientException e) {
            if (findings.isEmpty()) {
                throw e;
            }
        }
        return findings.isEmpty() ? List.of(Finding.pass(CHECK, "No image tag is known to move.")) : findings;
    }

    private List<String> moved(Set<String> restored) {
        List<String> unpinned = restored.stream()
                .filter(image -> !image.contains("@") && !moves(image))
                .toList();
        List<ObjectNode> running = unpinned.isEmpty() ? List.of() : pods.get();
        return unpinned.stream().filter(image -> differ(image, running)).toList();
    }

    private String shown(List<String> images) {
        return OneLine.of(
                images.stream().map(image -> redactor.value("image", image)).collect(Collectors.joining(", ")), 120);
    }

    private static Set<String> images(PodTemplate template) {
        return containers(template.json().path("spec"))
                .map(container -> container.path("image").asText())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Stream<JsonNode> containers(JsonNode podSpec) {
        return Stream.concat(Json.elements(podSpec.path("initContainers")), Json.elements(podSpec.path("containers")));
    }

    /** No tag at all means {@code latest}. */
    private static boolean moves(String image) {
        String name = image.substring(image.lastIndexOf('/') + 1);
        return !image.contains("@") && (!name.contains(":") || name.endsWith(":latest"));
    }

    /** A node may know an image by its digest in the registry or by its own id: only the like can be compared. */
    private static boolean differ(String image, List<ObjectNode> pods) {
        return ids(image, pods)
                .collect(Collectors.groupingBy(
                        id -> id.contains("@"),
                        Collectors.mapping(id -> id.substring(id.indexOf(DIGEST)), Collectors.toSet())))
                .values()
                .stream()
                .anyMatch(digests -> digests.size() > 1);
    }

    private static Stream<String> ids(String image, List<ObjectNode> pods) {
        return pods.stream()
                .flatMap(pod -> containers(pod.path("spec"))
                        .filter(container -> container.path("image").asText().equals(image))
                        .flatMap(container ->
                                statuses(pod, container.path("name").asText())))
                .map(status -> status.path("imageID").asText(""))
                .filter(id -> id.contains(DIGEST));
    }

    private static Stream<JsonNode> statuses(ObjectNode pod, String container) {
        return Stream.of("initContainerStatuses", "containerStatuses")
                .flatMap(list -> Json.elements(pod.path("status").path(list)))
                .filter(status -> status.path("name").asText().equals(container));
    }
}
