package dev.stepback.config;

import dev.stepback.policy.ChannelBinding;
import dev.stepback.policy.Glob;
import dev.stepback.policy.Permission;
import dev.stepback.policy.Rule;
import dev.stepback.policy.Scope;
import dev.stepback.policy.Who;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The section {@code access}. */
record AccessSection(List<Rule> rules, List<ChannelBinding> channels) {
    static final String SOMEBODY = "somebody; write members, U0123ABCD, name@example.com, \"@group\" or S0123ABCD";

    private static final String A_PERMISSION = "a permission; write view, request, approve, breakGlass or configure";

    static AccessSection read(Section root, AccessSection byDefault) {
        root.notBare("access");
        try (Section s = root.section("access")) {
            s.notBare("rules", "channels");
            return new AccessSection(
                    s.each("rules", byDefault.rules(), AccessSection::rule),
                    s.each("channels", byDefault.channels(), AccessSection::binding));
        }
    }

    private static Rule rule(Section s) {
        List<Who> who = s.listOfSome("who", SOMEBODY, Who::parse);
        Set<Permission> may = Set.copyOf(s.listOfSome("may", A_PERMISSION, Permission::parse));
        Scope scope = ScopeKeys.read(s);
        s.notBare("channels");
        List<String> channels = s.list("channels", List.of(), Values.A_CHANNEL, Values::channel);
        if (may.contains(Permission.CONFIGURE)
                && !(scope.kinds().isEmpty()
                        && scope.names().isEmpty()
                        && scope.labels().isEmpty())) {
            s.problem("may", "configure is about whole namespaces: give it in a rule without kinds, names and labels");
        }
        return new Rule(who, may, scope, channels);
    }

    private static ChannelBinding binding(Section s) {
        String channel = s.required("channel", "", Values.A_CHANNEL, Values::channel);
        s.notBare("cluster");
        Optional<String> cluster = s.value(
                "cluster",
                Optional.empty(),
                "a cluster; write prod",
                t -> ScopeKeys.clusterName(t).map(Optional::of));
        List<Glob> namespaces = ScopeKeys.namespaces(s);
        if (cluster.isEmpty() && namespaces.isEmpty()) {
            s.problem("channel", "is bound to nothing; write cluster, namespaces or both");
        }
        return new ChannelBinding(channel, cluster, namespaces);
    }
}
