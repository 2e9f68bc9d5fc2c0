package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.History;
import dev.stepback.target.Revision;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.AvailableMark;
import dev.stepback.target.workload.ChangeCause;
import dev.stepback.target.workload.Halt;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.LiveWorkload;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A Deployment and the ReplicaSets that it controls, as they were at one moment.
 *
 * <p>The rules are those of {@code kubectl rollout history} and of the Deployment controller (the names and
 * annotations are in {@code k8s.io/kubectl/pkg/util/deployment}).
 */
record Workload(TargetRef ref, ObjectNode deployment, List<ObjectNode> replicaSets) implements LiveWorkload {
    static final String REVISION = "deployment.kubernetes.io/revision";
    static final String REVISION_HISTORY = "deployment.kubernetes.io/revision-history";
    static final String CHANGE_CAUSE = ChangeCause.ANNOTATION;
    static final int DEFAULT_HISTORY_LIMIT = 10;
    /** Within this the controller notes that a rollout has begun. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    @Override
    public ObjectNode object() {
        return deployment;
    }

    @Override
    public String changeCause() {
        return newReplicaSet()
                .map(rs -> Json.annotation(rs, CHANGE_CAUSE))
                .filter(c -> !c.isEmpty())
                .orElseGet(() -> Json.annotation(deployment, CHANGE_CAUSE));
    }

    /**
     * From the new ReplicaSet to when the controller found the rollout complete, which it writes down once. A ReplicaSet
     * that was used before tells when it was made, not when it was used again. One whose rollout was paused, or stuck for a
     * while, tells how long people took.
     */
    @Override
    public Optional<Past> lastRollout() {
        Optional<Instant> begun = newReplicaSet()
                .filter(rs -> Json.annotation(rs, REVISION_HISTORY).isEmpty())
                .map(Json::createdAt);
        Optional<JsonNode> complete = Json.condition(deployment.path("status"), "Progressing")
                .filter(c -> c.path("reason").asText().equals("NewReplicaSetAvailable"));
        return begun.flatMap(from -> complete.filter(c -> time(c, "lastTransitionTime")
                        .filter(again -> again.isAfter(from.plus(AT_ONCE)))
                        .isEmpty())
                .flatMap(c -> time(c, "lastUpdateTime"))
                .map(to -> new Past(from, to)));
    }

    private static Optional<Instant> time(JsonNode condition, String field) {
        return Optional.of(condition.path(field).asText(""))
                .filter(time -> !time.isEmpty())
                .map(Instant::parse);
    }

    boolean paused() {
        return Halt.paused(deployment);
    }

    int historyLimit() {
        return deployment.path("spec").path("revisionHistoryLimit").asInt(DEFAULT_HISTORY_LIMIT);
    }

    /** The ReplicaSet with the Deployment's present template; when there are several, the oldest, as the controller does. */
    Optional<ObjectNode> newReplicaSet() {
        PodTemplate template = template();
        return replicaSets.stream()
                .filter(rs -> PodTemplate.of(rs).sameAs(template))
                .min(Comparator.comparing(
                        rs -> rs.path("metadata").path("creationTimestamp").asText()));
    }

    Optional<ObjectNode> replicaSet(long revision) {
        return replicaSets.stream().filter(rs -> number(rs) == revision).findFirst();
    }

    /** @param redactor applied to change causes: {@code kubectl --record} wrote whole command lines into them */
    History history(Redactor redactor) {
        List<Revision> revisions = replicaSets.stream()
                .filter(rs -> number(rs) > 0)
                .map(rs -> revision(rs, redactor))
                .sorted(Comparator.comparingLong(Revision::number).reversed())
                .toList();
        return new History(ref, uid(), current(), ChangeCause.withoutInherited(revisions), historyLimit());
    }

    private OptionalLong current() {
        long number = newReplicaSet().map(Workload::number).orElse(0L);
        if (number == 0 && observed() && !paused()) {
            // The controller has dealt with this template, so it sees a match where a comparison of JSON does not.
            number = number(deployment);
        }
        return number > 0 ? OptionalLong.of(number) : OptionalLong.empty();
    }

    static Revision revision(ObjectNode replicaSet, Redactor redactor) {
        List<Long> earlier = Arrays.stream(
                        Json.annotation(replicaSet, REVISION_HISTORY).split(",", -1))
                .map(Workload::parse)
                .filter(n -> n > 0)
                .distinct()
                .sorted()
                .toList();
        return new Revision(
                number(replicaSet),
                Json.name(replicaSet),
                earlier,
                PodTemplate.of(replicaSet).images(redactor),
                redactor.text(Json.annotation(replicaSet, CHANGE_CAUSE)),
                Json.createdAt(replicaSet),
                replicaSet.path("status").path("replicas").asInt(0),
                PodTemplate.of(replicaSet).withoutRestart().fingerprint(),
                available(replicaSet) || AvailableMark.on(replicaSet),
                // The controller also writes to it when it scales it.
                Writer.ofAnnotation(replicaSet, REVISION).map(writer -> new Revision.Numbered(writer.time(), false)));
    }

    /** Whether pods of it are available now. */
    static boolean available(ObjectNode replicaSet) {
        return replicaSet.path("status").path("availableReplicas").asInt(0) > 0;
    }

    /** The revision number that the controller wrote; 0 for none. */
    static long number(JsonNode object) {
        return parse(Json.annotation(object, REVISION));
    }

    private static long parse(String number) {
        try {
            return Long.parseLong(number.trim());
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
