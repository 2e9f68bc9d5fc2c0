package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What an API server says about itself: health, version, groups, resources. */
final class Discovery {
    private static final List<String> VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

    private final ResourceTypes types;

    Discovery(ResourceTypes types) {
        this.types = types;
    }

    /** Empty when the path is none of discovery's. */
    Optional<ApiReply> answer(List<String> path) {
        if (path.isEmpty()) {
            return Optional.of(paths());
        }
        String first = path.get(0);
        if (path.size() == 1) {
            return switch (first) {
                case "healthz", "readyz", "livez" -> Optional.of(ApiReply.text(200, "ok"));
                case "version" -> Optional.of(version());
                case "api" -> Optional.of(coreVersions());
                case "apis" -> Optional.of(groups());
                default -> Optional.empty();
            };
        }
        if (path.size() == 2 && first.equals("api") && path.get(1).equals("v1")) {
            return Optional.of(resources("", "v1"));
        }
        if (path.size() == 2 && first.equals("apis")) {
            return group(path.get(1));
        }
        if (path.size() == 3 && first.equals("apis")) {
            return groupVersions(path.get(1)).contains(path.get(2))
                    ? Optional.of(resources(path.get(1), path.get(2)))
                    : Optional.empty();
        }
        return Optional.empty();
    }

    private static ApiReply paths() {
        ObjectNode root = Json.object();
        ArrayNode paths = root.putArray("paths");
        List.of("/api", "/apis", "/healthz", "/livez", "/readyz", "/version").forEach(paths::add);
        return ApiReply.json(200, root);
    }

    private static ApiReply version() {
        ObjectNode version = Json.object();
        version.put("major", "1").put("minor", "35").put("gitVersion", "v1.35.0");
        version.put("gitCommit", "").put("gitTreeState", "").put("buildDate", "1970-01-01T00:00:00Z");
        version.put("goVersion", "").put("compiler", "").put("platform", "java");
        return ApiReply.json(200, version);
    }

    private static ApiReply coreVersions() {
        ObjectNode versions = Json.object().put("kind", "APIVersions");
        versions.putArray("versions").add("v1");
        versions.putArray("serverAddressByClientCIDRs");
        return ApiReply.json(200, versions);
    }

    private ApiReply groups() {
        ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        allGroups().forEach(group -> groups.add(describe(group)));
        return ApiReply.json(200, list);
    }

    private Optional<ApiReply> group(String group) {
        if (!allGroups().contains(group)) {
            return Optional.empty();
        }
        ObjectNode node = Json.object().put("kind", "APIGroup").put("apiVersion", "v1");
        node.setAll(describe(group));
        return Optional.of(ApiReply.json(200, node));
    }

    private ObjectNode describe(String group) {
        ObjectNode node = Json.object().put("name", group);
        ArrayNode versions = node.putArray("versions");
        for (String version : groupVersions(group)) {
            versions.addObject().put("groupVersion", group + "/" + version).put("version", version);
        }
        node.set("preferredVersion", versions.get(0));
        return node;
    }

    private Set<String> allGroups() {
        Set<String> groups = new LinkedHashSet<>();
        types.all().stream()
                .map(ResourceType::group)
                .filter(group -> !group.isEmpty())
                .forEach(groups::add);
        groups.addAll(new TreeSet<>(AccessReviews.KINDS.keySet()));
        return groups;
    }

    private Set<String> groupVersions(String group) {
        Set<String> versions = new LinkedHashSet<>();
        types.all().stream()
                .filter(type -> type.group().equals(group))
                .map(ResourceType::version)
                .forEach(versions::add);
        if (AccessReviews.KINDS.containsKey(group)) {
            versions.add("v1");
        }
        return versions;
    }

    private ApiReply resources(String group, String version) {
        ObjectNode list = Json.object().put("kind", "APIResourceList").put("apiVersion", "v1");
        list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
        ArrayNode resources = list.putArray("resources");
        new TreeMap<>(AccessReviews.KINDS.getOrDefault(group, Map.of()))
                .forEach((plural, kind) -> resource(resources, plural, "", kind, false, List.of("create")));
        for (ResourceType type : types.all()) {
            if (type.group().equals(group) && type.version().equals(version)) {
                ObjectNode node =
                        resource(resources, type.plural(), type.singular(), type.kind(), type.namespaced(), VERBS);
                if (!type.shortNames().isEmpty()) {
                    type.shortNames().forEach(node.putArray("shortNames")::add);
                }
                if (CATEGORY_ALL.contains(type.name())) {
                    node.putArray("categories").add("all");
                }
                subresources(type, resources);
            }
        }
        return ApiReply.json(200, list);
    }

    private static final Set<String> CATEGORY_ALL = Set.of(
            "pods",
            "services",
            "replicationcontrollers",
            "deployments.apps",
            "replicasets.apps",
            "statefulsets.apps",
            "daemonsets.apps",
            "jobs.batch",
            "cronjobs.batch",
            "horizontalpodautoscalers.autoscaling");

    private static void subresources(ResourceType type, ArrayNode resources) {
        List<String> verbs = List.of("get", "patch", "update");
        if (type.hasStatus()) {
            resource(resources, type.plural() + "/status", "", type.kind(), type.namespaced(), verbs);
        }
        if (type.hasScale()) {
            resource(resources, type.plural() + "/scale", "", "Scale", type.namespaced(), verbs)
                    .put("group", "autoscaling")
                    .put("version", "v1");
        }
        if (type.name().equals("pods")) {
            resource(resources, "pods/log", "", "Pod", true, List.of("get"));
        }
    }

    private static ObjectNode resource(
            ArrayNode resources, String name, String singular, String kind, boolean namespaced, List<String> verbs) {
        ObjectNode resource = resources.addObject();
        resource.put("name", name)
                .put("singularName", singular)
                .put("namespaced", namespaced)
                .put("kind", kind);
        verbs.forEach(resource.putArray("verbs")::add);
        return resource;
    }
}
