package dev.stepback.sandbox.cluster;

import java.time.Instant;

/**
 * One request that reached the API server, for tests that count.
 *
 * @param sender whose token it came with; empty when with none that is known
 * @param user as whom it was made: the sender, or whom the sender impersonates; empty when a sender that is not known
 *     impersonates nobody
 * @param verb Kubernetes' verb: {@code get}, {@code list}, {@code watch}, {@code patch}, …
 * @param resource such as {@code deployments.apps}; empty for discovery and the like, which have only a path
 * @param namespace empty when none
 * @param name empty for collections
 * @param subresource empty when none
 * @param query the raw query, empty when none
 * @param contentType empty when there is no body
 */
public record RecordedRequest(
        String sender,
        String user,
        String verb,
        String resource,
        String namespace,
        String name,
        String subresource,
        String path,
        String query,
        String contentType,
        String userAgent,
        Instant time) {

    /** Whether it asked for {@code dryRun=All}. */
    public boolean isDryRun() {
        return query.contains("dryRun=All");
    }
}
