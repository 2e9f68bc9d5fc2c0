package dev.stepback.sandbox.cluster;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request is about, in Kubernetes' terms.
 *
 * @param name null for collections
 * @param subresource null when none
 */
record RequestInfo(
        String verb,
        ResourceType type,
        @Nullable String namespace,
        @Nullable String name,
        @Nullable String subresource) {

    /** Understands {@code /api/v1/…} and {@code /apis/group/version/…}; empty when nothing like that is served. */
    static Optional<RequestInfo> parse(ApiRequest request, ResourceTypes types) {
        List<String> path = request.segments();
        boolean core = !path.isEmpty() && path.get(0).equals("api");
        int prefix = core ? 2 : 3;
        if (path.size() <= prefix || !(core || path.get(0).equals("apis"))) {
            return Optional.empty();
        }
        String group = core ? "" : path.get(1);
        String version = path.get(prefix - 1);
        List<String> rest = path.subList(prefix, path.size());
        String namespace = null;
        // /namespaces/x/status is about the namespace, /namespaces/x/pods is about what is in it.
        if (rest.get(0).equals("namespaces")
                && rest.size() > 2
                && !List.of("status", "finalize").contains(rest.get(2))) {
            namespace = rest.get(1);
            rest = rest.subList(2, rest.size());
        }
        if (rest.size() > 3) {
            return Optional.empty();
        }
        String name = rest.size() > 1 ? rest.get(1) : null;
        String subresource = rest.size() > 2 ? rest.get(2) : null;
        String within = namespace;
        return types.find(group, version, rest.get(0))
                .filter(type -> type.namespaced() || within == null)
                .map(type -> new RequestInfo(verb(request, name), type, within, name, subresource));
    }

    private static String verb(ApiRequest request, @Nullable String name) {
        return switch (request.method()) {
            case "GET", "HEAD" -> name != null ? "get" : request.flag("watch") ? "watch" : "list";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> name != null ? "delete" : "deletecollection";
            default -> request.method();
        };
    }

    /** The name, where the verb needs one. */
    String requireName() {
        if (name == null) {
            throw Failures.methodNotAllowed();
        }
        return name;
    }

    /** As access rules name it: {@code deployments.apps}, {@code deployments.apps/status}. */
    String resource() {
        return subresource == null ? type.name() : type.name() + "/" + subresource;
    }
}
