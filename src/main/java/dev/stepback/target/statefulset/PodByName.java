package dev.stepback.target.statefulset;

import dev.stepback.target.controllerrevision.ReplacePodStep;
import dev.stepback.target.controllerrevision.RevisionPod;
import dev.stepback.target.controllerrevision.RevisionedWorkload;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A StatefulSet's pod: its successor has the same name, and with {@code OrderedReady} is made only when all with a lower ordinal
 * are ready (Kubernetes' {@code stateful_set_control.go}, {@code updateStatefulSet}).
 */
final class PodByName implements ReplacePodStep.Place {
    @Override
    public String of(RevisionPod pod) {
        return pod.name();
    }

    @Override
    public List<String> before(RevisionedWorkload workload, String wanted) {
        UpdatePolicy policy = UpdatePolicy.of(workload);
        if (!policy.ordered()) {
            return List.of();
        }
        int ordinal = Integer.parseInt(wanted.substring(wanted.lastIndexOf('-') + 1));
        Set<Integer> ready = workload.pods().stream()
                .filter(pod -> pod.ready() && !pod.terminating())
                .map(RevisionPod::ordinal)
                .collect(Collectors.toSet());
        return IntStream.range(policy.start(), ordinal)
                .filter(lower -> !ready.contains(lower))
                .mapToObj(lower -> workload.ref().name() + "-" + lower)
                .toList();
    }
}
