package dev.stepback.sandbox.slack;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import org.jspecify.annotations.Nullable;

/**
 * Keeps other web pages out: one that is open in the same browser must not approve a rollback of a cluster that may be
 * a real one. Scripts send no {@code Origin}; a browser always does when it posts to another site, and a name that was
 * pointed at this machine shows in {@code Host}.
 */
public final class OwnPage {
    private OwnPage() {}

    /** Whether the request comes from the sandbox's own page or from no page at all. */
    public static boolean asks(HttpExchange exchange) {
        Headers headers = exchange.getRequestHeaders();
        String host = headers.getFirst("Host");
        String origin = headers.getFirst("Origin");
        return isLoopback(host) && (origin == null || origin.equals("http://" + host));
    }

    private static boolean isLoopback(@Nullable String host) {
        if (host == null) {
            return false;
        }
        String name = host.replaceFirst(":\\d+$", "");
        return name.equals("127.0.0.1") || name.equals("localhost");
    }
}
