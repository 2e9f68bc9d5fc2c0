package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Blame;
import dev.stepback.target.workload.Halt;
import dev.stepback.target.workload.Owned;
import dev.stepback.target.workload.PodProblems;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.UndoPatch;
import dev.stepback.target.workload.Undoable;
import java.util.List;
import java.util.Optional;

/** Reads and patches Deployments and what belongs to them. Reads are live: nothing is cached. */
final class Deployments implements Undoable {
    private final ApiServer api;

    Deployments(ApiServer api) {
        this.api = api;
    }

    ApiServer api() {
        return api;
    }

    Optional<ObjectNode> deployment(TargetRef ref) {
        return ApiServer.isName(ref.name()) ? api.get(ApiServer.path(ref)) : Optional.empty();
    }

    Optional<Workload> workload(TargetRef ref) {
        return deployment(ref).map(d -> workload(ref, d));
    }

    /** The ReplicaSets that match the Deployment's selector and are controlled by it. */
    List<ObjectNode> replicaSets(TargetRef ref, ObjectNode deployment) {
        return new Owned(api).by(deployment, "/apis/apps/v1", "replicasets", ref);
    }

    @Override
    public String stepType() {
        return "deployment.undo";
    }

    @Override
    public String storedIn() {
        return "replicaSet";
    }

    @Override
    public Workload workload(TargetRef target, ObjectNode live) {
        return new Workload(target, live, replicaSets(target, live));
    }

    @Override
    public Optional<PodTemplate> stored(TargetRef target, String uid, String name) {
        return replicaSet(target, uid, name).map(rs -> PodTemplate.of(rs).withoutHash());
    }

    @Override
    public Optional<String> obstacle(TargetRef target, ObjectNode live, UndoPatch patch) {
        boolean asPlanned = patch.ends().isPresent() ? patch.ends().equals(Halt.on(live)) : !Halt.paused(live);
        return asPlanned ? Optional.empty() : Optional.of(Blame.pauseChanged(target, live));
    }

    /** One ReplicaSet by its name, if the Deployment with this uid controls it. */
    Optional<ObjectNode> replicaSet(TargetRef ref, String deploymentUid, String name) {
        return ApiServer.isName(name)
                ? api.get("/apis/apps/v1/namespaces/" + ref.namespace() + "/replicasets/" + name)
                        .filter(rs -> Owned.controlledBy(rs, deploymentUid))
                : Optional.empty();
    }

    /** The pods of one ReplicaSet. */
    List<ObjectNode> pods(TargetRef ref, ObjectNode replicaSet) {
        return new Owned(api).by(replicaSet, "/api/v1", "pods", ref);
    }

    /** The same observation, with why the newest pods are not ready. */
    Observation withProblems(Observation observation, Workload workload, PodProblems problems) {
        Optional<ObjectNode> newest = workload.newReplicaSet();
        return problems.addTo(
                observation,
                workload.ref(),
                newest,
                () -> newest.map(rs -> pods(workload.ref(), rs)).orElse(List.of()));
    }

    void patchReplicaSet(TargetRef ref, String name, JsonNode patch) {
        api.patch("/apis/apps/v1/namespaces/" + ref.namespace() + "/replicasets/" + name, patch, false);
    }
}
