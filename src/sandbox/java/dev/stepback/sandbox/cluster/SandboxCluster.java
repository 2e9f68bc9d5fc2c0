package dev.stepback.sandbox.cluster;

import dev.stepback.sandbox.cluster.rbac.Caller;
import dev.stepback.sandbox.cluster.rbac.Tokens;
import java.net.URI;
import java.time.Clock;
import java.util.List;

/**
 * A Kubernetes API in this process, without controllers: those are started on {@link #store()}. It listens on
 * 127.0.0.1 over plain HTTP. Nobody does anything without a token; what a caller may do is decided by the Roles and
 * bindings in the store, and {@link #faults()} may forbid more.
 */
public final class SandboxCluster implements ObservedCluster {
    private final InMemoryStore store;
    private final ApiServer server;
    private final Faults faults;
    private final RequestLog requests;
    private final Tokens tokens = new Tokens();

    private SandboxCluster(int port, Clock clock) {
        this.store = new InMemoryStore(clock);
        BuiltInRoles.create(store);
        Watches watches = new Watches(store);
        Verbs verbs = new Verbs(store, new ManagedFields(clock));
        this.faults = new Faults(watches::closeAll, () -> {
            store.compact();
            verbs.forgetPages();
        });
        this.requests = new RequestLog(clock);
        this.server = new ApiServer(port, store, verbs, watches, faults, requests, tokens);
    }

    /** @param port 0 for any that is free */
    public static SandboxCluster start(int port, Clock clock) {
        return new SandboxCluster(port, clock);
    }

    public ObjectStore store() {
        return store;
    }

    /** Remembers what there is now. Running the answer, as often as one likes, brings it back; every watch sees how. */
    public Runnable remember() {
        return store.remember();
    }

    /** As when the API server is down: connections are cut and refused. Nothing is forgotten, controllers go on. */
    public void goAway() {
        server.goAway();
    }

    /** Ends {@link #goAway}; the address is the same. */
    public void comeBack() {
        server.comeBack();
    }

    @Override
    public Faults faults() {
        return faults;
    }

    @Override
    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** The latest requests over HTTP, oldest first; what was done on {@link #store()} directly is not among them. */
    @Override
    public List<RecordedRequest> requests() {
        return requests.all();
    }

    @Override
    public void clearRequests() {
        requests.clear();
    }

    /** A token of somebody who may do everything. */
    public String adminToken() {
        return tokens.of(Caller.admin());
    }

    /** A kubeconfig, as YAML, for somebody who may do everything. */
    @Override
    public String kubeconfig() {
        return kubeconfig(adminToken());
    }

    /**
     * A kubeconfig for this user, who may do what is bound to that name and to {@code system:authenticated}.
     *
     * @param user such as {@code alice} or {@code system:serviceaccount:stepback:stepback}
     */
    public String kubeconfigOf(String user) {
        return kubeconfig(tokenOf(user));
    }

    /** A token of this user; see {@link #kubeconfigOf}. */
    public String tokenOf(String user) {
        return tokens.of(Caller.named(user));
    }

    private String kubeconfig(String token) {
        return """
            apiVersion: v1
            kind: Config
            current-context: sandbox
            clusters:
            - name: sandbox
              cluster:
                server: %s%s
            contexts:
            - name: sandbox
              context:
                cluster: sandbox
                user: sandbox
                namespace: default
            users:
            - name: sandbox
              user:
                token: %s
            """.formatted(uri(), Tokens.path(token), token);
    }

    @Override
    public void close() {
        server.close();
        store.close();
    }
}
