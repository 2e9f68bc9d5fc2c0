package dev.stepback.target.statefulset;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.controllerrevision.RevisionPod;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import dev.stepback.target.controllerrevision.RevisionedWorkloads;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.ConditionalWrite;
import dev.stepback.target.workload.ConditionalWrite.Look;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.JsonPatch;
import dev.stepback.target.workload.LiveTarget;
import dev.stepback.target.workload.UndoStep;
import dev.stepback.text.OneLine;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a rollout stand still where it is: the partition is raised to the lowest ordinal from which on all pods run the new
 * template already. What it was before is noted, as {@link Borrowed} does. Repeated, it finds nothing to raise.
 */
final class HoldStep implements Step {
    private static final String TYPE = "statefulset.hold";
    private static final String TEMPLATE = "template";
    private static final String STRATEGY = "/spec/updateStrategy";
    private static final int ATTEMPTS = 5;
    private static final int NAMED = 5;

    private final RevisionedWorkloads workloads;
    private final Redactor redactor;

    HoldStep(RevisionedWorkloads workloads, Redactor redactor) {
        this.workloads = workloads;
        this.redactor = redactor;
    }

    static PlannedStep planned(RevisionedWorkload workload) {
        return new PlannedStep(
                TYPE,
                "Hold its rollout where it is",
                Map.of(TEMPLATE, workload.template().fingerprint()));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Finding dryRun(StepContext context) {
        return Finding.pass("hold", "No pod is replaced by it.");
    }

    @Override
    public Start start(StepContext context) {
        return new ConditionalWrite(workloads.api(), redactor)
                .start(
                        context,
                        ATTEMPTS,
                        () -> LiveTarget.of(context, workloads::workload)
                                .orVoid(live -> look(context, live), Look::instead),
                        why -> "The API server refuses to raise its partition: " + OneLine.of(why, 300));
    }

    private Look look(StepContext context, RevisionedWorkload workload) {
        if (!workload.template().fingerprint().equals(context.parameter(TEMPLATE))) {
            return Look.instead(new Start.Void(Blame.templateChanged(workload, redactor)));
        }
        UpdatePolicy policy = UpdatePolicy.of(workload);
        int partition = still(workload, policy);
        return !policy.rolling() || partition <= policy.partition()
                ? Look.instead(new Start.Started())
                : new Look.Send(patch(context, workload, partition));
    }

    /** The partition at which nothing is left to be replaced. */
    private static int still(RevisionedWorkload workload, UpdatePolicy policy) {
        // Whether the controller has seen the newest spec does not matter: this very step changes it.
        String hash = workload.current().map(workload::hash).orElse("");
        int ordinal = policy.top();
        while (ordinal > policy.first() && runs(workload, ordinal - 1, hash)) {
            ordinal--;
        }
        return ordinal - policy.start();
    }

    private static boolean runs(RevisionedWorkload workload, int ordinal, String hash) {
        return !hash.isEmpty() && workload.pods().stream().anyMatch(pod -> pod.ordinal() == ordinal && pod.runs(hash));
    }

    /** Only as it was looked at: uid, template, and the whole strategy, for the partition may be missing from it. */
    private static ArrayNode patch(StepContext context, RevisionedWorkload workload, int partition) {
        ObjectNode live = workload.object();
        ArrayNode operations = Json.object().arrayNode();
        JsonPatch.test(operations, "/metadata/uid", operations.textNode(workload.uid()));
        JsonPatch.test(operations, "/spec/template", workload.template().json());
        JsonPatch.test(operations, STRATEGY, live.at(STRATEGY));
        ObjectNode rolling =
                live.at(STRATEGY).path("rollingUpdate") instanceof ObjectNode there ? there.deepCopy() : Json.object();
        JsonPatch.add(operations, STRATEGY + "/rollingUpdate", rolling.put("partition", partition));
        int former = Standstill.untouched(live)
                .map(Standstill::former)
                .orElseGet(() -> UpdatePolicy.of(workload).partition());
        String rollback = context.attribution().rollback();
        ObjectNode annotations = Json.object()
                .put(UndoStep.MARK, rollback)
                .put(
                        Borrowed.NOTE,
                        new Borrowed(Borrowed.PARTITION, IntNode.valueOf(former), IntNode.valueOf(partition))
                                .note(rollback));
        return JsonPatch.annotating(operations, live, annotations);
    }

    @Override
    public Observation observe(StepContext context) {
        return LiveTarget.of(context, workloads::workload).observe(live -> Observation.done(words(live)));
    }

    private static String words(RevisionedWorkload workload) {
        UpdatePolicy policy = UpdatePolicy.of(workload);
        Optional<Standstill> still = Standstill.untouched(workload.object());
        String broken = policy.rolling() ? broken(workload, policy) : "";
        if (still.isEmpty() || still.get().former() == still.get().partition()) {
            return "Nothing was left to be held back: its pods that are to have the restored template have it."
                    + broken;
        }
        String pods = policy.updated() == 0
                ? "no pod is replaced any more"
                : "%s-%d%s the restored template, the pods below stay as they are"
                        .formatted(
                                workload.ref().name(),
                                policy.first(),
                                policy.updated() == 1 ? " has" : " and above have");
        return "It stands still: %s, whatever is deployed (partition %d → %d).%s\nWithout Stepback it goes on by %s."
                .formatted(
                        pods,
                        still.get().former(),
                        still.get().partition(),
                        broken,
                        Blame.partition(workload.ref(), still.get().former()));
    }

    /** With a space before it, or empty. */
    private static String broken(RevisionedWorkload workload, UpdatePolicy policy) {
        List<RevisionPod> broken = workload.pods().stream()
                .filter(pod -> pod.ordinal() < policy.top() && !pod.ready())
                .sorted(Comparator.comparingInt(RevisionPod::ordinal).reversed())
                .limit(NAMED)
                .toList();
        if (broken.isEmpty()) {
            return "";
        }
        String names = RevisionPod.names(broken);
        return " P%s not ready%s."
                .formatted(
                        names.substring(1) + (broken.size() == 1 ? " is" : " are"),
                        policy.ordered() ? ", and with OrderedReady no other pod is touched before that" : "");
    }
}
