package dev.stepback.sandbox.cluster;

import java.net.URI;
import java.util.List;

/**
 * A Kubernetes API over plain HTTP on 127.0.0.1 that remembers its requests and fails when it is asked to: the sandbox's
 * own, or a gateway to another one.
 */
public interface ObservedCluster extends AutoCloseable {
    URI uri();

    Faults faults();

    /** The latest requests over HTTP, oldest first. */
    List<RecordedRequest> requests();

    void clearRequests();

    /** A kubeconfig, as YAML, for somebody who may do everything. */
    String kubeconfig();

    @Override
    void close();
}
