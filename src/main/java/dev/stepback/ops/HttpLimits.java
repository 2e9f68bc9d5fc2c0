package dev.stepback.ops;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What strangers can take of the HTTP server: connections, time, headers. The JDK's server reads these limits once in a
 * process, when its first server is made; what the command line sets ({@code -D…}) stays.
 */
final class HttpLimits {
    /** As many as there may be connections, so that slow senders do not keep the probes waiting. */
    private static final int CONNECTIONS = 200;

    private static final Map<String, String> LIMITS = Map.of(
            "jdk.httpserver.maxConnections", Integer.toString(CONNECTIONS),
            "sun.net.httpserver.maxIdleConnections", "32",
            // Seconds in which a request must have been sent, its body included; afterwards the connection is closed.
            "sun.net.httpserver.maxReqTime", "10",
            "sun.net.httpserver.maxReqHeaders", "100",
            "sun.net.httpserver.maxReqHeaderSize", "32768",
            // Otherwise each answer waits some 40 ms for the client's delayed acknowledgement.
            "sun.net.httpserver.nodelay", "true");

    private HttpLimits() {}

    static void install() {
        LIMITS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }

    /** Daemon threads that end when there is nothing to do. */
    static ExecutorService threads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                CONNECTIONS, CONNECTIONS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), runnable -> {
                    Thread thread = new Thread(runnable, "http");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }
}
