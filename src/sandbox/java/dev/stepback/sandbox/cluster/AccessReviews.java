package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.rbac.Attempt;
import dev.stepback.sandbox.cluster.rbac.Caller;
import dev.stepback.sandbox.cluster.rbac.Rbac;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers whether the caller, or somebody else, may do something, and what the caller may do in a namespace. */
final class AccessReviews {
    static final String GROUP = "authorization.k8s.io";
    static final String WHO = "authentication.k8s.io";

    /** By group: the reviews, plural and kind. */
    static final Map<String, Map<String, String>> KINDS = Map.of(
            GROUP,
            Map.of(
                    "subjectaccessreviews", "SubjectAccessReview",
                    "selfsubjectaccessreviews", "SelfSubjectAccessReview",
                    "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
            WHO,
            Map.of("selfsubjectreviews", "SelfSubjectReview"));

    private final Rbac rbac;
    private final Faults faults;

    AccessReviews(Rbac rbac, Faults faults) {
        this.rbac = rbac;
        this.faults = faults;
    }

    static boolean isReview(List<String> path) {
        return path.size() == 4
                && path.get(0).equals("apis")
                && path.get(2).equals("v1")
                && KINDS.getOrDefault(path.get(1), Map.of()).containsKey(path.get(3));
    }

    ApiReply answer(ApiRequest request, Caller caller) {
        if (!request.method().equals("POST")) {
            throw Failures.methodNotAllowed();
        }
        ObjectNode review = request.object();
        switch (request.segments().get(3)) {
            case "selfsubjectreviews" -> who(review, caller);
            case "selfsubjectrulesreviews" -> rules(review, caller);
            case "selfsubjectaccessreviews" -> access(review, "SelfSubjectAccessReview", caller);
            default -> access(review, "SubjectAccessReview", subject(review.path("spec")));
        }
        return ApiReply.json(201, review);
    }

    private static void who(ObjectNode review, Caller caller) {
        ObjectNode user = review.putObject("status").putObject("userInfo").put("username", caller.name());
        caller.groups().forEach(user.putArray("groups")::add);
    }

    /** Whoever the review names, in exactly the groups that it names. */
    private static Caller subject(JsonNode spec) {
        String user = spec.path("user").asText("");
        List<String> groups = new ArrayList<>();
        spec.path("groups").forEach(group -> groups.add(group.asText()));
        if (user.isEmpty() && groups.isEmpty()) {
            throw Failures.unprocessable("SubjectAccessReview.authorization.k8s.io \"\" is invalid: spec.user:"
                    + " Invalid value: \"\": at least one of user or group must be specified");
        }
        return new Caller(user, spec.path("uid").asText(""), groups, Map.of());
    }

    private void access(ObjectNode review, String kind, Caller caller) {
        JsonNode resource = review.at("/spec/resourceAttributes");
        JsonNode path = review.at("/spec/nonResourceAttributes");
        if (resource.isMissingNode() == path.isMissingNode()) {
            throw Failures.unprocessable(kind + ".authorization.k8s.io \"\" is invalid: spec:"
                    + " Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
        Attempt attempt = resource.isMissingNode()
                ? new Attempt(text(path, "verb"), "", "", "", "", "", text(path, "path"))
                : new Attempt(
                        text(resource, "verb"),
                        text(resource, "group"),
                        text(resource, "resource"),
                        text(resource, "subresource"),
                        text(resource, "namespace"),
                        text(resource, "name"),
                        "");
        Rbac.Decision decision = rbac.decide(caller, attempt);
        boolean allowed = decision.allowed() && !faults.isDenied(attempt.verb(), attempt.resourceName());
        ObjectNode status = review.putObject("status").put("allowed", allowed);
        if (!decision.reason().isEmpty() && allowed == decision.allowed()) {
            status.put("reason", decision.reason());
        }
    }

    private void rules(ObjectNode review, Caller caller) {
        String namespace = review.path("spec").path("namespace").asText("");
        if (namespace.isEmpty()) {
            throw Failures.badRequest("no namespace on request");
        }
        ObjectNode status = review.putObject("status");
        ArrayNode resourceRules = status.putArray("resourceRules");
        ArrayNode nonResourceRules = status.putArray("nonResourceRules");
        for (JsonNode rule : rbac.rules(caller, namespace)) {
            (rule.has("nonResourceURLs") ? nonResourceRules : resourceRules).add(rule);
        }
        status.put("incomplete", false);
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText("");
    }
}
