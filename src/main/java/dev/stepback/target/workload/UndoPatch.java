package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.TargetRef;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The JSON patch that undoes a release.
 *
 * <p>Its precondition is in the patch: {@code test} on the uid and on the template as they were when the plan was
 * made. The API server checks and writes in one go, so that a deploy in between is never overwritten, while scaling
 * and status changes disturb nothing.
 *
 * @param operations the approved operations
 */
public record UndoPatch(ArrayNode operations) {
    private static final String UID = "/metadata/uid";
    private static final String TEMPLATE = "/spec/template";
    /** The uid, and the template before and after. */
    private static final int CORE = 3;

    private static final String LAST_APPLIED = "/metadata/annotations/" + LastApplied.ANNOTATION.replace("/", "~1");

    public static UndoPatch from(LiveWorkload workload, PodTemplate restored) {
        return from(workload, restored, false);
    }

    /**
     * @param updateLastApplied whether what {@code kubectl apply} remembers is rolled back, too
     * @throws IllegalArgumentException when it is to be, and there is none; see {@link LastApplied#known}
     */
    public static UndoPatch from(LiveWorkload workload, PodTemplate restored, boolean updateLastApplied) {
        ArrayNode operations = Json.object().arrayNode();
        JsonPatch.test(operations, UID, operations.textNode(workload.uid()));
        JsonPatch.test(operations, TEMPLATE, workload.template().json());
        JsonPatch.replace(operations, TEMPLATE, restored.json());
        if (updateLastApplied) {
            String remembered = Json.annotation(workload.object(), LastApplied.ANNOTATION);
            String rolledBack = LastApplied.restored(remembered, workload.template(), restored);
            // Whoever applied in between made another one of it, though perhaps of the same template.
            JsonPatch.test(operations, LAST_APPLIED, operations.textNode(remembered));
            JsonPatch.replace(operations, LAST_APPLIED, operations.textNode(rolledBack));
        }
        return new UndoPatch(operations);
    }

    /** The same, which also sets a field of the strategy for the time of the rollout; it must be as it is now. */
    public UndoPatch borrowing(Borrowed borrowed, LiveWorkload workload) {
        ArrayNode all = operations.deepCopy();
        JsonPatch.test(all, borrowed.path(), borrowed.now(workload.object()));
        JsonPatch.replace(all, borrowed.path(), borrowed.meanwhile());
        return new UndoPatch(all);
    }

    /** The same, which also ends a pause; it must be there still. */
    public UndoPatch ending(Halt halt) {
        ArrayNode all = operations.deepCopy();
        halt.end(all);
        return new UndoPatch(all);
    }

    /** The pause that it ends. */
    public Optional<Halt> ends() {
        return IntStream.range(CORE, operations.size())
                .mapToObj(i -> Halt.endedAt(operations, i))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /**
     * Reads a stored patch. Whatever else somebody may have put into the object that stores it is never sent.
     *
     * @throws IllegalArgumentException when it is not such a patch
     */
    public static UndoPatch parse(String text) {
        if (Json.parse(text) instanceof ArrayNode operations && isUndo(operations)) {
            return new UndoPatch(operations);
        }
        throw new IllegalArgumentException("not the patch of an undo");
    }

    public static boolean isUndo(ArrayNode operations) {
        return hasTests(operations) && is(operations.path(2), "replace", TEMPLATE) && isExtra(operations);
    }

    /** Whether what follows is only what may come with an undo, each at most once. */
    private static boolean isExtra(ArrayNode operations) {
        Set<Extra> seen = EnumSet.noneOf(Extra.class);
        int at = CORE;
        while (at < operations.size()) {
            Optional<Extra> extra = extra(operations, at);
            if (extra.isEmpty() || !seen.add(extra.get())) {
                return false;
            }
            at += extra.get() == Extra.HALT ? Halt.operations() : 2;
        }
        return true;
    }

    /** What may come with an undo. */
    private enum Extra {
        LAST_APPLIED,
        BORROWED,
        HALT
    }

    private static Optional<Extra> extra(ArrayNode operations, int at) {
        if (Halt.endedAt(operations, at).isPresent()) {
            return Optional.of(Extra.HALT);
        }
        String path = operations.path(at).path("path").asText();
        if (!is(operations.path(at), "test", path) || !is(operations.path(at + 1), "replace", path)) {
            return Optional.empty();
        }
        if (path.equals(LAST_APPLIED)) {
            return Optional.of(Extra.LAST_APPLIED);
        }
        return Borrowed.isBorrowable(path) ? Optional.of(Extra.BORROWED) : Optional.empty();
    }

    /** The value of the operation of this kind on this path; missing when there is none. */
    private JsonNode value(String op, String path) {
        return Json.elements(operations)
                .filter(operation -> is(operation, op, path))
                .map(operation -> operation.path("value"))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    /** What it sets this path to; missing when it leaves it alone. */
    public JsonNode replaced(String path) {
        return value("replace", path);
    }

    /** Whether what {@code kubectl apply} remembers is rolled back, too. */
    public boolean updatesLastApplied() {
        return value("replace", LAST_APPLIED).isTextual();
    }

    /** The one in a plan; empty when it has none. */
    public static Optional<UndoPatch> of(Plan plan) {
        return of(plan.steps());
    }

    /** The one among steps. */
    public static Optional<UndoPatch> of(List<PlannedStep> steps) {
        return steps.stream()
                .flatMap(step -> readable(step.parameters().getOrDefault("patch", "")).stream())
                .findFirst();
    }

    private static Optional<UndoPatch> readable(String text) {
        try {
            return Optional.of(parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether what {@code kubectl apply} remembers of the object is still what the approval was given for. */
    boolean fitsLastApplied(JsonNode live) {
        return !updatesLastApplied()
                || value("test", LAST_APPLIED).asText().equals(Json.annotation(live, LastApplied.ANNOTATION));
    }

    /** Whether of what {@code kubectl apply} remembers it writes nothing but what follows from the templates. */
    boolean consistent() {
        return !updatesLastApplied()
                || value("replace", LAST_APPLIED)
                        .asText()
                        .equals(LastApplied.restored(value("test", LAST_APPLIED).asText(), before(), after()));
    }

    /** Whether it begins with the precondition. */
    static boolean hasTests(ArrayNode operations) {
        return is(operations.path(0), "test", UID) && is(operations.path(1), "test", TEMPLATE);
    }

    private static boolean is(JsonNode operation, String op, String path) {
        return operation.path("op").asText().equals(op)
                && operation.path("path").asText().equals(path)
                && operation.has("value");
    }

    /** Whether it borrows just this, or nothing. */
    boolean borrows(Optional<Borrowed> borrowed) {
        return borrowed.map(b -> value("replace", b.path()).equals(b.meanwhile()))
                .orElseGet(() -> Json.elements(operations)
                        .noneMatch(o -> Borrowed.isBorrowable(o.path("path").asText())));
    }

    /** Says who has changed what it would borrow; empty when nobody has. */
    Optional<String> strategyChanged(Optional<Borrowed> borrowed, TargetRef target, JsonNode live) {
        return borrowed.filter(b -> !value("test", b.path()).equals(b.now(live)))
                .map(b -> Blame.strategyChanged(target, live, b));
    }

    public String text() {
        return Json.canonical(operations);
    }

    /** The template that the approval was given for. */
    public PodTemplate before() {
        return new PodTemplate(operations.path(1).path("value"));
    }

    /** The template that is restored. */
    public PodTemplate after() {
        return new PodTemplate(operations.path(2).path("value"));
    }

    /** With what sets annotations; see {@link JsonPatch#annotating}. */
    ArrayNode annotating(ObjectNode live, ObjectNode annotations) {
        return JsonPatch.annotating(operations, live, annotations);
    }
}
