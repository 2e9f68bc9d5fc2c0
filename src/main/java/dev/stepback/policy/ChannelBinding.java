package dev.stepback.policy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Ties a channel to a cluster and namespaces: there the namespace may be left out, and targets elsewhere are refused,
 * whatever the rules say. A channel with several bindings reaches what one of them reaches.
 *
 * @param channel a name with or without {@code #}, or an id
 * @param cluster empty for all
 * @param namespaces empty for all
 */
public record ChannelBinding(String channel, Optional<String> cluster, List<Glob> namespaces) {
    public ChannelBinding {
        namespaces = List.copyOf(namespaces);
    }

    /** Whether the namespace can be reached from the channel. */
    public boolean covers(String cluster, String namespace) {
        return coversCluster(cluster)
                && (namespaces.isEmpty() || namespaces.stream().anyMatch(n -> n.matches(namespace)));
    }

    boolean coversAll(String cluster) {
        return coversCluster(cluster)
                && (namespaces.isEmpty() || namespaces.stream().anyMatch(Glob::matchesAll));
    }

    private boolean coversCluster(String name) {
        return cluster.isEmpty() || cluster.get().equals(name);
    }

    /** What can be reached, for people. */
    String reach() {
        String names = namespaces.stream().map(Glob::text).collect(Collectors.joining(", "));
        return cluster.map(c -> namespaces.isEmpty() ? "the cluster " + c : names + " in the cluster " + c)
                .orElse(names);
    }
}
