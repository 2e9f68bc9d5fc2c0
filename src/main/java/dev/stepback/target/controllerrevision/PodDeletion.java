package dev.stepback.target.controllerrevision;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.LiveTarget;
import java.util.List;
import java.util.Optional;

/**
 * Deletes pods so that the controller makes them anew from the restored template. It is safe to call again at any time: a
 * pod of the restored revision is never deleted, and a pod only as it was seen (uid and resourceVersion).
 */
public final class PodDeletion {
    private static final int ATTEMPTS = 5;

    private final RevisionedWorkloads workloads;
    private final Redactor redactor;

    public PodDeletion(RevisionedWorkloads workloads, Redactor redactor) {
        this.workloads = workloads;
        this.redactor = redactor;
    }

    /** Says which pods have to go, in which order. */
    public interface Selection {
        /** @param hash what pods of the restored revision carry as their label */
        List<RevisionPod> doomed(RevisionedWorkload workload, String hash);
    }

    /** As {@link Step#start}: the parameter {@code template} is the fingerprint of the restored template. */
    public Step.Start start(StepContext context, Selection selection) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Step.Start> end = LiveTarget.of(context, workloads::workload)
                    .orVoid(live -> attempt(context, live, selection), Optional::of);
            if (end.isPresent()) {
                return end.get();
            }
        }
        return new Step.Start.NotYet("The pods change too fast to be deleted safely.");
    }

    /** Empty when a pod has changed since it was seen. */
    private Optional<Step.Start> attempt(StepContext context, RevisionedWorkload workload, Selection selection) {
        if (!workload.template().fingerprint().equals(context.parameter("template"))) {
            return Optional.of(new Step.Start.Void(Blame.templateChanged(workload, redactor)));
        }
        Optional<String> hash = restored(workload);
        if (hash.isEmpty()) {
            return Optional.of(new Step.Start.NotYet("The controller has not seen the restored template yet."));
        }
        List<RevisionPod> doomed = selection.doomed(workload, hash.get());
        if (doomed.isEmpty()) {
            return Optional.of(new Step.Start.Started());
        }
        Optional<Step.Start> objection = context.guard().objection();
        if (objection.isPresent()) {
            return objection;
        }
        boolean all = true;
        for (RevisionPod pod : doomed) {
            all &= workloads.delete(context.target(), pod);
        }
        return all ? Optional.of(new Step.Start.Started()) : Optional.empty();
    }

    /**
     * The label of pods of the present template, once the controller makes such pods. Before that a pod that is deleted may
     * come back on the broken revision.
     */
    public static Optional<String> restored(RevisionedWorkload workload) {
        if (!workload.observed()) {
            return Optional.empty();
        }
        String update = workload.object().path("status").path("updateRevision").asText("");
        return workload.current()
                .filter(revision -> update.isEmpty() || Json.name(revision).equals(update))
                .map(workload::hash);
    }

    /** What a dry run of it says. */
    public static Finding dryRun() {
        return Finding.pass("delete-pods", "Only pods that do not run the restored revision are deleted.");
    }
}
