package dev.stepback.target.controllerrevision;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.History;
import dev.stepback.target.Kind;
import dev.stepback.target.Revision;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.AvailableMark;
import dev.stepback.target.workload.ChangeCause;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.LiveWorkload;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Writer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A StatefulSet or DaemonSet with its ControllerRevisions and its pods, as they were at one moment.
 *
 * <p>The rules are those of {@code kubectl rollout history} (kubectl's {@code polymorphichelpers/history.go}).
 *
 * @param revisions those that match its selector and are controlled by it
 * @param pods those that it controls; none where pods may not be listed
 */
public record RevisionedWorkload(TargetRef ref, ObjectNode object, List<ObjectNode> revisions, List<RevisionPod> pods)
        implements LiveWorkload {
    private static final String REPLACE = "$patch";
    private static final int DEFAULT_HISTORY_LIMIT = 10;

    @Override
    public String changeCause() {
        return Json.annotation(object, ChangeCause.ANNOTATION);
    }

    /** The revision with its present template; empty while the controller has not yet made it. */
    public Optional<ObjectNode> current() {
        PodTemplate template = template();
        Optional<ObjectNode> same = revisions.stream()
                .filter(r -> template(r).sameAs(template))
                .max(Comparator.comparingLong(RevisionedWorkload::number));
        // The controller gives the highest number to what it has seen last, whatever a comparison of JSON says.
        return same.isPresent() || !observed()
                ? same
                : revisions.stream().max(Comparator.comparingLong(RevisionedWorkload::number));
    }

    public Optional<ObjectNode> revision(long number) {
        return revisions.stream().filter(r -> number(r) == number).findFirst();
    }

    /** What the pods of a revision carry as their label {@code controller-revision-hash}. */
    public String hash(ObjectNode revision) {
        return ref.kind() == Kind.STATEFULSET
                ? Json.name(revision)
                : Json.labels(revision).getOrDefault("controller-revision-hash", "");
    }

    public static long number(ObjectNode revision) {
        return revision.path("revision").asLong(0);
    }

    /**
     * The template that a revision restores. Its {@code data} is a strategic merge patch {@code
     * {"spec":{"template":{…,"$patch":"replace"}}}}: the template gives way as a whole.
     */
    public static PodTemplate template(ObjectNode revision) {
        PodTemplate stored = PodTemplate.of(revision.path("data"));
        if (stored.json().deepCopy() instanceof ObjectNode template) {
            template.remove(REPLACE);
            return new PodTemplate(template);
        }
        return stored;
    }

    public Duration minReady() {
        return Duration.ofSeconds(object.path("spec").path("minReadySeconds").asLong(0));
    }

    public String strategy() {
        return object.path("spec").path("updateStrategy").path("type").asText("RollingUpdate");
    }

    public boolean onDelete() {
        return strategy().equals("OnDelete");
    }

    /** Whether a pod of this revision is available now, as far as its status tells. */
    boolean available(ObjectNode revision) {
        String hash = hash(revision);
        return pods.stream().anyMatch(pod -> pod.runs(hash) && pod.ready());
    }

    /** @param redactor applied to change causes: {@code kubectl --record} wrote whole command lines into them */
    History history(Redactor redactor) {
        List<Revision> history = revisions.stream()
                .map(r -> revision(r, redactor))
                .sorted(Comparator.comparingLong(Revision::number).reversed())
                .toList();
        OptionalLong current = current().map(r -> OptionalLong.of(number(r))).orElseGet(OptionalLong::empty);
        int limit = object.path("spec").path("revisionHistoryLimit").asInt(DEFAULT_HISTORY_LIMIT);
        return new History(ref, uid(), current, ChangeCause.withoutInherited(history), limit);
    }

    private Revision revision(ObjectNode revision, Redactor redactor) {
        String hash = hash(revision);
        return new Revision(
                number(revision),
                Json.name(revision),
                List.of(),
                template(revision).images(redactor),
                redactor.text(Json.annotation(revision, ChangeCause.ANNOTATION)),
                Json.createdAt(revision),
                (int) pods.stream().filter(pod -> pod.runs(hash)).count(),
                template(revision).withoutRestart().fingerprint(),
                available(revision) || AvailableMark.on(revision),
                Writer.last(revision, "f:revision").map(writer -> new Revision.Numbered(writer.time(), true)));
    }
}
