package dev.stepback.config;

import dev.stepback.policy.Glob;
import dev.stepback.policy.LabelSelector;
import dev.stepback.policy.Scope;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The keys that say which targets something is about. What could never match is a mistake that is reported: in a rule for
 * approvals it would silently leave its targets to a more lenient one.
 */
final class ScopeKeys {
    static final String A_NAMESPACE = "a namespace; write production, \"shop-*\" or \"shop-?\"";

    /** Cluster names are free text (a context may be named by an ARN), but what looks like another syntax is not taken. */
    private static final Pattern CLUSTER = Pattern.compile("[^\\s\\p{Cntrl}\\[\\]{}!,]{1,253}");

    private static final Pattern NAMESPACE = Pattern.compile("[-a-z0-9*?]{1,63}");
    private static final Pattern NAME = Pattern.compile("[-.a-z0-9*?]{1,253}");

    private ScopeKeys() {}

    static Scope read(Section s) {
        s.notBare("clusters", "kinds", "names", "labels");
        return new Scope(
                s.list("clusters", List.of(), "a cluster; write prod or \"prod-*\"", glob(CLUSTER)),
                namespaces(s),
                s.list(
                        "kinds",
                        List.of(),
                        "a kind that I can roll back; write deployment, statefulset or daemonset",
                        Scope::kind),
                s.list("names", List.of(), "a name; write checkout or \"checkout-*\"", glob(NAME)),
                s.value(
                        "labels",
                        LabelSelector.ANY,
                        "a label selector; write tier=critical or \"tier in (critical, high), !canary\"",
                        LabelSelector::parse));
    }

    static List<Glob> namespaces(Section s) {
        s.notBare("namespaces");
        return s.list("namespaces", List.of(), A_NAMESPACE, glob(NAMESPACE));
    }

    /** One cluster, so without wildcards. */
    static Optional<String> clusterName(String text) {
        return Values.matching(CLUSTER).apply(text).filter(t -> t.indexOf('*') < 0 && t.indexOf('?') < 0);
    }

    private static Function<String, Optional<Glob>> glob(Pattern pattern) {
        return text -> Values.matching(pattern).apply(text).map(Glob::new);
    }
}
