package dev.stepback.sandbox.cluster;

import java.net.URI;
import java.time.Clock;
import java.util.List;

/**
 * A Kubernetes API in this process, without controllers: those are started on {@link #store()}. It listens on
 * 127.0.0.1 over plain HTTP and lets everybody do everything, unless {@link #faults()} say otherwise.
 */
public final class SandboxCluster implements AutoCloseable {
    private final InMemoryStore store;
    private final ApiServer server;
    private final Faults faults;
    private final RequestLog requests;

    private SandboxCluster(int port, Clock clock) {
        this.store = new InMemoryStore(clock);
        Watches watches = new Watches(store);
        Verbs verbs = new Verbs(store, new ManagedFields(clock));
        this.faults = new Faults(watches::closeAll, () -> {
            store.compact();
            verbs.forgetPages();
        });
        this.requests = new RequestLog(clock);
        this.server = new ApiServer(port, store, verbs, watches, faults, requests);
    }

    /** @param port 0 for any that is free */
    public static SandboxCluster start(int port, Clock clock) {
        return new SandboxCluster(port, clock);
    }

    public ObjectStore store() {
        return store;
    }

    public Faults faults() {
        return faults;
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** The latest requests over HTTP, oldest first; what was done on {@link #store()} directly is not among them. */
    public List<RecordedRequest> requests() {
        return requests.all();
    }

    public void clearRequests() {
        requests.clear();
    }

    /** A kubeconfig, as YAML, whose current context is this cluster. */
    public String kubeconfig() {
        return """
                apiVersion: v1
                kind: Config
                current-context: sandbox
                clusters:
                - name: sandbox
                  cluster:
                    server: %s
                contexts:
                - name: sandbox
                  context:
                    cluster: sandbox
                    user: sandbox
                    namespace: default
                users:
                - name: sandbox
                  user: {}
                """.formatted(uri());
    }

    @Override
    public void close() {
        server.close();
        store.close();
    }
}
