package dev.stepback.command;

import dev.stepback.audit.AuditEvent.Wish;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Change;
import dev.stepback.target.History;
import dev.stepback.target.Revision;
import dev.stepback.target.Step;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.text.Bounded;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The commands that only look. Each answers empty when there is no such target. */
final class ViewCommands {
    /** How many rollbacks {@code list} shows. */
    private static final int LISTED = 15;

    /** How many are read for it, because some may be of other namespaces or not for everybody's eyes. */
    private static final int READ = 200;

    private final Rollbacks rollbacks;
    private final RollbackGroups groups;
    private final List<TargetType> types;
    private final Authorizer authorizer;
    private final Denials denials;

    ViewCommands(
            Rollbacks rollbacks,
            RollbackGroups groups,
            List<TargetType> types,
            Authorizer authorizer,
            Denials denials) {
        this.rollbacks = rollbacks;
        this.groups = groups;
        this.types = List.copyOf(types);
        this.authorizer = authorizer;
        this.denials = denials;
    }

    /** The target as this person may see it. */
    private TargetType type(TargetRef target, Actor who) {
        return authorizer.acting(who.person()).on(type(types, target));
    }

    static TargetType type(List<TargetType> types, TargetRef target) {
        return types.stream()
                .filter(t -> t.kind() == target.kind())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no target type for " + target.kind()));
    }

    Optional<Reply> history(TargetRef target, Actor who) {
        return viewed(
                target,
                who,
                () -> type(target, who).history(target).map(h -> {
                    Map<String, BadRevision> knownBad = rollbacks.knownBad(target);
                    return new Reply.ShowHistory(h, number(h.proposed(knownBad.keySet())), knownBad);
                }));
    }

    Optional<Reply> diff(Command.Diff command, TargetRef target, Actor who) {
        return viewed(target, who, () -> type(target, who).history(target).map(h -> diff(command, h, target, who)));
    }

    private Reply diff(Command.Diff command, History history, TargetRef target, Actor who) {
        OptionalLong from = command.from().isPresent() ? command.from() : history.current();
        OptionalLong to = command.to().isPresent()
                ? command.to()
                : number(history.proposed(rollbacks.knownBad(target).keySet()));
        if (from.isEmpty()) {
            return new Reply.Refused("The newest template of " + target
                    + " has no revision number yet; name two revisions, as in “diff 3 5”.");
        }
        if (to.isEmpty()) {
            return new Reply.Refused(
                    "There is no earlier revision of " + target + " that would be proposed; name one, as in “diff 3”.");
        }
        try {
            List<Change> changes = type(target, who).diff(target, from.getAsLong(), to.getAsLong());
            return new Reply.ShowDiff(target, from.getAsLong(), to.getAsLong(), changes);
        } catch (IllegalArgumentException e) {
            return new Reply.Refused(Bounded.of(String.valueOf(e.getMessage()), 300));
        }
    }

    Optional<Reply> status(TargetRef target, Actor who) {
        return viewed(target, who, () -> {
            Optional<Step.Observation> rollout = type(target, who).status(target);
            Optional<Rollback> latest = rollbacks.latest(target);
            return rollout.isEmpty() && latest.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Reply.ShowStatus(target, rollout, latest));
        });
    }

    /** @param locks sentences about what is locked */
    Reply list(Command.ListRollbacks command, Actor who, List<String> locks) {
        List<Rollback> shown = rollbacks.list(READ).stream()
                .filter(r -> command.namespace()
                        .map(r.getMetadata().getNamespace()::equals)
                        .orElse(true))
                .filter(r -> authorizer.mayView(who, r.target()).allowed())
                .toList();
        List<Rollback> single = shown.stream()
                .filter(r -> r.getSpec().group() == null)
                .limit(LISTED)
                .toList();
        return new Reply.ShowList(together(shown), single, locks);
    }

    /** Those that are part of a group, by their group; open ones come first, as in what is shown. */
    private List<GroupView> together(List<Rollback> shown) {
        Map<String, List<Rollback>> byGroup = new LinkedHashMap<>();
        for (Rollback rollback : shown) {
            String group = rollback.getSpec().group();
            if (group != null) {
                String key = rollback.getMetadata().getNamespace() + "/" + group;
                byGroup.computeIfAbsent(key, k -> new ArrayList<>()).add(rollback);
            }
        }
        return byGroup.entrySet().stream()
                .limit(LISTED)
                .map(e -> e.getKey().split("/", 2))
                .flatMap(key -> groups.find(key[0], key[1]).stream())
                .map(view -> view.only(shown))
                .toList();
    }

    private Optional<Reply> viewed(TargetRef target, Actor who, Supplier<Optional<Reply>> reply) {
        Authorizer.Authorization may = authorizer.mayView(who, target);
        return may.allowed() ? reply.get() : Optional.of(denials.refused(who, Wish.VIEW, target, may.why()));
    }

    private static OptionalLong number(Optional<Revision> revision) {
        return revision.map(r -> OptionalLong.of(r.number())).orElseGet(OptionalLong::empty);
    }
}
