package dev.stepback.command;

import dev.stepback.target.Kind;
import dev.stepback.text.Bounded;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code [namespace/][kind/]name}. */
final class TargetText {
    static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");

    /** Kinds that people will try, so that they are not taken for namespaces. */
    private static final List<String> KNOWN_UNSUPPORTED = List.of(
            "replicaset",
            "replicasets",
            "rs",
            "pod",
            "pods",
            "po",
            "job",
            "jobs",
            "cronjob",
            "cronjobs",
            "cj",
            "replicationcontroller",
            "rc",
            "rollout",
            "rollouts",
            "canary",
            "helmrelease",
            "hr",
            "kustomization",
            "ks",
            "application",
            "app",
            "service",
            "svc",
            "configmap",
            "cm");

    private TargetText() {}

    /** What a text names, or why it names nothing. */
    sealed interface Read {
        record Ok(Wanted wanted) implements Read {}

        record Bad(String problem) implements Read {}
    }

    static Read read(String text) {
        String[] parts = text.toLowerCase(Locale.ROOT).split("/", -1);
        if (parts.length > 3 || Arrays.stream(parts).anyMatch(String::isEmpty)) {
            return new Read.Bad("“" + echo(text) + "” is not of the form [namespace/][kind/]name");
        }
        String name = parts[parts.length - 1];
        Optional<String> namespace = Optional.empty();
        Optional<Kind> kind = Optional.empty();
        if (parts.length == 3) {
            namespace = Optional.of(parts[0]);
            kind = Kind.parse(parts[1]);
            if (kind.isEmpty()) {
                return new Read.Bad(unsupported(parts[1]));
            }
        } else if (parts.length == 2) {
            kind = Kind.parse(parts[0]);
            if (kind.isEmpty() && isUnsupportedKind(parts[0])) {
                return new Read.Bad(unsupported(parts[0]));
            }
            namespace = kind.isEmpty() ? Optional.of(parts[0]) : namespace;
        }
        if (!isName(name)) {
            return new Read.Bad("“" + echo(name) + "” cannot be a name in Kubernetes");
        }
        if (namespace.isPresent() && !isNamespace(namespace.get())) {
            return new Read.Bad("“" + echo(namespace.get()) + "” cannot be a namespace");
        }
        return new Read.Ok(new Wanted(namespace, kind, name));
    }

    static boolean isName(String name) {
        return name.length() <= 253 && NAME.matcher(name).matches();
    }

    static boolean isNamespace(String name) {
        return name.length() <= 63 && NAMESPACE.matcher(name).matches();
    }

    static boolean isUnsupportedKind(String word) {
        String kind = word.toLowerCase(Locale.ROOT);
        int dot = kind.indexOf('.');
        return KNOWN_UNSUPPORTED.contains(dot < 0 ? kind : kind.substring(0, dot));
    }

    static String unsupported(String kind) {
        String supported = String.join(
                ", ", Arrays.stream(Kind.values()).map(Kind::lowerCase).toList());
        return isUnsupportedKind(kind)
                ? "“" + echo(kind) + "” is not supported yet; the kinds that are: " + supported
                : "“" + echo(kind) + "” is not a kind that can be rolled back; the kinds that are: " + supported;
    }

    static String echo(String text) {
        return Bounded.of(text, 60);
    }
}
