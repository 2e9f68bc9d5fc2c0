package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One open watch: a chunked answer of one JSON document per event. */
final class Watch {
    /**
     * fabric8 7.6.1 appends NUL characters to each chunk of a watch over plain HTTP that has characters beyond ASCII; it
     * reads real clusters by websocket, which the JDK's server cannot speak. Escapes are the same JSON.
     */
    private static final ObjectWriter ASCII = Json.MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private final HttpExchange exchange;
    private final RequestInfo info;
    private final Predicate<JsonNode> selected;
    private final Representation representation;
    private final boolean bookmarks;
    private final Consumer<Watch> onClose;
    private @Nullable Subscription subscription;
    private boolean first = true;
    private boolean closed;

    Watch(HttpExchange exchange, ApiRequest request, RequestInfo info, Consumer<Watch> onClose) {
        this.exchange = exchange;
        this.info = info;
        this.selected = Lists.selector(request, info);
        this.representation = Representation.of(request, info.type());
        this.bookmarks = request.flag("allowWatchBookmarks");
        this.onClose = onClose;
    }

    synchronized void begin() throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        // The headers leave now: a client waits for them before it calls the watch open.
        exchange.getResponseBody().flush();
    }

    synchronized void follow(Subscription changes) {
        subscription = changes;
        if (closed) {
            changes.close();
        }
    }

    void initial(ObjectNode object) {
        if (selected.test(object)) {
            send("ADDED", object);
        }
    }

    /** An object that begins to match appears, and one that no longer does disappears, whatever really happened. */
    void change(Change change) {
        ObjectNode object = change.object();
        ObjectNode previous = change.previous();
        if (info.namespace() != null && !info.namespace().equals(Json.namespace(object))) {
            return;
        }
        boolean matched = wasSelected(previous);
        boolean matches = !change.type().equals("DELETED") && selected.test(object);
        if (matches) {
            send(matched ? "MODIFIED" : "ADDED", object);
        } else if (previous != null && matched) {
            ObjectNode last = previous.deepCopy();
            Json.metadata(last).put("resourceVersion", Long.toString(change.version()));
            send("DELETED", change.type().equals("DELETED") ? object : last);
        }
    }

    private boolean wasSelected(@Nullable ObjectNode previous) {
        return previous != null && selected.test(previous);
    }

    void bookmark(long version) {
        if (bookmarks) {
            write("BOOKMARK", bookmarkAt(version));
        }
    }

    void endOfInitialEvents(long version) {
        ObjectNode object = bookmarkAt(version);
        object.withObject("/metadata/annotations").put("k8s.io/initial-events-end", "true");
        write("BOOKMARK", object);
    }

    private ObjectNode bookmarkAt(long version) {
        ObjectNode object = Json.object();
        object.put("kind", info.type().kind()).put("apiVersion", info.type().apiVersion());
        Json.metadata(object).put("resourceVersion", Long.toString(version)).putNull("creationTimestamp");
        return object;
    }

    void fail(ApiException failure) {
        write("ERROR", ApiReply.status(failure, info));
        close();
    }

    private synchronized void send(String type, ObjectNode object) {
        write(type, representation.event(object, first));
        first = false;
    }

    private synchronized void write(String type, ObjectNode object) {
        if (closed) {
            return;
        }
        ObjectNode event = Json.object().put("type", type);
        event.set("object", object);
        try {
            byte[] line = ASCII.writeValueAsBytes(event);
            OutputStream body = exchange.getResponseBody();
            body.write(line);
            body.write('\n');
            body.flush();
        } catch (IOException gone) {
            close();
        }
    }

    /** Ends the answer in order; the client is expected to watch again. */
    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (subscription != null) {
            subscription.close();
        }
        onClose.accept(this);
        exchange.close();
    }
}
