package dev.stepback.sandbox.cluster.rbac;

import dev.stepback.sandbox.cluster.ApiException;
import java.util.List;
import java.util.Locale;

/**
 * What a request wants, as rules see it: a verb on a resource, or on a path that is none. It is read from the address
 * alone, whether or not such a resource is served (Kubernetes: {@code RequestInfoFactory}).
 *
 * @param group empty for the core group
 * @param resource empty when the request is about a path
 * @param subresource empty when none
 * @param namespace empty for all namespaces and what is in none
 * @param name empty for collections
 */
public record Attempt(
        String verb, String group, String resource, String subresource, String namespace, String name, String path) {

    static Attempt onResource(String verb, String group, String resource, String namespace, String name) {
        return new Attempt(verb, group, resource, "", namespace, name, "");
    }

    static Attempt onPath(String verb, String path) {
        return new Attempt(verb, "", "", "", "", "", path);
    }

    /**
     * @param segments of the path, decoded
     * @param watch whether the query asks for a watch
     */
    public static Attempt of(String method, List<String> segments, boolean watch) {
        boolean core = !segments.isEmpty() && segments.get(0).equals("api");
        int prefix = core ? 2 : 3;
        if (segments.size() <= prefix || !(core || segments.get(0).equals("apis"))) {
            return onPath(method.toLowerCase(Locale.ROOT), "/" + String.join("/", segments));
        }
        List<String> rest = segments.subList(prefix, segments.size());
        String namespace = "";
        if (rest.get(0).equals("namespaces") && rest.size() > 1) {
            namespace = rest.get(1);
            if (rest.size() > 2 && !List.of("status", "finalize").contains(rest.get(2))) {
                rest = rest.subList(2, rest.size());
            }
        }
        String name = rest.size() > 1 ? rest.get(1) : "";
        String subresource = rest.size() > 2 ? String.join("/", rest.subList(2, rest.size())) : "";
        return new Attempt(
                verb(method, name, watch), core ? "" : segments.get(1), rest.get(0), subresource, namespace, name, "");
    }

    private static String verb(String method, String name, boolean watch) {
        return switch (method) {
            case "GET", "HEAD" -> !name.isEmpty() ? "get" : watch ? "watch" : "list";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> name.isEmpty() ? "deletecollection" : "delete";
            default -> method.toLowerCase(Locale.ROOT);
        };
    }

    boolean isOnResource() {
        return !resource.isEmpty();
    }

    /** As kubectl names it, without the subresource: {@code deployments.apps}; empty for a path. */
    public String typeName() {
        return resource + (group.isEmpty() ? "" : "." + group);
    }

    /** As kubectl names it: {@code deployments.apps/scale}; empty for a path. */
    public String resourceName() {
        return typeName() + (subresource.isEmpty() ? "" : "/" + subresource);
    }

    /** Such as {@code pods} or {@code pods/log}. */
    String combinedResource() {
        return subresource.isEmpty() ? resource : resource + "/" + subresource;
    }

    /**
     * The 403, worded as Kubernetes words it.
     *
     * @param reason what the authorizer adds; mostly empty
     */
    public ApiException forbidden(Caller caller, String reason) {
        String cannot = "User \"" + caller.name() + "\" cannot " + verb
                + (isOnResource() ? " resource \"" + combinedResource() + "\" in API group \"" + group + "\"" : "");
        String where;
        if (!isOnResource()) {
            where = " path \"" + path + "\"";
        } else if (namespace.isEmpty()) {
            where = " at the cluster scope";
        } else {
            where = " in the namespace \"" + namespace + "\"";
        }
        String what = isOnResource()
                ? resource + (group.isEmpty() ? "" : "." + group) + (name.isEmpty() ? "" : " \"" + name + "\"") + " is "
                : "";
        return new ApiException(
                403,
                "Forbidden",
                what + "forbidden: " + cannot + where + (reason.isEmpty() ? "" : ": " + reason),
                new ApiException.About(group, resource, name));
    }
}
