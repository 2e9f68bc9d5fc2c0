package dev.stepback.sandbox.cluster.rbac;

import dev.stepback.sandbox.cluster.ApiException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Who a request is made as: the caller, or whom the {@code Impersonate-} headers name, once the caller may impersonate
 * each of user, groups, uid and extra (Kubernetes: {@code endpoints/filters/impersonation.go}).
 */
public final class Impersonation {
    private static final String EXTRA = "impersonate-extra-";
    private static final String AUTHENTICATION = "authentication.k8s.io";

    private final Rbac rbac;

    public Impersonation(Rbac rbac) {
        this.rbac = rbac;
    }

    /**
     * @param headers names in any case
     * @throws ApiException with code 403 when the caller may not, 500 when no user is named, as Kubernetes does
     */
    public Caller actingAs(Caller caller, Map<String, List<String>> headers) {
        String user = "";
        String uid = "";
        List<String> groups = new ArrayList<>();
        Map<String, List<String>> extra = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            switch (name) {
                case "impersonate-user" -> user = header.getValue().get(0);
                case "impersonate-uid" -> uid = header.getValue().get(0);
                case "impersonate-group" -> groups.addAll(header.getValue());
                default -> {
                    if (name.startsWith(EXTRA)) {
                        String key = URLDecoder.decode(name.substring(EXTRA.length()), StandardCharsets.UTF_8);
                        extra.put(key.toLowerCase(Locale.ROOT), header.getValue());
                    }
                }
            }
        }
        if (user.isEmpty()) {
            if (uid.isEmpty() && groups.isEmpty() && extra.isEmpty()) {
                return caller;
            }
            throw new ApiException(
                    500, "InternalError", "Internal error occurred: requested impersonation without a user");
        }
        require(caller, user, uid, groups, extra);
        return acting(user, uid, groups, extra);
    }

    private void require(Caller caller, String user, String uid, List<String> groups, Map<String, List<String>> extra) {
        Optional<Caller.ServiceAccount> account = Caller.ServiceAccount.parse(user);
        impersonate(
                caller,
                account.isPresent()
                        ? attempt(
                                "",
                                "serviceaccounts",
                                "",
                                account.get().namespace(),
                                account.get().name())
                        : attempt("", "users", "", "", user));
        groups.forEach(group -> impersonate(caller, attempt("", "groups", "", "", group)));
        if (!uid.isEmpty()) {
            impersonate(caller, attempt(AUTHENTICATION, "uids", "", "", uid));
        }
        extra.forEach((key, values) ->
                values.forEach(value -> impersonate(caller, attempt(AUTHENTICATION, "userextras", key, "", value))));
    }

    private void impersonate(Caller caller, Attempt attempt) {
        rbac.require(caller, attempt);
    }

    private static Attempt attempt(String group, String resource, String subresource, String namespace, String name) {
        return new Attempt("impersonate", group, resource, subresource, namespace, name, "");
    }

    private static Caller acting(String user, String uid, List<String> groups, Map<String, List<String>> extra) {
        List<String> own = groups;
        if (groups.isEmpty()) {
            own = Caller.ServiceAccount.parse(user)
                    .map(Caller.ServiceAccount::groups)
                    .orElse(List.of());
        }
        boolean nobody = user.equals("system:anonymous") || own.contains("system:unauthenticated");
        return new Caller(user, uid, nobody ? own : Caller.authenticated(own), extra);
    }
}
