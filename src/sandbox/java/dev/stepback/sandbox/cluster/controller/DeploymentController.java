package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs rollouts. After every write of a ReplicaSet it waits for what comes of it: each call does one step, and the status
 * is written at the end of each.
 */
final class DeploymentController implements Reconciler {
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed");

    private final Worker worker;
    private final Informer<Deployment> deployments;
    private final Informer<ReplicaSet> replicaSets;
    private final Informer<Pod> pods;
    private final DeploymentProgress progress;
    private final ReplicaSetScaler scaler;
    private final CurrentReplicaSet currentReplicaSet;
    private final RollingUpdate rollingUpdate;
    private final ProportionalScaling scaling;

    DeploymentController(Cluster cluster) {
        this.worker = cluster.worker();
        this.deployments = cluster.deployments();
        this.replicaSets = cluster.replicaSets();
        this.pods = cluster.pods();
        this.progress = new DeploymentProgress(cluster.clock());
        this.scaler = new ReplicaSetScaler(replicaSets, cluster.events());
        this.currentReplicaSet = new CurrentReplicaSet(deployments, replicaSets, scaler, progress);
        this.rollingUpdate = new RollingUpdate(scaler);
        this.scaling = new ProportionalScaling(scaler);
        deployments.onChange(deployment -> worker.enqueue(
                this,
                deployment.getMetadata().getNamespace(),
                deployment.getMetadata().getName()));
        replicaSets.onChange(set -> cluster.enqueueController(this, set, "Deployment"));
        // A Recreate rollout waits for the last old pod to be gone.
        pods.onChange(pod -> Resource.controllerOf(pod)
                .flatMap(owner -> replicaSets.get(pod.getMetadata().getNamespace(), owner.getName()))
                .ifPresent(set -> cluster.enqueueController(this, set, "Deployment")));
    }

    @Override
    public void reconcile(String namespace, String name) {
        Optional<Deployment> found = deployments.get(namespace, name);
        if (found.isEmpty() || found.get().getSpec().getTemplate() == null) {
            return;
        }
        Deployment deployment =
                new DeploymentBuilder(found.get()).editOrNewStatus().endStatus().build();
        adopt(deployment);
        if (Resource.isDeleting(deployment)) {
            writeStatus(deployment, ReplicaSets.current(deployment, owned(deployment)), false);
        } else if (!notePause(deployment)) {
            rollOut(deployment);
        }
    }

    private void rollOut(Deployment deployment) {
        List<ReplicaSet> all = owned(deployment);
        if (Rolling.isPaused(deployment)) {
            Optional<ReplicaSet> current = currentReplicaSet.find(deployment, all);
            scaling.scale(deployment, current, others(deployment, current));
            cleanUp(deployment, current);
            writeStatus(deployment, current, false);
        } else if (ProportionalScaling.isDue(deployment, all)) {
            Optional<ReplicaSet> current = currentReplicaSet.find(deployment, all);
            scaling.scale(deployment, current, others(deployment, current));
            writeStatus(deployment, current, false);
        } else {
            Optional<ReplicaSet> current =
                    Rolling.of(deployment).recreate() ? recreate(deployment, all) : roll(deployment, all);
            if (DeploymentProgress.isComplete(
                    latest(deployment), latest(deployment).getStatus())) {
                cleanUp(deployment, current);
            }
            writeStatus(deployment, current, true);
        }
    }

    private Optional<ReplicaSet> roll(Deployment deployment, List<ReplicaSet> all) {
        ReplicaSet current = currentReplicaSet.findOrCreate(deployment, all);
        rollingUpdate.step(deployment, current, others(deployment, Optional.of(current)));
        return refreshed(Optional.of(current));
    }

    private Optional<ReplicaSet> recreate(Deployment deployment, List<ReplicaSet> all) {
        Optional<ReplicaSet> current = currentReplicaSet.find(deployment, all);
        List<ReplicaSet> old = others(deployment, current);
        List<ReplicaSet> active = ReplicaSets.active(old);
        active.forEach(set -> scaler.scale(deployment, set, 0));
        if (!active.isEmpty() || old.stream().anyMatch(this::hasPods)) {
            return current;
        }
        ReplicaSet created = currentReplicaSet.findOrCreate(deployment, all);
        scaler.scale(deployment, created, Rolling.of(deployment).replicas());
        return refreshed(Optional.of(created));
    }

    private boolean hasPods(ReplicaSet set) {
        return ReplicaSets.pods(set) > 0
                || pods.controlledBy(set).stream()
                        .anyMatch(pod -> pod.getStatus() == null
                                || !ENDED.contains(pod.getStatus().getPhase()));
    }

    /** @return whether something was written, upon which the controller is called again */
    private boolean notePause(Deployment deployment) {
        DeploymentStatus status = deployment.getStatus();
        boolean noted = Conditions.hasReason(status, Conditions.PAUSED);
        boolean paused = Rolling.isPaused(deployment);
        if (Rolling.deadlineSeconds(deployment).isEmpty()
                || Conditions.hasReason(status, Conditions.TIMED_OUT)
                || paused == noted) {
            return false;
        }
        if (paused) {
            progress.progressing(status, "Unknown", Conditions.PAUSED, "Deployment is paused");
        } else {
            progress.progressing(status, "Unknown", Conditions.RESUMED, "Deployment is resumed");
        }
        deployments.updateStatus(deployment);
        return true;
    }

    private void writeStatus(Deployment deployment, Optional<ReplicaSet> current, boolean rollingOut) {
        Deployment latest = latest(deployment);
        DeploymentStatus status = progress.status(latest, current, others(latest, current));
        if (rollingOut) {
            progress.judge(latest, current, status);
        }
        if (!status.equals(latest.getStatus())) {
            deployments.updateStatus(
                    new DeploymentBuilder(latest).withStatus(status).build());
        }
        if (rollingOut) {
            progress.untilDeadline(latest, status)
                    .ifPresent(delay -> worker.enqueueAfter(
                            this,
                            latest.getMetadata().getNamespace(),
                            latest.getMetadata().getName(),
                            delay.isNegative() ? Duration.ZERO : delay));
        }
    }

    /** The Deployment with what was written to its annotations and status meanwhile, but the spec that was acted upon. */
    private Deployment latest(Deployment deployment) {
        Deployment known = deployments
                .get(
                        deployment.getMetadata().getNamespace(),
                        deployment.getMetadata().getName())
                .filter(found -> found.getMetadata()
                        .getGeneration()
                        .equals(deployment.getMetadata().getGeneration()))
                .orElse(deployment);
        return known.getStatus() == null
                ? new DeploymentBuilder(known).editOrNewStatus().endStatus().build()
                : known;
    }

    private void cleanUp(Deployment deployment, Optional<ReplicaSet> current) {
        List<ReplicaSet> old = new ArrayList<>(others(deployment, current));
        old.removeIf(Resource::isDeleting);
        old.sort(Comparator.comparing((ReplicaSet set) -> Revisions.of(set)).thenComparing(ReplicaSets.OLDEST_FIRST));
        int excess = old.size() - Rolling.historyLimit(deployment);
        for (ReplicaSet set : old.subList(0, Math.max(0, excess))) {
            Long observed = set.getStatus() == null ? null : set.getStatus().getObservedGeneration();
            boolean settled = observed != null && observed >= set.getMetadata().getGeneration();
            if (settled && ReplicaSets.size(set) == 0 && ReplicaSets.pods(set) == 0) {
                replicaSets.delete(set);
            }
        }
    }

    private void adopt(Deployment deployment) {
        for (ReplicaSet set :
                replicaSets.withoutController(deployment.getMetadata().getNamespace())) {
            boolean matches = ReplicaSets.matches(
                    deployment.getSpec().getSelector().getMatchLabels(),
                    set.getMetadata().getLabels());
            if (matches && !Resource.isDeleting(set) && !Resource.isDeleting(deployment)) {
                replicaSets.update(new ReplicaSetBuilder(set)
                        .editMetadata()
                        .addToOwnerReferences(Resource.controlledBy(deployment))
                        .endMetadata()
                        .build());
            }
        }
    }

    private List<ReplicaSet> owned(Deployment deployment) {
        return replicaSets.controlledBy(deployment);
    }

    private List<ReplicaSet> others(Deployment deployment, Optional<ReplicaSet> current) {
        return owned(deployment).stream()
                .filter(set -> current.filter(found -> found.getMetadata()
                                .getUid()
                                .equals(set.getMetadata().getUid()))
                        .isEmpty())
                .toList();
    }

    private Optional<ReplicaSet> refreshed(Optional<ReplicaSet> set) {
        return set.flatMap(known -> replicaSets
                .get(known.getMetadata().getNamespace(), known.getMetadata().getName())
                .or(() -> set));
    }
}
