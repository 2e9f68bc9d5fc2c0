package dev.stepback.target.controllerrevision;

import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Writer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Pods that nobody replaces any more, because the strategy was switched to {@code OnDelete} in the middle of a rollout. */
public final class LeftAlone {
    private LeftAlone() {}

    /**
     * Says so, and what to do; empty while the controller replaces pods, or when none of these is left.
     *
     * @param which the pods that were to be replaced
     */
    public static Optional<String> why(RevisionedWorkload workload, Predicate<RevisionPod> which) {
        Optional<String> hash = workload.current().map(workload::hash);
        if (!workload.onDelete() || hash.isEmpty()) {
            return Optional.empty();
        }
        List<RevisionPod> left = workload.pods().stream()
                .filter(which)
                .filter(pod -> !pod.runs(hash.get()) && !pod.terminating())
                .sorted(Comparator.comparingInt(RevisionPod::ordinal).reversed())
                .toList();
        return left.isEmpty() ? Optional.empty() : Optional.of(sentence(workload, left));
    }

    private static String sentence(RevisionedWorkload workload, List<RevisionPod> left) {
        String by = Writer.last(workload.object(), "f:spec", "f:updateStrategy", "f:type")
                .map(writer -> ", " + writer)
                .orElse("");
        return "Its strategy was switched to OnDelete while pods were being replaced%s: its controller replaces none any more, and leaves %s. “Retry” of a rollback deletes what is left, one at a time; %s lets the controller go on."
                .formatted(by, RevisionPod.names(left), Blame.rollingUpdate(workload.ref()));
    }
}
