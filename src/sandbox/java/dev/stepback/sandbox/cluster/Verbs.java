package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.sandbox.cluster.InMemoryStore.Part;
import dev.stepback.sandbox.cluster.ManagedFields.Writer;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** What the API server does for each verb, watches apart. */
final class Verbs {
    private final InMemoryStore store;
    private final ManagedFields managedFields;
    private final Lists lists;

    Verbs(InMemoryStore store, ManagedFields managedFields) {
        this.store = store;
        this.managedFields = managedFields;
        this.lists = new Lists(store);
    }

    void forgetPages() {
        lists.forget();
    }

    ApiReply handle(ApiRequest request, RequestInfo info) {
        if (info.subresource() != null) {
            return subresource(request, info, info.subresource());
        }
        return switch (info.verb()) {
            case "get" -> object(request, info, 200, get(info));
            case "list" -> Representation.of(request, info.type()).list(lists.list(request, info));
            case "create" -> create(request, info);
            case "update" -> update(request, info, Part.MAIN);
            case "patch" -> patch(request, info, Part.MAIN);
            case "delete" -> delete(request, info);
            case "deletecollection" -> deleteCollection(request, info);
            default -> throw Failures.methodNotAllowed();
        };
    }

    private ApiReply subresource(ApiRequest request, RequestInfo info, String name) {
        boolean status = name.equals("status") && info.type().hasStatus();
        boolean scale = name.equals("scale") && info.type().hasScale();
        if (name.equals("log")
                && info.type().name().equals("pods")
                && info.verb().equals("get")) {
            return ApiReply.text(200, PodLog.of(get(info), request));
        }
        if (scale) {
            return scale(request, info);
        }
        if (!status) {
            throw Failures.notServed();
        }
        return switch (info.verb()) {
            case "get" -> object(request, info, 200, get(info));
            case "update" -> update(request, info, Part.STATUS);
            case "patch" -> patch(request, info, Part.STATUS);
            default -> throw Failures.methodNotAllowed();
        };
    }

    private ObjectNode get(RequestInfo info) {
        String name = requireName(info);
        return store.find(info.type(), info.namespace(), name).orElseThrow(() -> Failures.notFound(info.type(), name));
    }

    private ApiReply create(ApiRequest request, RequestInfo info) {
        requireNamespace(info);
        if (info.name() != null) {
            throw Failures.methodNotAllowed();
        }
        ObjectNode object = body(request, info);
        managedFields.recordCreate(info.type(), object, new Writer(request.manager(), "Update", ""));
        ObjectNode created = store.create(info.type(), object, request.dryRun());
        return object(request, info, 201, created);
    }

    private ApiReply update(ApiRequest request, RequestInfo info, Part part) {
        String name = requireName(info);
        ObjectNode object = body(request, info);
        if (!Json.name(object).equals(name)) {
            throw Failures.badRequest("the name of the object (" + Json.name(object)
                    + ") does not match the name on the URL (" + name + ")");
        }
        if (info.type().custom() && Json.text(object.path("metadata"), "resourceVersion") == null) {
            throw Failures.invalid(
                    info.type(),
                    name,
                    List.of("metadata.resourceVersion: Invalid value: 0: must be specified for an update"));
        }
        return modify(request, info, part, current -> object);
    }

    private ApiReply patch(ApiRequest request, RequestInfo info, Part part) {
        requireName(info);
        if (request.contentType().equals(Patches.APPLY)) {
            return apply(request, info, part);
        }
        JsonNode patch = Patches.read(request, info.type());
        return modify(
                request, info, part, current -> Patches.apply(info.type(), request.contentType(), current, patch));
    }

    private ApiReply apply(ApiRequest request, RequestInfo info, Part part) {
        String name = requireName(info);
        ServerSideApply apply = ServerSideApply.of(request, info, body(request, info));
        boolean exists = store.find(info.type(), info.namespace(), name).isPresent();
        if (!exists) {
            if (part == Part.STATUS) {
                throw Failures.notFound(info.type(), name);
            }
            ObjectNode object = apply.create(managedFields);
            return object(request, info, 201, store.create(info.type(), object, request.dryRun()));
        }
        ObjectNode applied = store.modify(
                info.type(),
                info.namespace(),
                name,
                part,
                request.dryRun(),
                current -> apply.merge(current, managedFields));
        return object(request, info, 200, applied);
    }

    private ApiReply modify(ApiRequest request, RequestInfo info, Part part, UnaryOperator<ObjectNode> edit) {
        boolean dryRun = request.dryRun();
        String subresource = info.subresource() == null ? "" : info.subresource();
        ObjectNode next = store.modify(info.type(), info.namespace(), requireName(info), part, dryRun, current -> {
            ObjectNode before = current.deepCopy();
            ObjectNode wanted = edit.apply(current);
            managedFields.recordUpdate(
                    info.type(), before, wanted, new Writer(request.manager(), "Update", subresource));
            return wanted;
        });
        return object(request, info, 200, next);
    }

    private ApiReply scale(ApiRequest request, RequestInfo info) {
        UnaryOperator<ObjectNode> edit = switch (info.verb()) {
            case "get" -> current -> current;
            case "update" -> {
                ObjectNode wanted = request.object();
                yield current -> Scale.write(wanted, current);
            }
            case "patch" -> {
                JsonNode patch = Patches.read(request, info.type());
                yield current -> Scale.write(
                        Patches.apply(info.type(), request.contentType(), Scale.read(current), patch), current);
            }
            default -> throw Failures.methodNotAllowed();
        };
        ObjectNode scaled = info.verb().equals("get")
                ? get(info)
                : store.modify(info.type(), info.namespace(), requireName(info), Part.MAIN, request.dryRun(), edit);
        return ApiReply.json(200, Scale.read(scaled));
    }

    private ApiReply delete(ApiRequest request, RequestInfo info) {
        DeleteOptions options = deleteOptions(request);
        InMemoryStore.Deletion deletion = store.delete(info.type(), info.namespace(), requireName(info), options);
        return deletion.gone()
                ? ApiReply.success(info, Json.uid(deletion.object()))
                : object(request, info, 200, deletion.object());
    }

    private ApiReply deleteCollection(ApiRequest request, RequestInfo info) {
        requireNamespace(info);
        DeleteOptions options = deleteOptions(request);
        Predicate<JsonNode> selected = Lists.selector(request, info);
        ArrayNode items = Json.array();
        InMemoryStore.Snapshot found = store.snapshot(info.type(), info.namespace());
        for (ObjectNode object : found.objects()) {
            if (selected.test(object)) {
                items.add(store.delete(info.type(), info.namespace(), Json.name(object), options)
                        .object());
            }
        }
        return Representation.of(request, info.type()).list(Lists.envelope(info.type(), items, found.version()));
    }

    private static DeleteOptions deleteOptions(ApiRequest request) {
        JsonNode body = request.body().length == 0 ? Json.object() : request.tree();
        return DeleteOptions.from(body, request.parameter("propagationPolicy"), request.dryRun());
    }

    private static ApiReply object(ApiRequest request, RequestInfo info, int code, ObjectNode object) {
        return Representation.of(request, info.type()).object(code, object);
    }

    /** The body, which must agree with the address. */
    private static ObjectNode body(ApiRequest request, RequestInfo info) {
        ObjectNode object = request.object();
        ResourceType type = info.type();
        String kind = object.path("kind").asText("");
        String apiVersion = object.path("apiVersion").asText("");
        if (!kind.equals(type.kind()) || !apiVersion.equals(type.apiVersion())) {
            throw Failures.badRequest("the kind of the object (" + apiVersion + ", " + kind
                    + ") does not match the expected (" + type.apiVersion() + ", " + type.kind() + ")");
        }
        String namespace = Json.namespace(object);
        if (namespace != null && !namespace.equals(info.namespace())) {
            throw Failures.badRequest(
                    "the namespace of the provided object does not match the namespace sent on" + " the request");
        }
        if (info.namespace() != null) {
            Json.metadata(object).put("namespace", info.namespace());
        }
        return object;
    }

    private static String requireName(RequestInfo info) {
        requireNamespace(info);
        return info.requireName();
    }

    private static void requireNamespace(RequestInfo info) {
        if (info.type().namespaced() && info.namespace() == null) {
            throw Failures.methodNotAllowed();
        }
    }
}
