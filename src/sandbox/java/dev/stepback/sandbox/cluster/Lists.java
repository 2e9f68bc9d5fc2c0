package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** Lists with selectors and pages. A page continues the very list that the first page began. */
final class Lists {
    private static final int OPEN_LISTS = 100;

    private final InMemoryStore store;
    private final AtomicLong tokens = new AtomicLong();
    private final Map<Long, Page> pages = new LinkedHashMap<>();

    Lists(InMemoryStore store) {
        this.store = store;
    }

    private record Page(String path, String selectors, List<ObjectNode> rest, long version) {}

    ObjectNode list(ApiRequest request, RequestInfo info) {
        Predicate<JsonNode> selected = selector(request, info);
        String selectors = request.parameter("labelSelector", "") + "|" + request.parameter("fieldSelector", "");
        String token = request.parameter("continue");
        int limit = limit(request);
        Page page;
        if (token != null) {
            if (request.parameter("resourceVersion") != null
                    && !request.parameter("resourceVersion", "").equals("0")) {
                throw Failures.badRequest("specifying resource version is not allowed when using continue");
            }
            page = resume(token, request.path(), selectors);
        } else {
            InMemoryStore.Snapshot snapshot = snapshot(request, info);
            page = new Page(
                    request.path(),
                    selectors,
                    snapshot.objects().stream().filter(selected).toList(),
                    snapshot.version());
        }
        boolean more = limit > 0 && page.rest().size() > limit;
        ArrayNode items = Json.array();
        (more ? page.rest().subList(0, limit) : page.rest()).forEach(items::add);
        ObjectNode list = envelope(info.type(), items, page.version());
        if (more) {
            List<ObjectNode> rest = page.rest().subList(limit, page.rest().size());
            ObjectNode metadata = Json.metadata(list);
            metadata.put("continue", keep(new Page(page.path(), selectors, rest, page.version())));
            if (selectors.equals("|")) {
                metadata.put("remainingItemCount", rest.size());
            }
        }
        return list;
    }

    static Predicate<JsonNode> selector(ApiRequest request, RequestInfo info) {
        Predicate<JsonNode> labels = LabelSelector.parse(request.parameter("labelSelector", ""));
        return labels.and(FieldSelector.parse(info.type(), request.parameter("fieldSelector", "")));
    }

    static ObjectNode envelope(ResourceType type, ArrayNode items, long version) {
        ObjectNode list = Json.object();
        list.put("kind", type.kind() + "List").put("apiVersion", type.apiVersion());
        list.putObject("metadata").put("resourceVersion", Long.toString(version));
        list.set("items", items);
        return list;
    }

    synchronized void forget() {
        pages.clear();
    }

    private InMemoryStore.Snapshot snapshot(ApiRequest request, RequestInfo info) {
        InMemoryStore.Snapshot snapshot = store.snapshot(info.type(), info.namespace());
        String version = request.parameter("resourceVersion");
        String match = request.parameter("resourceVersionMatch");
        if (match != null && version == null) {
            throw Failures.badRequest(
                    "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided");
        }
        if (version != null) {
            long wanted = version(version);
            requireNotTooNew(wanted, snapshot.version());
            if ("Exact".equals(match) && wanted < snapshot.version()) {
                throw Failures.expired("The provided resource version is too old.");
            }
        }
        return snapshot;
    }

    static void requireNotTooNew(long wanted, long current) {
        if (wanted > current) {
            throw new ApiException(504, "Timeout", "Too large resource version: " + wanted + ", current: " + current);
        }
    }

    static long version(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Failures.badRequest("resourceVersion: Invalid value: \"" + text + "\": must be a number");
        }
    }

    private static int limit(ApiRequest request) {
        try {
            return Integer.parseInt(request.parameter("limit", "0"));
        } catch (NumberFormatException e) {
            throw Failures.badRequest("limit: Invalid value: \"" + request.parameter("limit") + "\"");
        }
    }

    private synchronized String keep(Page page) {
        long id = tokens.incrementAndGet();
        pages.put(id, page);
        if (pages.size() > OPEN_LISTS) {
            pages.remove(pages.keySet().iterator().next());
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(("page-" + id).getBytes(StandardCharsets.UTF_8));
    }

    private synchronized Page resume(String token, String path, String selectors) {
        long id;
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            id = Long.parseLong(text.substring("page-".length()));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw Failures.badRequest("continue key is not valid: " + e.getMessage());
        }
        Page page = pages.get(id);
        if (page == null) {
            throw Failures.expired("The provided continue parameter is too old to display a consistent list result.");
        }
        if (!page.path().equals(path) || !page.selectors().equals(selectors)) {
            throw Failures.badRequest("continue key is not valid: it belongs to another list");
        }
        return page;
    }
}
