package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.ManagedFields.Entry;
import dev.stepback.sandbox.cluster.ManagedFields.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Server-side apply: the fields that are sent become the manager's, those that it sent before and no longer sends go
 * away unless somebody else owns them, and what others own with another value is a conflict unless forced.
 */
final class ServerSideApply {
    private final ResourceType type;
    private final ObjectNode wanted;
    private final Writer writer;
    private final boolean force;
    private final Set<List<String>> fields;

    private ServerSideApply(ResourceType type, ObjectNode wanted, Writer writer, boolean force) {
        this.type = type;
        this.wanted = wanted;
        this.writer = writer;
        this.force = force;
        this.fields = new LinkedHashSet<>(FieldPaths.of(type, wanted).keySet());
        fields.removeIf(path -> !ManagedFields.isPartOf(type, path, writer));
    }

    static ServerSideApply of(ApiRequest request, RequestInfo info, ObjectNode body) {
        String manager = request.parameter("fieldManager");
        if (manager == null) {
            throw Failures.unprocessable(
                    "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        }
        if (body.path("metadata").has("managedFields")) {
            throw Failures.badRequest("metadata.managedFields must be nil");
        }
        String subresource = info.subresource() == null ? "" : info.subresource();
        boolean sameName = Json.name(body).equals(info.name());
        if (!sameName) {
            throw Failures.badRequest("the name of the object (" + Json.name(body)
                    + ") does not match the name on the URL (" + info.name() + ")");
        }
        ObjectNode wanted = (ObjectNode) Json.normalized(body, !info.type().custom());
        return new ServerSideApply(
                info.type(), wanted, new Writer(manager, "Apply", subresource), request.flag("force"));
    }

    ObjectNode create(ManagedFields managedFields) {
        ObjectNode object = wanted.deepCopy();
        managedFields.recordCreate(type, object, writer);
        return object;
    }

    ObjectNode merge(ObjectNode current, ManagedFields managedFields) {
        List<Entry> entries = managedFields.read(current);
        Map<List<String>, JsonNode> live = FieldPaths.of(type, current);
        Map<List<String>, JsonNode> applied = FieldPaths.of(type, wanted);
        refuseConflicts(entries, live, applied);
        Set<List<String>> abandoned = new LinkedHashSet<>();
        Set<List<String>> ofOthers = new LinkedHashSet<>();
        for (Entry entry : entries) {
            (entry.writer.equals(writer) ? abandoned : ofOthers).addAll(entry.fields);
        }
        abandoned.removeAll(fields);
        abandoned.removeAll(ofOthers);
        String version = Json.text(wanted.path("metadata"), "resourceVersion");
        String uid = Json.text(wanted.path("metadata"), "uid");
        ObjectNode patch = wanted.deepCopy();
        Json.metadata(patch).remove(List.of("resourceVersion", "uid"));
        ObjectNode merged = (ObjectNode) StrategicMergePatch.apply(type, current, patch);
        // Elements come after their fields, so that an element that is empty by then can go too.
        abandoned.stream().filter(path -> !isElement(path)).forEach(path -> FieldPaths.remove(merged, path));
        abandoned.stream().filter(ServerSideApply::isElement).forEach(path -> FieldPaths.remove(merged, path));
        if (version != null) {
            Json.metadata(merged).put("resourceVersion", version);
        }
        if (uid != null) {
            Json.metadata(merged).put("uid", uid);
        }
        managedFields.own(entries, writer, fields, true);
        managedFields.write(type, merged, entries);
        return merged;
    }

    private static boolean isElement(List<String> path) {
        return path.get(path.size() - 1).equals(".");
    }

    private void refuseConflicts(
            List<Entry> entries, Map<List<String>, JsonNode> live, Map<List<String>, JsonNode> applied) {
        Map<String, List<String>> conflicts = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (entry.writer.equals(writer)) {
                continue;
            }
            for (List<String> path : List.copyOf(entry.fields)) {
                boolean differs = fields.contains(path)
                        && live.containsKey(path)
                        && !live.get(path).equals(applied.get(path));
                if (differs && force) {
                    entry.fields.remove(path);
                } else if (differs) {
                    conflicts
                            .computeIfAbsent(entry.writer.manager(), manager -> new ArrayList<>())
                            .add(FieldPaths.display(path));
                }
            }
        }
        if (conflicts.isEmpty()) {
            return;
        }
        int count = conflicts.values().stream().mapToInt(List::size).sum();
        List<String> causes = new ArrayList<>();
        conflicts.forEach((manager, paths) -> paths.forEach(
                path -> causes.add("conflict with \"" + manager + "\" using " + type.apiVersion() + ": " + path)));
        throw new ApiException(
                409,
                "Conflict",
                "Apply failed with " + count + (count == 1 ? " conflict: " : " conflicts: ")
                        + String.join("; ", causes),
                causes.stream()
                        .map(cause -> new ApiException.Cause("FieldManagerConflict", "", cause))
                        .toList());
    }
}
