package dev.stepback.target.controllerrevision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.Owned;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.Undoable;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;

/** Reads workloads of one kind, and deletes their pods. Reads are live: nothing is cached. */
public final class RevisionedWorkloads implements Undoable {
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final String REVISIONS = "controllerrevisions";

    private final ApiServer api;
    private final Kind kind;

    public RevisionedWorkloads(ApiServer api, Kind kind) {
        this.api = api;
        this.kind = kind;
    }

    public ApiServer api() {
        return api;
    }

    Optional<ObjectNode> object(TargetRef target) {
        return ApiServer.isName(target.name()) ? api.get(ApiServer.path(target)) : Optional.empty();
    }

    public Optional<RevisionedWorkload> workload(TargetRef target) {
        return object(target).map(live -> workload(target, live));
    }

    @Override
    public RevisionedWorkload workload(TargetRef target, ObjectNode live) {
        Owned owned = new Owned(api);
        return new RevisionedWorkload(
                target, live, owned.by(live, "/apis/apps/v1", REVISIONS, target), pods(owned, target, live));
    }

    /** History and plan are worth having without knowing what each pod runs. */
    private static List<RevisionPod> pods(Owned owned, TargetRef target, ObjectNode live) {
        try {
            return owned.by(live, "/api/v1", "pods", target).stream()
                    .map(RevisionPod::new)
                    .toList();
        } catch (KubernetesClientException e) {
            if (e.getCode() == FORBIDDEN) {
                return List.of();
            }
            throw e;
        }
    }

    @Override
    public String stepType() {
        return kind.lowerCase() + ".undo";
    }

    @Override
    public String storedIn() {
        return "controllerRevision";
    }

    @Override
    public Optional<PodTemplate> stored(TargetRef target, String uid, String name) {
        return ApiServer.isName(name)
                ? api.get("/apis/apps/v1/namespaces/" + target.namespace() + "/" + REVISIONS + "/" + name)
                        .filter(revision -> Owned.controlledBy(revision, uid))
                        .map(RevisionedWorkload::template)
                : Optional.empty();
    }

    void patchRevision(TargetRef target, String name, JsonNode patch) {
        api.patch("/apis/apps/v1/namespaces/" + target.namespace() + "/" + REVISIONS + "/" + name, patch, false);
    }

    /** Deletes a pod just as it was seen; false when it has changed since, and must be looked at again. */
    public boolean delete(TargetRef target, RevisionPod pod) {
        try {
            api.delete("/api/v1/namespaces/" + target.namespace() + "/pods/" + Json.name(pod.json()), pod.json());
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() == NOT_FOUND) {
                return true;
            }
            if (e.getCode() == CONFLICT) {
                return false;
            }
            throw e;
        }
    }
}
