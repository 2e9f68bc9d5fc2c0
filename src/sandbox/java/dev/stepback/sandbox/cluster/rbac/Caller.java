package dev.stepback.sandbox.cluster.rbac;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Somebody whom the API server has authenticated, or whom such a one impersonates.
 *
 * @param uid empty when there is none
 * @param extra further facts by lower-case name
 */
public record Caller(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
    static final String MASTERS = "system:masters";
    private static final String AUTHENTICATED = "system:authenticated";
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    public Caller {
        groups = List.copyOf(groups);
        extra = Map.copyOf(extra);
    }

    /** What a service account is called. */
    record ServiceAccount(String namespace, String name) {

        static Optional<ServiceAccount> parse(String user) {
            String[] parts = user.split(":", -1);
            return user.startsWith(SERVICE_ACCOUNT) && parts.length == 4 && !parts[2].isEmpty() && !parts[3].isEmpty()
                    ? Optional.of(new ServiceAccount(parts[2], parts[3]))
                    : Optional.empty();
        }

        String user() {
            return SERVICE_ACCOUNT + namespace + ":" + name;
        }

        List<String> groups() {
            return List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace);
        }
    }

    /** Somebody authenticated: in the groups of a service account when it is one, and in {@code system:authenticated}. */
    public static Caller named(String user) {
        List<String> own =
                ServiceAccount.parse(user).map(ServiceAccount::groups).orElse(List.of());
        return new Caller(user, "", authenticated(own), Map.of());
    }

    /** Who may do everything. */
    public static Caller admin() {
        return new Caller("kubernetes-admin", "", List.of(MASTERS, AUTHENTICATED), Map.of());
    }

    static List<String> authenticated(List<String> groups) {
        if (groups.contains(AUTHENTICATED)) {
            return groups;
        }
        List<String> all = new ArrayList<>(groups);
        all.add(AUTHENTICATED);
        return all;
    }

    boolean isMaster() {
        return groups.contains(MASTERS);
    }
}
