package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.Plan;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.LastApplied;
import dev.stepback.target.workload.Writer;
import dev.stepback.text.OneLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks of what is around a workload: who may change it, who else does, and what is going on. */
final class Surroundings {
    private final ApiServer api;

    Surroundings(ApiServer api) {
        this.api = api;
    }

    List<Finding> permission(TargetRef ref) {
        boolean allowed = allowed(ref, "patch", ref.kind().group(), ref.kind().plural(), ref.name());
        return allowed
                ? List.of(Finding.pass(
                        "permission",
                        api.who() + " may patch this " + ref.kind().apiName() + "."))
                : List.of(lacking("patch", ref.kind().plural(), ref));
    }

    /** Nothing is said when it is allowed: that the change may be made is said already. */
    List<Finding> podDeletion(TargetRef ref) {
        return allowed(ref, "delete", "", "pods", "") ? List.of() : List.of(lacking("delete", "pods", ref));
    }

    private Finding lacking(String verb, String resource, TargetRef ref) {
        return api.identity().isPresent()
                ? Finding.warn(
                        "permission",
                        "%s may not %s %s in %s: whoever approves must be allowed to."
                                .formatted(api.who(), verb, resource, ref.namespace()))
                : Finding.block(
                        "permission",
                        "Stepback may not %s %s in %s. Grant its service account the verb %s."
                                .formatted(verb, resource, ref.namespace(), verb));
    }

    private boolean allowed(TargetRef ref, String verb, String group, String resource, String name) {
        ObjectNode review =
                Json.object().put("apiVersion", "authorization.k8s.io/v1").put("kind", "SelfSubjectAccessReview");
        review.putObject("spec")
                .putObject("resourceAttributes")
                .put("group", group)
                .put("resource", resource)
                .put("verb", verb)
                .put("namespace", ref.namespace())
                .put("name", name);
        return api.create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)
                .path("status")
                .path("allowed")
                .asBoolean(false);
    }

    static List<Finding> source(Preflight.Subject subject) {
        ObjectNode object = subject.workload().object();
        JsonNode labels = object.path("metadata").path("labels");
        List<Finding> findings = new ArrayList<>();
        String application = Json.annotation(object, "argocd.argoproj.io/tracking-id");
        if (!application.isEmpty() || labels.has("argocd.argoproj.io/instance")) {
            String name = application.isEmpty()
                    ? labels.path("argocd.argoproj.io/instance").asText()
                    : application.split(":", 2)[0];
            findings.add(drift("Argo CD application " + name, "sync"));
        }
        for (String flux : List.of("kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io")) {
            if (labels.has(flux + "/name")) {
                String kind = flux.startsWith("helm") ? "HelmRelease" : "Kustomization";
                findings.add(drift(
                        "Flux %s %s".formatted(kind, labels.path(flux + "/name").asText()), "reconciliation"));
            }
        }
        String release = Json.annotation(object, "meta.helm.sh/release-name");
        if (!release.isEmpty()
                && labels.path("app.kubernetes.io/managed-by").asText().equals("Helm")) {
            findings.add(drift("Helm release " + release, "helm upgrade"));
        }
        boolean another = !subject.patch().before().sameAs(subject.restored());
        Optional<Writer> byServer = byServer(object);
        if (another
                && byServer.isEmpty()
                && !Json.annotation(object, LastApplied.ANNOTATION).isEmpty()) {
            findings.add(applied(subject));
        }
        // What manages it otherwise is said, and forces its way.
        if (another && findings.isEmpty()) {
            byServer.map(writer -> appliedByServer(subject, writer)).ifPresent(findings::add);
        }
        return findings;
    }

    /** Who applies it on the server, and did so after the last apply that goes by what kubectl remembers, if there was one. */
    private static Optional<Writer> byServer(ObjectNode object) {
        Optional<Writer> remembered =
                Writer.updatingAnnotation(object, LastApplied.ANNOTATION).filter(writer -> !writer.isStepback());
        return Writer.applyingTemplate(object, LastApplied.ANNOTATION)
                .filter(writer -> remembered.isEmpty()
                        || writer.time().isAfter(remembered.get().time()));
    }

    private static Finding appliedByServer(Preflight.Subject subject, Writer writer) {
        return Finding.warn(
                "last-applied",
                "It is deployed by server-side apply (%s). Correct the manifest: applying anything but revision %d meets a conflict with Stepback's change, or with --force-conflicts undoes it."
                        .formatted(OneLine.of(writer.manager(), 40), subject.to()));
    }

    private static Finding applied(Preflight.Subject subject) {
        ObjectNode object = subject.workload().object();
        if (!subject.patch().updatesLastApplied() && LastApplied.isRestored(object, subject.restored())) {
            return Finding.pass(
                    "last-applied",
                    "What kubectl apply remembers is revision %d: the next apply of that manifest leaves it."
                            .formatted(subject.to()));
        }
        String manifest =
                "It was made with kubectl apply: correct the manifest, or the next apply brings revision %d back."
                        .formatted(subject.from());
        boolean offered = !subject.patch().updatesLastApplied() && LastApplied.known(object);
        return offered
                ? Finding.warn(
                        Plan.LAST_APPLIED_STALE,
                        manifest
                                + " What kubectl remembers goes stale, so parts of revision %d may outlive later applies."
                                        .formatted(subject.to()))
                : Finding.warn("last-applied", manifest);
    }

    private static Finding drift(String source, String next) {
        return Finding.warn(
                "managed-by",
                "Managed by %s: the next %s may bring the bad release back. Correct the source too."
                        .formatted(OneLine.of(source, 150), next));
    }
}
