package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Whether the caller may do something: everything, except what {@link Faults#deny} forbids. */
final class AccessReviews {
    static final String GROUP = "authorization.k8s.io";
    static final Map<String, String> KINDS = Map.of(
            "selfsubjectaccessreviews", "SelfSubjectAccessReview",
            "selfsubjectrulesreviews", "SelfSubjectRulesReview");

    private final Faults faults;

    AccessReviews(Faults faults) {
        this.faults = faults;
    }

    static boolean isReview(List<String> path) {
        return path.size() == 4
                && path.get(0).equals("apis")
                && path.get(1).equals(GROUP)
                && path.get(2).equals("v1")
                && KINDS.containsKey(path.get(3));
    }

    ApiReply answer(ApiRequest request) {
        if (!request.method().equals("POST")) {
            throw Failures.methodNotAllowed();
        }
        ObjectNode review = request.object();
        ObjectNode status = review.putObject("status");
        if (request.segments().get(3).equals("selfsubjectrulesreviews")) {
            rules(status);
        } else {
            access(review, status);
        }
        return ApiReply.json(201, review);
    }

    private void access(ObjectNode review, ObjectNode status) {
        JsonNode wanted = review.at("/spec/resourceAttributes");
        if (wanted.isMissingNode() == review.at("/spec/nonResourceAttributes").isMissingNode()) {
            throw Failures.unprocessable("SelfSubjectAccessReview.authorization.k8s.io \"\" is invalid: spec:"
                    + " Invalid value: exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
        String group = wanted.path("group").asText("");
        String subresource = wanted.path("subresource").asText("");
        String resource = wanted.path("resource").asText("")
                + (group.isEmpty() ? "" : "." + group)
                + (subresource.isEmpty() ? "" : "/" + subresource);
        boolean denied = faults.isDenied(wanted.path("verb").asText(""), resource);
        status.put("allowed", !denied);
        if (denied) {
            status.put("reason", "denied in the sandbox");
        }
    }

    private static void rules(ObjectNode status) {
        ArrayNode resourceRules = status.putArray("resourceRules");
        ObjectNode all = resourceRules.addObject();
        List.of("verbs", "apiGroups", "resources")
                .forEach(field -> all.putArray(field).add("*"));
        status.putArray("nonResourceRules");
        status.put("incomplete", false);
    }
}
