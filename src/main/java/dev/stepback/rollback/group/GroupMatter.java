package dev.stepback.rollback.group;

import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Authorizer.Authorization;
import dev.stepback.rollback.Matter;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Choice;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A group as something that is decided on: by whoever may decide on every one of its targets. */
record GroupMatter(GroupView view, Authorizer authorizer) implements Matter {

    @Override
    public Authorization may(Actor who, Verdict verdict) {
        return ofAll(member -> authorizer.mayDecide(who, member, verdict));
    }

    @Override
    public Authorization mayChoose(Actor who) {
        return ofAll(member -> authorizer.mayChoose(who, member));
    }

    private Authorization ofAll(Function<Rollback, Authorization> each) {
        for (Rollback member : view.all()) {
            Authorization may = each.apply(member);
            if (!may.allowed()) {
                return Authorization.denied(may.why()
                        + " All of the targets are decided on together, and this is about " + member.target() + ".");
            }
        }
        return Authorization.ALLOWED;
    }

    @Override
    public boolean plannedAgain() {
        return view.plannedAgain();
    }

    @Override
    public Optional<String> hash() {
        return Optional.ofNullable(status().hash());
    }

    @Override
    public List<Decision> decisions() {
        return view.group().getSpec().decisions();
    }

    @Override
    public List<Choice> choices() {
        return view.group().getSpec().choices();
    }

    @Override
    public boolean updatesLastApplied() {
        return view.group().getSpec().updatesLastApplied();
    }

    @Override
    public Phase phase() {
        Phase ending = status().ending();
        return ending == null ? status().phase() : ending;
    }

    @Override
    public @Nullable Cancellation cancellation() {
        return view.group().getSpec().cancellation();
    }

    @Override
    public @Nullable Instant expiresAt() {
        return status().expiresAt();
    }

    @Override
    public Approvals approvals() {
        return approvals(view, authorizer);
    }

    /** Each target's approvals are counted as if it had been decided on by itself, and the strictest decides. */
    static Approvals approvals(GroupView view, Authorizer authorizer) {
        return Consent.of(view.planned().stream()
                .map(r -> authorizer.approval(view.decided(r)))
                .toList());
    }

    /** The namespace stands for all targets: with the cluster's name to approve, alone to break the glass. */
    @Override
    public Optional<String> toType(Verdict verdict) {
        return view.members().stream()
                .map(r -> authorizer.toType(r, verdict))
                .flatMap(Optional::stream)
                .findFirst()
                .map(expected -> expected.contains("/")
                        ? expected.substring(0, expected.lastIndexOf('/'))
                        : view.group().getMetadata().getNamespace());
    }

    private RollbackGroupStatus status() {
        return view.group().statusOrInitial();
    }
}
