package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Scheduler and kubelet of all nodes: pods get a node, start, become ready or fail as {@link Behaviour} says, and end. A
 * finalizer keeps a deleted pod until its termination is over, which stands for the grace period.
 */
final class Kubelet implements Reconciler {
    static final String LOG = "sandbox.stepback.dev/log";
    static final String TERMINATION = "sandbox.stepback.dev/termination";

    private static final String NO_ROOM = "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are"
            + " available: 3 No preemption victims found for incoming pod.";

    private static final String NO_MATCH = "0/3 nodes are available: 3 node(s) didn't match Pod's node"
            + " affinity/selector, or had taints that the pod didn't tolerate.";

    private final Cluster cluster;
    private final KubeletTiming timing;
    private final KubeletEvents events;
    private final Map<String, Progress> progress = new HashMap<>();
    private final DataVolumes volumes;
    private int nextNode;

    Kubelet(Cluster cluster, KubeletTiming timing) {
        this.cluster = cluster;
        this.timing = timing;
        this.volumes = new DataVolumes(cluster.store());
        this.events = new KubeletEvents(cluster.events());
        cluster.pods()
                .onChange(pod -> cluster.worker()
                        .enqueue(
                                this,
                                pod.getMetadata().getNamespace(),
                                pod.getMetadata().getName()));
    }

    @Override
    public void reconcile(String namespace, String name) {
        cluster.pods().get(namespace, name).ifPresent(pod -> {
            if (Resource.isDeleting(pod)) {
                terminate(pod);
            } else if (pod.getSpec().getNodeName() == null) {
                schedule(pod);
            } else {
                run(pod);
            }
        });
    }

    private void schedule(Pod pod) {
        List<String> fitting = cluster.nodes().all().stream()
                .filter(node -> Nodes.fits(node, pod.getSpec()))
                .map(node -> node.getMetadata().getName())
                .sorted()
                .toList();
        if (behaves(pod, Behaviour.CANNOT_BE_SCHEDULED)) {
            refuse(pod, NO_ROOM);
            return;
        }
        if (fitting.isEmpty()) {
            refuse(pod, NO_MATCH);
            return;
        }
        String node = Nodes.wantedBy(pod).orElseGet(() -> fitting.get(nextNode++ % fitting.size()));
        Pod bound = cluster.pods()
                .update(new PodBuilder(pod)
                        .editMetadata()
                        .addToFinalizers(TERMINATION)
                        .addToAnnotations(annotations(pod))
                        .endMetadata()
                        .editSpec()
                        .withNodeName(node)
                        .endSpec()
                        .build());
        events.scheduled(bound, node);
        enter(bound, ContainerLife.CREATING);
    }

    private void refuse(Pod pod, String message) {
        PodStatus status = PodStatuses.unschedulable(pod, message, now());
        if (!status.equals(pod.getStatus())) {
            writeStatus(pod, status);
            events.notScheduled(pod, message);
        }
    }

    /** What the pod will have said, which the API server shows as its log, and whether it can open its volumes. */
    private Map<String, String> annotations(Pod pod) {
        Optional<String> refused = volumes.refusal(pod);
        if (refused.isPresent()) {
            return Map.of(Behaviour.ANNOTATION, Behaviour.CRASHING, LOG, refused.get());
        }
        Map<String, String> own = pod.getMetadata().getAnnotations();
        if (own != null && own.containsKey(LOG)) {
            return Map.of();
        }
        return pod.getSpec().getContainers().stream()
                .map(container -> Behaviour.of(container.getImage()).log())
                .filter(log -> !log.isEmpty())
                .findFirst()
                .map(log -> Map.of(LOG, log))
                .orElse(Map.of());
    }

    private void run(Pod pod) {
        if (PodOwnership.hasEnded(pod)) {
            return;
        }
        Progress known = progress.get(pod.getMetadata().getUid());
        if (known == null) {
            resume(pod);
        } else if (known.due - System.nanoTime() <= 0) {
            enter(pod, known.step + 1);
        } else {
            wakeUp(pod, known);
        }
    }

    /** Goes on with a pod that this kubelet has not seen before, from what its status says. */
    private void resume(Pod pod) {
        if (pod.getStatus() == null || pod.getStatus().getContainerStatuses().isEmpty()) {
            enter(pod, ContainerLife.CREATING);
        } else {
            int step = pod.getStatus().getContainerStatuses().stream()
                    .mapToInt(ContainerLife::stepOf)
                    .max()
                    .orElse(ContainerLife.SETTLED);
            await(pod, step);
        }
    }

    private void enter(Pod pod, int step) {
        writeStatus(pod, PodStatuses.at(pod, step, now()));
        events.entered(pod, step);
        if (step >= ContainerLife.SETTLED && isHealthy(pod)) {
            volumes.used(pod);
        }
        if (!RunToCompletion.hasEnded(pod, step)) {
            await(pod, step);
        }
    }

    private void await(Pod pod, int step) {
        Progress next = new Progress(step, System.nanoTime() + delay(pod, step).toNanos());
        progress.put(pod.getMetadata().getUid(), next);
        wakeUp(pod, next);
    }

    private void wakeUp(Pod pod, Progress next) {
        if (next.step < ContainerLife.SETTLED || !isHealthy(pod)) {
            cluster.worker()
                    .enqueueAfter(
                            this,
                            pod.getMetadata().getNamespace(),
                            pod.getMetadata().getName(),
                            Duration.ofNanos(Math.max(0, next.due - System.nanoTime())));
        }
    }

    private Duration delay(Pod pod, int step) {
        if (step == ContainerLife.CREATING) {
            return timing.start();
        }
        if (isHealthy(pod) && step >= ContainerLife.SETTLED) {
            return Duration.ofDays(1000);
        }
        return step % 2 == 1 ? timing.ready() : timing.backOff(step / 2 - 1);
    }

    private void terminate(Pod pod) {
        if (!pod.getMetadata().getFinalizers().contains(TERMINATION)) {
            return;
        }
        Progress known = progress.get(pod.getMetadata().getUid());
        if (known == null || known.step != Progress.TERMINATING) {
            events.killing(pod);
            known = new Progress(
                    Progress.TERMINATING,
                    System.nanoTime() + timing.termination().toNanos());
            progress.put(pod.getMetadata().getUid(), known);
        }
        if (known.due - System.nanoTime() > 0) {
            wakeUp(pod, known);
            return;
        }
        cluster.pods()
                .update(new PodBuilder(pod)
                        .editMetadata()
                        .removeFromFinalizers(TERMINATION)
                        .endMetadata()
                        .build());
        progress.remove(pod.getMetadata().getUid());
    }

    private void writeStatus(Pod pod, PodStatus status) {
        cluster.pods().updateStatus(new PodBuilder(pod).withStatus(status).build());
    }

    private static boolean isHealthy(Pod pod) {
        return pod.getSpec().getContainers().stream()
                .allMatch(container -> Behaviour.of(pod, container) == Behaviour.HEALTHY);
    }

    static boolean isHealthy(PodSpec spec) {
        return spec.getContainers().stream()
                .map(Container::getImage)
                .allMatch(image -> Behaviour.of(image) == Behaviour.HEALTHY);
    }

    private static boolean behaves(Pod pod, Behaviour behaviour) {
        return pod.getSpec().getContainers().stream()
                .map(Container::getImage)
                .anyMatch(image -> Behaviour.of(image) == behaviour);
    }

    private String now() {
        return cluster.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** @param due when the next step follows, by {@link System#nanoTime} */
    private record Progress(int step, long due) {
        static final int TERMINATING = -1;
    }
}
