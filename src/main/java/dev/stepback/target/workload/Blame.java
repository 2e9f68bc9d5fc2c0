package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.text.OneLine;
import java.util.Optional;
import java.util.stream.Collectors;

/** Sentences about who did what to a workload. */
public final class Blame {
    private Blame() {}

    /** As in {@code deployment/checkout in production}. */
    public static String title(TargetRef target) {
        return "%s/%s in %s".formatted(target.kind().lowerCase(), target.name(), target.namespace());
    }

    public static String gone(TargetRef target) {
        return title(target) + " no longer exists.";
    }

    public static String resume(TargetRef target) {
        return "kubectl rollout resume deployment/%s -n %s".formatted(target.name(), target.namespace());
    }

    /** What to type into a shell to change it. */
    public static String patch(TargetRef target, String merged) {
        return "`kubectl patch %s %s -n %s --type merge -p '%s'`"
                .formatted(target.kind().lowerCase(), target.name(), target.namespace(), merged);
    }

    /** What to type into a shell to give a StatefulSet this partition. */
    public static String partition(TargetRef target, int partition) {
        return patch(
                target,
                "{\"spec\":{\"updateStrategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"partition\":%d}}}}"
                        .formatted(partition));
    }

    /** What to type into a shell to have its controller replace pods by itself. */
    public static String rollingUpdate(TargetRef target) {
        return patch(target, "{\"spec\":{\"updateStrategy\":{\"type\":\"RollingUpdate\"}}}");
    }

    /** Says that the object of that name is not the one that it was. */
    public static String anotherOne(TargetRef target, JsonNode live) {
        return "%s was deleted and created again at %s; this is another one."
                .formatted(title(target), Json.createdAt(live));
    }

    /** Says that what would be restored is another template now. */
    static String revisionChanged(TargetRef target, long revision, JsonNode stored) {
        String kind = target.kind() == Kind.DEPLOYMENT ? "ReplicaSet" : "ControllerRevision";
        String writer = Writer.ofTemplate(stored).map(w -> " " + w).orElse("");
        return "The template of revision %d of %s (%s %s) was changed%s."
                .formatted(revision, title(target), kind, Json.name(stored), writer);
    }

    /** Says that a field of the strategy is another now. */
    public static String strategyChanged(TargetRef target, JsonNode live, Borrowed borrowed) {
        JsonNode now = borrowed.now(live);
        return "%s of %s was changed%s; it is %s now."
                .formatted(
                        borrowed.field(),
                        title(target),
                        borrowed.writer(live).map(w -> " " + w).orElse(""),
                        now.isMissingNode() ? "not set" : now.asText());
    }

    /** Says that it is paused now, or no longer, unlike when the plan was made. */
    public static String pauseChanged(TargetRef target, JsonNode live) {
        return Halt.paused(live)
                ? "%s was paused after the plan was made; resume it first with '%s'."
                        .formatted(title(target), resume(target))
                : "%s was resumed after the plan was made.".formatted(title(target));
    }

    /** Says that what {@code kubectl apply} remembers is something else now, although the template is the same. */
    static String appliedSince(TargetRef target, JsonNode live) {
        String writer = Writer.ofAnnotation(live, LastApplied.ANNOTATION)
                .map(w -> " " + w)
                .orElse("");
        return "%s was applied again%s.".formatted(title(target), writer);
    }

    /** Says that the template is another one now: whose, since when, with which images and which change cause. */
    public static String templateChanged(LiveWorkload workload, Redactor redactor) {
        return templateChanged(workload, Writer.ofTemplate(workload.object()), redactor);
    }

    /**
     * As {@link #templateChanged(LiveWorkload, Redactor)}, and knows better who.
     *
     * @param before the template as it was
     */
    static String templateChanged(LiveWorkload workload, PodTemplate before, Redactor redactor) {
        return templateChanged(workload, Writer.ofTemplate(workload.object(), before), redactor);
    }

    private static String templateChanged(LiveWorkload workload, Optional<Writer> by, Redactor redactor) {
        StringBuilder text = new StringBuilder("The pod template of ")
                .append(title(workload.ref()))
                .append(" was changed");
        by.ifPresent(writer -> text.append(' ').append(writer));
        String images = workload.template().images(redactor).entrySet().stream()
                .map(image -> image.getKey() + "=" + image.getValue())
                .collect(Collectors.joining(", "));
        text.append("; its images are now ").append(OneLine.of(images, 500));
        String cause = workload.changeCause();
        if (!cause.isEmpty() && !isOfAnEarlierChange(workload.object(), by)) {
            text.append("; change cause: ").append(OneLine.of(redactor.text(cause), 200));
        }
        return text.append('.').toString();
    }

    /** Not everybody who changes a template gives a cause: then the one of the change before is still there. */
    private static boolean isOfAnEarlierChange(JsonNode live, Optional<Writer> by) {
        Optional<Writer> cause = Writer.ofAnnotation(live, ChangeCause.ANNOTATION);
        return by.isPresent()
                && cause.isPresent()
                && !cause.get().manager().equals(by.get().manager())
                && (cause.get().isStepback()
                        || cause.get().time().isBefore(by.get().time()));
    }
}
