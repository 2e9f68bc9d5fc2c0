package dev.stepback.command;

import dev.stepback.access.Acting;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.target.Operation;
import dev.stepback.target.TargetRef;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Lets everybody do everything, except in some namespaces. */
final class HiddenNamespaces implements Authorizer {
    final Set<String> hidden = new HashSet<>();
    boolean secret;
    /** Whether a refusal to look names what it is about. */
    boolean naming;

    Acting acting = new Acting.Bot();

    @Override
    public Acting acting(Person who) {
        return acting;
    }

    @Override
    public Optional<String> hides(Actor who, TargetRef target) {
        return secret && hidden.contains(target.namespace())
                ? Optional.of(target.namespace() + " is not for you")
                : Optional.empty();
    }

    private Authorization in(String namespace) {
        return hidden.contains(namespace) ? Authorization.denied("not for you") : Authorization.ALLOWED;
    }

    @Override
    public Authorization mayView(Actor who, TargetRef target) {
        return naming && hidden.contains(target.namespace())
                ? Authorization.denied(target + " is not for you")
                : in(target.namespace());
    }

    @Override
    public Authorization mayRequest(Actor who, TargetRef target, Operation operation) {
        return in(target.namespace());
    }

    @Override
    public Authorization mayDecide(Actor who, Rollback rollback, RollbackSpec.Decision.Verdict verdict) {
        return in(rollback.target().namespace());
    }

    @Override
    public Authorization mayCancel(Actor who, Rollback rollback) {
        return in(rollback.target().namespace());
    }

    @Override
    public Authorization mayConfigure(Actor who, Optional<String> namespace) {
        return namespace.map(this::in).orElse(Authorization.ALLOWED);
    }

    @Override
    public boolean needsReason(TargetRef target) {
        return false;
    }

    @Override
    public Optional<String> toType(Rollback rollback, RollbackSpec.Decision.Verdict verdict) {
        return Optional.empty();
    }

    @Override
    public Approvals approval(Rollback rollback) {
        throw new AssertionError("commands let nothing go");
    }
}
