package dev.stepback.command;

import dev.stepback.policy.LabelSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The part of a command that says what it is about: names or a selector, a namespace, and in which order. */
final class TargetClause {
    private final Misfit misfit;
    private final List<Wanted> names = new ArrayList<>();
    private @Nullable String selector;
    private @Nullable Boolean inOrder;
    private @Nullable String namespace;

    TargetClause(Misfit misfit) {
        this.misfit = misfit;
    }

    void add(Wanted wanted) {
        if (!names.contains(wanted)) {
            names.add(wanted);
        }
    }

    void selector(String typed) {
        if (LabelSelector.parse(typed).isEmpty()) {
            misfit.found(
                    "“" + TargetText.echo(typed) + "” is not a label selector as kubectl takes it.",
                    "-l release=2024-11-20");
        } else if (selector != null && !selector.equals(typed)) {
            misfit.found(
                    "Two selectors; put a comma between what must all be the case.", "-l app=shop,release=2024-11-20");
        } else {
            selector = typed;
        }
    }

    void order(boolean wanted) {
        if (inOrder != null && inOrder != wanted) {
            misfit.found("“in order” and “together” are not possible at once.", "checkout cart in order");
        } else {
            inOrder = wanted;
        }
    }

    void namespace(String typed) {
        if (!TargetText.isNamespace(typed)) {
            misfit.found("“" + TargetText.echo(typed) + "” cannot be a namespace.", "-n production " + shown());
        } else if (namespace != null && !namespace.equals(typed)) {
            misfit.found("Two namespaces: " + namespace + " and " + typed + ".", "-n " + namespace + " " + shown());
        } else {
            namespace = typed;
        }
    }

    /** Puts the namespace that was named apart before every name. */
    void applyNamespace() {
        String wanted = namespace;
        if (wanted != null) {
            names.replaceAll(name -> in(wanted, name));
        }
    }

    private Wanted in(String wanted, Wanted one) {
        Optional<String> own = one.namespace();
        if (own.isPresent() && !own.get().equals(wanted)) {
            misfit.found("Two namespaces: " + own.get() + " and " + wanted + ".", TargetText.echo(one.toString()));
        }
        return new Wanted(Optional.of(wanted), one.kind(), one.name());
    }

    List<Wanted> names() {
        return names;
    }

    /** The first name. */
    Optional<Wanted> first() {
        return names.stream().findFirst();
    }

    boolean several() {
        return selector != null || names.size() > 1;
    }

    Optional<String> selector() {
        return Optional.ofNullable(selector);
    }

    Optional<Boolean> inOrder() {
        return Optional.ofNullable(inOrder);
    }

    /** The one that was named apart. */
    Optional<String> namespace() {
        return Optional.ofNullable(namespace);
    }

    /** The target of an example. */
    String shown() {
        return first().map(name -> TargetText.echo(name.toString())).orElse("checkout");
    }
}
