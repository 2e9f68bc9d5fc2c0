package dev.stepback.command;

import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import java.util.Optional;

/**
 * A target as somebody named it: {@code [namespace/][kind/]name}. What was left out matches anything.
 *
 * @param name a valid name of a Kubernetes object, in lower case
 */
record Wanted(Optional<String> namespace, Optional<Kind> kind, String name) {

    public boolean matches(TargetRef target) {
        return name.equals(target.name())
                && namespace.map(target.namespace()::equals).orElse(true)
                && kind.map(target.kind()::equals).orElse(true);
    }

    @Override
    public String toString() {
        return namespace.map(n -> n + "/").orElse("")
                + kind.map(k -> k.lowerCase() + "/").orElse("")
                + name;
    }
}
