package dev.stepback.policy;

import dev.stepback.target.Kind;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which targets something is about. A target must match one of each list; an empty list, and an empty selector, match all.
 *
 * @param kinds globs over the kinds as kubectl prints them, such as {@code deployment}; see {@link #kind}
 */
public record Scope(
        List<Glob> clusters, List<Glob> namespaces, List<Glob> kinds, List<Glob> names, LabelSelector labels) {
    /** Every target. */
    public static final Scope ANY = new Scope(List.of(), List.of(), List.of(), List.of(), LabelSelector.ANY);

    public Scope {
        clusters = List.copyOf(clusters);
        namespaces = List.copyOf(namespaces);
        kinds = List.copyOf(kinds);
        names = List.copyOf(names);
    }

    /** Every target of some namespaces. */
    public static Scope ofNamespaces(String... namespaces) {
        return new Scope(
                List.of(),
                List.of(namespaces).stream().map(Glob::new).toList(),
                List.of(),
                List.of(),
                LabelSelector.ANY);
    }

    /** A kind under any name that kubectl knows it by, or a glob that matches one; empty for what matches no kind. */
    public static Optional<Glob> kind(String text) {
        Optional<Kind> kind = Kind.parse(text);
        if (kind.isPresent()) {
            return kind.map(k -> new Glob(k.lowerCase()));
        }
        Glob glob = new Glob(text.toLowerCase(Locale.ROOT));
        return List.of(Kind.values()).stream().anyMatch(k -> glob.matches(k.lowerCase()))
                ? Optional.of(glob)
                : Optional.empty();
    }

    /** Whether the target is meant; unknown when that depends on labels that cannot be read. */
    public Answer matches(Facts facts) {
        return named(facts) ? labelled(facts) : Answer.NO;
    }

    /** What can be told without asking the cluster. */
    boolean named(Facts facts) {
        return reaches(facts.cluster(), facts.target().namespace())
                && any(kinds, facts.target().kind().lowerCase())
                && any(names, facts.target().name());
    }

    Answer labelled(Facts facts) {
        if (labels.isEmpty()) {
            return Answer.YES;
        }
        Optional<Map<String, String>> known = facts.labels().get();
        return known.isEmpty() ? Answer.UNKNOWN : Answer.of(labels.matches(known.get()));
    }

    /** Whether all of a namespace is meant, or all of the cluster when none is given. */
    boolean coversAll(String cluster, Optional<String> namespace) {
        return kinds.isEmpty()
                && names.isEmpty()
                && labels.isEmpty()
                && namespace
                        .map(n -> reaches(cluster, n))
                        .orElseGet(() -> reachesCluster(cluster)
                                && (namespaces.isEmpty() || namespaces.stream().anyMatch(Glob::matchesAll)));
    }

    /** Whether there can be a target in the cluster that it is about. */
    public boolean reachesCluster(String cluster) {
        return any(clusters, cluster);
    }

    /** Whether there can be a target in the namespace that it is about. */
    public boolean reaches(String cluster, String namespace) {
        return reachesCluster(cluster) && any(namespaces, namespace);
    }

    private static boolean any(List<Glob> globs, String name) {
        return globs.isEmpty() || globs.stream().anyMatch(g -> g.matches(name));
    }
}
