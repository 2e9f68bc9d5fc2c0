package dev.stepback.target.statefulset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Rollout;
import dev.stepback.target.Step;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.controllerrevision.Reach;
import dev.stepback.target.controllerrevision.ReplacePodStep;
import dev.stepback.target.controllerrevision.RevisionPod;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import dev.stepback.target.controllerrevision.RevisionedWorkloads;
import dev.stepback.target.controllerrevision.Rollouts;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Json;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How StatefulSets roll out. */
final class StatefulSetRollouts implements Rollouts {
    private final Redactor redactor;
    private final Clock clock;
    private final Duration pause;

    /** @param pause between two pods when they are replaced by partition */
    StatefulSetRollouts(Redactor redactor, Clock clock, Duration pause) {
        this.pause = pause;
        this.redactor = redactor;
        this.clock = clock;
    }

    @Override
    public Kind kind() {
        return Kind.STATEFULSET;
    }

    @Override
    public Observation status(RevisionedWorkload workload) {
        Observation status = StatefulSetStatus.of(workload, clock.instant());
        return Standstill.untouched(workload.object())
                .map(still -> held(status, still))
                .orElse(status);
    }

    /** What is complete up to the partition is not complete. */
    private static Observation held(Observation status, Standstill still) {
        String sentence = "%s A rollback holds it at partition %d, which was %d before."
                .formatted(status.message(), still.partition(), still.former());
        Rollout seen = status.rollout();
        Rollout rollout = seen == null
                ? null
                : new Rollout(sentence, seen.desired(), seen.updated(), seen.available(), seen.old(), seen.problems());
        return new Observation(status.state(), sentence, rollout, status.log());
    }

    @Override
    public Optional<Borrowed> borrows(RevisionedWorkload workload, PlanOptions options) {
        UpdatePolicy policy = UpdatePolicy.of(workload);
        JsonNode now = workload.object().at(Borrowed.PARTITION);
        if (!policy.rolling() || !now.isInt()) {
            return Optional.empty();
        }
        int original = afterwards(workload).partition();
        if (options.byPartition() && policy.withPartition(original).updated() > 0) {
            return Optional.of(
                    new Borrowed(Borrowed.PARTITION, IntNode.valueOf(original), IntNode.valueOf(policy.replicas())));
        }
        // Whose partition somebody else has set since keeps it, and loses the note.
        return Standstill.of(workload.object())
                .map(still -> new Borrowed(Borrowed.PARTITION, IntNode.valueOf(original), IntNode.valueOf(original)));
    }

    /** With the partition that it shall have in the end: what it was before a rollback that stands still. */
    private static UpdatePolicy afterwards(RevisionedWorkload workload) {
        UpdatePolicy now = UpdatePolicy.of(workload);
        return Standstill.untouched(workload.object())
                .map(still -> now.withPartition(still.former()))
                .orElse(now);
    }

    /** Without a partition none can be lowered. With OnDelete none has to be: the pods are deleted one at a time anyway. */
    @Override
    public Optional<String> objection(RevisionedWorkload workload, PlanOptions options) {
        return !options.byPartition()
                        || workload.onDelete()
                        || workload.object().at(Borrowed.PARTITION).isInt()
                ? Optional.empty()
                : Optional.of("Its updateStrategy has no partition that could be raised and lowered. Give it one first,"
                        + " which changes nothing: "
                        + Blame.partition(workload.ref(), 0));
    }

    /**
     * Its controller replaces no pod while another is not ready, and one below the partition comes back on what its status calls
     * current: unless that is the restored revision, nothing gets past a broken pod that is not the next one anyway.
     */
    @Override
    public Optional<String> obstacle(RevisionedWorkload workload, Restored restored, PlanOptions options) {
        UpdatePolicy policy = afterwards(workload);
        String current = StatefulSetStatus.currentRevision(workload);
        if (!options.byPartition() || current.equals(restored.hash())) {
            return Optional.empty();
        }
        return policy.stuck(workload, restored.hash()).stream()
                .filter(pod -> IntStream.range(pod.ordinal() + 1, policy.top())
                        .anyMatch(above -> !isBack(workload, above, restored.hash())))
                .findFirst()
                .map(pod ->
                        "Pod %s is not ready, and until it is its controller replaces none of the others: partition by partition it would stand still at once. Ask without “by partition”; then that pod is deleted first."
                                .formatted(pod.name()));
    }

    private static boolean isBack(RevisionedWorkload workload, int ordinal, String hash) {
        return workload.pods().stream().anyMatch(pod -> pod.ordinal() == ordinal && pod.runs(hash) && pod.ready());
    }

    @Override
    public Optional<PlannedStep> stop(RevisionedWorkload workload) {
        return Optional.of(HoldStep.planned(workload));
    }

    @Override
    public Optional<Resumption> resumption(RevisionedWorkload workload) {
        return Standstill.untouched(workload.object())
                .map(still ->
                        new Resumption(ResumeStep.planned(workload, still), ResumeStep.patch(workload, "resumption")));
    }

    @Override
    public Optional<String> changed(RevisionedWorkload workload, PlannedStep resumption) {
        return ResumeStep.changed(workload, resumption, redactor);
    }

    @Override
    public String order(RevisionedWorkload workload) {
        return UpdatePolicy.of(workload).order(workload.ref().name());
    }

    @Override
    public String words(RevisionedWorkload workload, Borrowed borrowed) {
        if (borrowed.former().equals(borrowed.now(workload.object())) && borrowed.givesBack()) {
            return "";
        }
        return borrowed.givesBack()
                ? ", and set its partition to %d as it was before a rollback that stands still"
                        .formatted(borrowed.former().asInt())
                : ", and hold all pods back at first (partition %d → %d)"
                        .formatted(
                                borrowed.former().asInt(), borrowed.meanwhile().asInt());
    }

    @Override
    public List<PlannedStep> afterUndo(RevisionedWorkload workload, Restored restored, Optional<Borrowed> borrowed) {
        UpdatePolicy now = UpdatePolicy.of(workload);
        UpdatePolicy policy =
                borrowed.map(b -> now.withPartition(b.former().asInt())).orElse(now);
        if (borrowed.filter(b -> !b.givesBack()).isPresent()) {
            return List.of(RollByPartitionStep.planned(workload, policy.partition(), pause, restored));
        }
        if (policy.rolling()) {
            return policy.blocks()
                    ? List.of(DeleteStuckPodsStep.planned(policy, policy.stuck(workload, restored.hash()), restored))
                    : List.of();
        }
        return outdated(workload, restored).stream()
                .map(pod -> ReplacePodStep.planned(
                        kind(), pod.name(), "Delete pod %s and wait for the new one".formatted(pod.name()), restored))
                .toList();
    }

    /**
     * Highest ordinal first, as a rolling update would; but before them those that are not ready, from below: while one is not,
     * its controller makes none with a higher ordinal.
     */
    private static List<RevisionPod> outdated(RevisionedWorkload workload, Restored restored) {
        Comparator<RevisionPod> byOrdinal = Comparator.comparingInt(RevisionPod::ordinal);
        List<RevisionPod> outdated = workload.pods().stream()
                .filter(pod -> !pod.runs(restored.hash()))
                .toList();
        return Stream.concat(
                        outdated.stream().filter(pod -> !pod.ready()).sorted(byOrdinal),
                        outdated.stream().filter(RevisionPod::ready).sorted(byOrdinal.reversed()))
                .toList();
    }

    @Override
    public boolean stuck(RevisionedWorkload workload, Restored restored) {
        UpdatePolicy policy = UpdatePolicy.of(workload);
        return policy.rolling()
                ? Standstill.untouched(workload.object()).isPresent()
                        || !policy.stuck(workload, restored.hash()).isEmpty()
                : !outdated(workload, restored).isEmpty();
    }

    /** Without a partition the status names the revision whose rollout ended last. */
    @Override
    public Reached reached(RevisionedWorkload workload, ObjectNode revision) {
        UpdatePolicy policy = UpdatePolicy.of(workload);
        String last = StatefulSetStatus.currentRevision(workload);
        if (!policy.rolling() || policy.partition() > 0 || last.isEmpty()) {
            return Reach.of(
                    workload,
                    revision,
                    workload.pods().stream()
                            .filter(pod -> !policy.rolling() || pod.ordinal() >= policy.first())
                            .toList());
        }
        return last.equals(Json.name(revision)) ? Reached.END : Reached.NOT_YET;
    }

    @Override
    public List<Finding> restart(RevisionedWorkload workload) {
        UpdatePolicy policy = UpdatePolicy.of(workload);
        List<Finding> findings = new ArrayList<>();
        if (!policy.rolling()) {
            findings.add(Finding.warn(
                    "on-delete",
                    "Its strategy is OnDelete: the restart itself replaces no pod. Each starts anew when it is"
                            + " deleted."));
        } else if (policy.partition() > 0) {
            findings.add(Finding.warn(
                    "partition",
                    policy.updated() == 0
                            ? "Its partition is %d: no pod is restarted until the partition is lowered."
                                    .formatted(policy.partition())
                            : "Its partition is %d: only %s-%d and above are restarted."
                                    .formatted(
                                            policy.partition(), workload.ref().name(), policy.first())));
        }
        // Any pod that is not ready now is on another revision once the restart has begun.
        List<RevisionPod> stuck = policy.stuck(workload, "restarted");
        if (!stuck.isEmpty()) {
            findings.add(Finding.warn(
                    "stuck-pods",
                    "P%s not ready, and its controller restarts no other before: the restart waits until %s, or deleted by hand."
                            .formatted(
                                    RevisionPod.names(stuck).substring(1) + (stuck.size() == 1 ? " is" : " are"),
                                    stuck.size() == 1 ? "it is" : "they are")));
        }
        return findings;
    }

    @Override
    public String insteadOfPause(RevisionedWorkload workload) {
        UpdatePolicy policy = UpdatePolicy.of(workload);
        return "To hold its rollout, raise its partition: so many pods, from %s-%d up, stay as they are. %s holds all of them. While a rollback runs, “Stop here” on its card holds it where it is."
                .formatted(workload.ref().name(), policy.start(), Blame.partition(workload.ref(), policy.replicas()));
    }

    @Override
    public String insteadOfResume(RevisionedWorkload workload) {
        UpdatePolicy policy = UpdatePolicy.of(workload);
        return policy.partition() > 0
                ? "Its partition is %d%s; to let its rollout go on: %s"
                        .formatted(
                                policy.partition(),
                                Standstill.by(workload.object()),
                                Blame.partition(workload.ref(), 0))
                : "Nothing holds its rollout.";
    }

    @Override
    public List<Finding> findings(RevisionedWorkload workload, Restored restored) {
        UpdatePolicy now = UpdatePolicy.of(workload);
        UpdatePolicy policy = afterwards(workload);
        List<Finding> findings = new ArrayList<>(DataFindings.of(workload, restored, redactor));
        List<RevisionPod> stuck = policy.stuck(workload, restored.hash());
        if (!stuck.isEmpty()) {
            findings.add(Finding.warn(
                    "stuck-pods",
                    stuck.size() == 1
                            ? "Pod %s is stuck on the broken revision; it will be deleted."
                                    .formatted(stuck.get(0).name())
                            : "P%s are stuck on the broken revision; they will be deleted."
                                    .formatted(RevisionPod.names(stuck).substring(1))));
        }
        DefaultPartition.words(workload, restored.hash(), stuck)
                .map(words -> Finding.warn("no-partition", words))
                .ifPresent(findings::add);
        if (now.rolling()) {
            Standstill.of(workload.object())
                    .filter(still -> still.former() != still.partition())
                    .map(still -> standing(workload, still, restored))
                    .ifPresent(findings::add);
        }
        if (policy.rolling() && policy.partition() > 0) {
            findings.add(Finding.warn(
                    "partition",
                    policy.updated() == 0
                            ? "Its partition is %d: no pod gets the restored template until the partition is lowered."
                                    .formatted(policy.partition())
                            : "Its partition stays %d: only %s-%d and above get the restored template."
                                    .formatted(
                                            policy.partition(), workload.ref().name(), policy.first())));
        }
        if (!policy.rolling()) {
            List<RevisionPod> outdated = outdated(workload, restored);
            boolean broken = outdated.stream().anyMatch(pod -> !pod.ready());
            findings.add(Finding.warn(
                    "strategy",
                    "Its strategy is OnDelete: %d of its pods will be deleted, each once the one before is available, %shighest ordinal first."
                            .formatted(
                                    outdated.size(),
                                    broken ? "those that are not ready before the others, then " : "")));
        } else if (!policy.blocks()) {
            findings.add(Finding.pass(
                    "strategy", "Its pod management is Parallel: a broken pod does not hold the rollout up."));
        }
        if (policy.replicas() == 0) {
            findings.add(Finding.warn("replicas", "It is scaled to 0: no pod will start until it is scaled up."));
        }
        return findings;
    }

    private static Finding standing(RevisionedWorkload workload, Standstill still, Restored restored) {
        if (still.taken()) {
            return Finding.warn(
                    "stands-still",
                    "Before a rollback stood still its partition was %d. It was set to %d since%s, and stays so."
                            .formatted(still.former(), still.partition(), Standstill.by(workload.object())));
        }
        boolean same = workload.current()
                .filter(current -> Json.name(current).equals(restored.id()))
                .isPresent();
        return Finding.warn(
                "stands-still",
                (same
                                ? "A rollback to this revision stands still at partition %d; this one goes on with it,"
                                        + " and ends with %d, as it was before."
                                : "An earlier rollback stands still at partition %d; this one ends with %d, as it was"
                                        + " before that. To go on with that one, ask for “resume” instead.")
                        .formatted(still.partition(), still.former()));
    }

    @Override
    public List<Step> steps(RevisionedWorkloads workloads) {
        return List.of(
                new DeleteStuckPodsStep(workloads, redactor, clock),
                new RollByPartitionStep(workloads, redactor, clock),
                new HoldStep(workloads, redactor),
                new ResumeStep(workloads, redactor),
                new ReplacePodStep(this, workloads, redactor, new PodByName(), clock));
    }
}
