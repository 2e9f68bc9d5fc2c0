package dev.stepback.target.statefulset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Rollout;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.controllerrevision.LeftAlone;
import dev.stepback.target.controllerrevision.PodDeletion;
import dev.stepback.target.controllerrevision.RevisionPod;
import dev.stepback.target.controllerrevision.RevisionedTarget;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import dev.stepback.target.controllerrevision.RevisionedWorkloads;
import dev.stepback.target.controllerrevision.Rollouts;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.JsonPatch;
import dev.stepback.target.workload.LiveTarget;
import dev.stepback.target.workload.PodProblems;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lowers the partition by one whenever all pods above it have been ready for a while, until it is what it was before the
 * rollback. What blocks the rollout for ever is deleted on the way, as {@link DeleteStuckPodsStep} would. When a pod does not
 * get ready, the rollout stands still there: that is the point of it.
 */
final class RollByPartitionStep implements Step {
    static final String TYPE = "statefulset.roll-pods";

    private static final String PARTITION = "partition";
    private static final String PAUSE = "pause";
    private static final int UNPROCESSABLE = 422;

    private final RevisionedWorkloads workloads;
    private final PodDeletion deletion;
    private final PodProblems problems;
    private final Clock clock;

    RollByPartitionStep(RevisionedWorkloads workloads, Redactor redactor, Clock clock) {
        this.workloads = workloads;
        this.deletion = new PodDeletion(workloads, redactor);
        this.problems = new PodProblems(workloads.api(), redactor, clock);
        this.clock = clock;
    }

    /**
     * @param original the partition that it ends with
     * @param pause how long a pod has to be ready, beyond {@code minReadySeconds}, before the next one is replaced
     */
    static PlannedStep planned(RevisionedWorkload workload, int original, Duration pause, Rollouts.Restored restored) {
        UpdatePolicy policy = UpdatePolicy.of(workload);
        String name = workload.ref().name();
        return new PlannedStep(
                TYPE,
                "Replace %s-%d down to %s-%d one by one, each once the one before has been ready for %d s"
                        .formatted(
                                name,
                                policy.top() - 1,
                                name,
                                policy.start() + original,
                                workload.minReady().plus(pause).toSeconds()),
                Map.of(
                        "template",
                        restored.template().fingerprint(),
                        PARTITION,
                        Integer.toString(original),
                        PAUSE,
                        pause.toString(),
                        PlannedStep.PARTS,
                        "true"));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Finding dryRun(StepContext context) {
        return PodDeletion.dryRun();
    }

    /** What has to be done next. */
    private sealed interface Next {
        /** These are in the way. */
        record Delete(List<RevisionPod> pods) implements Next {}

        record Lower(int to) implements Next {}

        record Await(String what) implements Next {}

        record Done() implements Next {}

        /** Somebody else has set the partition. */
        record Taken(int partition) implements Next {}

        /** The strategy was switched to one that has none. */
        record Switched(String why) implements Next {}
    }

    private Next next(StepContext context, RevisionedWorkload workload, String hash) {
        UpdatePolicy policy = UpdatePolicy.of(workload);
        int original = original(context);
        int partition = policy.partition();
        if (!policy.rolling()) {
            return LeftAlone.why(workload, pod -> pod.ordinal() >= policy.start() + original)
                    .<Next>map(Next.Switched::new)
                    .or(() -> unready(context, workload, hash, original))
                    .orElseGet(Next.Done::new);
        }
        boolean untouched = Standstill.untouched(workload.object()).isPresent();
        if (partition != original && !(untouched && isOurs(context, workload))) {
            return new Next.Taken(partition);
        }
        List<RevisionPod> stuck = inTheWay(policy, workload, hash);
        if (!stuck.isEmpty()) {
            return new Next.Delete(stuck);
        }
        Optional<Next> unready = unready(context, workload, hash, Math.max(partition, original));
        if (unready.isPresent()) {
            return unready.get();
        }
        if (partition == original) {
            return isOurs(context, workload) ? new Next.Lower(original) : new Next.Done();
        }
        int to = Math.min(partition, policy.replicas()) - 1;
        return new Next.Lower(to <= original ? original : to);
    }

    private Optional<Next> unready(StepContext context, RevisionedWorkload workload, String hash, int partition) {
        UpdatePolicy policy = UpdatePolicy.of(workload).withPartition(partition);
        Duration ready = workload.minReady().plus(context.parameter(PAUSE, Duration::parse));
        for (int ordinal = policy.top() - 1; ordinal >= policy.first(); ordinal--) {
            if (!isDone(workload, hash, ordinal, ready)) {
                return Optional.of(new Next.Await("Waiting for pod %s-%d to be ready for %d s"
                        .formatted(workload.ref().name(), ordinal, ready.toSeconds())));
            }
        }
        return Optional.empty();
    }

    private boolean isDone(RevisionedWorkload workload, String hash, int ordinal, Duration ready) {
        return workload.pods().stream()
                .filter(pod -> pod.ordinal() == ordinal)
                .anyMatch(pod -> pod.runs(hash) && !pod.terminating() && pod.available(ready, clock.instant()));
    }

    /** Those below the partition come back as the controller's current revision: they may go only when that is the right one. */
    private static List<RevisionPod> inTheWay(UpdatePolicy policy, RevisionedWorkload workload, String hash) {
        List<RevisionPod> above = policy.stuck(workload, hash);
        boolean right = StatefulSetStatus.currentRevision(workload).equals(hash);
        return above.isEmpty() && right ? policy.withPartition(0).stuck(workload, hash) : above;
    }

    @Override
    public Start start(StepContext context) {
        // Deletes what is in the way, and looks whether everything is as it was approved.
        Start start = deletion.start(
                context,
                (workload, hash) -> next(context, workload, hash) instanceof Next.Delete d ? d.pods() : List.of());
        if (!(start instanceof Start.Started)) {
            return start;
        }
        Optional<RevisionedWorkload> live = workloads.workload(context.target());
        Optional<String> hash = live.flatMap(PodDeletion::restored);
        if (live.isEmpty() || hash.isEmpty() || !(next(context, live.get(), hash.get()) instanceof Next.Lower lower)) {
            return new Start.Started();
        }
        Optional<Start> objection = context.guard().objection();
        if (objection.isPresent()) {
            return objection.get();
        }
        try {
            workloads.api().patch(ApiServer.path(context.target()), patch(context, live.get(), lower.to()), false);
            return new Start.Started();
        } catch (KubernetesClientException e) {
            if (e.getCode() == UNPROCESSABLE) {
                return new Start.NotYet("It was changed at this very moment.");
            }
            throw e;
        }
    }

    /** Only as it was looked at: uid, template, partition and note. */
    private static ArrayNode patch(StepContext context, RevisionedWorkload workload, int to) {
        ObjectNode live = workload.object();
        JsonNode now = live.at(Borrowed.PARTITION); // none, where somebody has taken it away
        ArrayNode operations = new Borrowed(
                        Borrowed.PARTITION, IntNode.valueOf(to), now.isInt() ? now : IntNode.valueOf(0))
                .back(live, workload.template());
        int original = original(context);
        if (to == original) {
            return operations;
        }
        operations.remove(operations.size() - 1); // the note stays until the partition is what it was
        String rollback = context.attribution().rollback();
        String note = new Borrowed(Borrowed.PARTITION, IntNode.valueOf(original), IntNode.valueOf(to)).note(rollback);
        return JsonPatch.annotating(operations, live, Json.object().put(Borrowed.NOTE, note));
    }

    @Override
    public Observation observe(StepContext context) {
        return LiveTarget.of(context, workloads::workload).observe(live -> observe(context, live));
    }

    private Observation observe(StepContext context, RevisionedWorkload workload) {
        if (!workload.template().fingerprint().equals(context.parameter("template"))) {
            return Observation.overtaken("The pod template was changed while pods were being replaced.");
        }
        Optional<String> hash = PodDeletion.restored(workload);
        Observation observation = hash.map(h -> observe(context, workload, h))
                .orElseGet(() -> new Observation(
                        Observation.State.RUNNING, "Waiting for statefulset spec update to be observed...", null));
        return RevisionedTarget.withProblems(observation, workload, problems);
    }

    private Observation observe(StepContext context, RevisionedWorkload workload, String hash) {
        Next next = next(context, workload, hash);
        Rollout figures = figures(workload, hash, original(context));
        String count = "(%d of %d pods are done)...".formatted(figures.available(), figures.desired());
        Observation.State state;
        String sentence;
        if (next instanceof Next.Delete delete) {
            state = Observation.State.AGAIN;
            sentence = "Deleting %s, which blocks the rollout %s".formatted(RevisionPod.names(delete.pods()), count);
        } else if (next instanceof Next.Lower) {
            state = Observation.State.AGAIN;
            sentence = "The next pod is replaced " + count;
        } else if (next instanceof Next.Await await) {
            state = Observation.State.RUNNING;
            sentence = await.what() + " " + count;
        } else if (next instanceof Next.Taken taken) {
            state = Observation.State.OVERTAKEN;
            sentence = taken(workload, taken.partition());
        } else if (next instanceof Next.Switched switched) {
            state = Observation.State.OVERTAKEN;
            sentence = switched.why();
        } else {
            state = Observation.State.DONE;
            sentence = "All %d pods are replaced%s."
                    .formatted(
                            figures.desired(),
                            workload.onDelete()
                                    ? ""
                                    : ", and its partition is %d as before".formatted(original(context)));
        }
        return new Observation(
                state,
                sentence,
                new Rollout(
                        sentence, figures.desired(), figures.updated(), figures.available(), figures.old(), List.of()));
    }

    private static String taken(RevisionedWorkload workload, int partition) {
        UpdatePolicy policy = UpdatePolicy.of(workload);
        return "Its partition was set to %d while pods were being replaced%s; it stays so, and its controller replaces %s."
                .formatted(
                        partition,
                        Standstill.by(workload.object()),
                        policy.updated() == 0
                                ? "none any more"
                                : "%s-%d and above by itself"
                                        .formatted(workload.ref().name(), policy.first()));
    }

    private static Rollout figures(RevisionedWorkload workload, String hash, int original) {
        UpdatePolicy policy = UpdatePolicy.of(workload).withPartition(original);
        List<RevisionPod> pods = workload.pods().stream()
                .filter(pod -> pod.ordinal() >= policy.first() && pod.ordinal() < policy.top())
                .toList();
        int updated = (int) pods.stream().filter(pod -> pod.runs(hash)).count();
        int available =
                (int) pods.stream().filter(pod -> pod.runs(hash) && pod.ready()).count();
        return new Rollout("", policy.updated(), updated, available, pods.size() - updated, List.of());
    }

    private static boolean isOurs(StepContext context, RevisionedWorkload workload) {
        return Borrowed.isNoted(workload.object(), context.attribution().rollback());
    }

    private static int original(StepContext context) {
        return context.parameter(PARTITION, Integer::parseInt);
    }
}
