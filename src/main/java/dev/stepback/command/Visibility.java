package dev.stepback.command;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Authorizer;
import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import dev.stepback.text.Bounded;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What somebody may learn of: neither answers nor suggestions tell more. */
final class Visibility {
    /** Bounds what an answer says of other namespaces. */
    private static final int NAMESPACES = 200;

    private final Authorizer authorizer;
    private final List<String> served;
    private final Denials denials;

    /** @param served the namespaces that are served; empty for all */
    Visibility(Authorizer authorizer, List<String> served, Denials denials) {
        this.authorizer = authorizer;
        this.served = served;
        this.denials = denials;
    }

    /** Why a target cannot be looked at where somebody says that it is; empty when it can, or when they name no namespace. */
    Optional<Reply> refused(Wanted wanted, Command command, Actor who) {
        return wanted.namespace().flatMap(n -> notServed(n, who).or(() -> hidden(n, wanted, command, who)));
    }

    /** Nobody learns by a suggestion of what they may not see. */
    List<TargetRef> visible(List<TargetRef> targets, Actor who) {
        return targets.stream()
                .filter(t -> authorizer.mayView(who, t).allowed())
                .toList();
    }

    /** What somebody must not learn of is as if it were not there; only the record tells what was denied. */
    List<TargetRef> known(Collection<TargetRef> targets, Command command, Actor who) {
        List<TargetRef> known = known(targets, who);
        if (known.isEmpty()) {
            // One line for what was typed, however many bear the name.
            targets.stream()
                    .findFirst()
                    .ifPresent(first -> authorizer
                            .hides(who, first)
                            .ifPresent(why -> denials.record(who, Denials.wish(command), first, why)));
        }
        return known;
    }

    /** The same, and nothing is recorded. */
    List<TargetRef> known(Collection<TargetRef> targets, Actor who) {
        return targets.stream().filter(t -> authorizer.hides(who, t).isEmpty()).toList();
    }

    /** What somebody may know of, but may not look at now and from here. */
    Reply notFromHere(TargetRef target, Command command, Actor who) {
        return denials.refused(
                who,
                Denials.wish(command),
                target,
                authorizer.mayView(who, target).why());
    }

    /** The same answer whether or not there is such a namespace and such a target in it. */
    private Optional<Reply> hidden(String namespace, Wanted wanted, Command command, Actor who) {
        List<TargetRef> meant = wanted.kind().map(List::of).orElseGet(() -> List.of(Kind.values())).stream()
                .map(kind -> new TargetRef(namespace, kind, wanted.name()))
                .toList();
        Map<TargetRef, String> denied = new LinkedHashMap<>();
        Map<TargetRef, String> helped = new LinkedHashMap<>();
        for (TargetRef target : meant) {
            Optional<String> hidden = authorizer.hides(who, target);
            Authorizer.Authorization may = authorizer.mayView(who, target);
            if (hidden.isEmpty() && may.allowed()) {
                return Optional.empty();
            }
            denied.put(target, hidden.orElse(may.why()));
            if (hidden.isEmpty()) {
                helped.put(target, may.why());
            }
        }
        // What can be helped, by another channel or later, is worth more than a plain no.
        Map.Entry<TargetRef, String> told =
                (helped.isEmpty() ? denied : helped).entrySet().iterator().next();
        return Optional.of(denials.refused(who, Denials.wish(command), told.getKey(), told.getValue()));
    }

    /** Why nothing in this namespace can be asked for; empty when it is served. */
    Optional<Reply> notServed(String namespace, Actor who) {
        if (served.isEmpty() || served.contains(namespace) || isSecret(namespace, who)) {
            return Optional.empty();
        }
        List<String> others = served.stream()
                .filter(n -> Arrays.stream(Kind.values())
                        .anyMatch(kind -> authorizer
                                .mayView(who, new TargetRef(n, kind, "any"))
                                .allowed()))
                .toList();
        return Optional.of(new Reply.Refused("Stepback does not serve the namespace " + namespace
                + (others.isEmpty() ? "" : "; it serves " + Bounded.of(String.join(", ", others), NAMESPACES))
                + "."));
    }

    /** Who may know of nothing there hears the same whether it is served or not: that alone would tell that it is there. */
    private boolean isSecret(String namespace, Actor who) {
        return Arrays.stream(Kind.values())
                .allMatch(kind -> authorizer
                        .hides(who, new TargetRef(namespace, kind, "any"))
                        .isPresent());
    }
}
