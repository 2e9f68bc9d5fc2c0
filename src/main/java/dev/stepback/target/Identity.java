package dev.stepback.target;

import java.util.List;

/**
 * As whom the cluster is asked, in place of the bot.
 *
 * @param user the Kubernetes user
 * @param groups the Kubernetes groups; the API server adds {@code system:authenticated}
 */
public record Identity(String user, List<String> groups) {
    public Identity {
        groups = List.copyOf(groups);
    }
}
