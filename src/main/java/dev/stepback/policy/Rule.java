package dev.stepback.policy;

import java.util.List;
import java.util.Set;

/**
 * Lets somebody do something. There are no rules that forbid: what no rule grants is denied.
 *
 * @param who a rule without anybody grants nothing
 * @param channels from which it counts, by name or id; empty for all, direct messages included
 */
public record Rule(List<Who> who, Set<Permission> may, Scope scope, List<String> channels) {
    public Rule {
        who = List.copyOf(who);
        may = Set.copyOf(may);
        channels = List.copyOf(channels);
    }

    /** Whether this is about the permission, be it because another one includes it. */
    boolean gives(Permission permission) {
        return may.stream().anyMatch(p -> p.includes(permission));
    }
}
