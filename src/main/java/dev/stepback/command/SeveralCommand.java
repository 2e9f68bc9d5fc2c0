package dev.stepback.command;

import dev.stepback.audit.AuditEvent.Wish;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.rollback.group.NewGroup;
import dev.stepback.rollback.group.RollbackGroupSpec;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.PointInTime;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import dev.stepback.text.Bounded;
import dev.stepback.text.Conjunction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Asks for several targets at once, after each of them has been found out to be one that can be asked for. */
final class SeveralCommand {
    private static final int MAX_REASONS = 3;

    private final RollbackGroups groups;
    private final Rollbacks rollbacks;
    private final List<TargetType> types;
    private final Authorizer authorizer;
    private final Denials denials;
    private final String slashCommand;

    SeveralCommand(
            RollbackGroups groups,
            Rollbacks rollbacks,
            List<TargetType> types,
            Authorizer authorizer,
            Denials denials,
            String slashCommand) {
        this.groups = groups;
        this.rollbacks = rollbacks;
        this.types = List.copyOf(types);
        this.authorizer = authorizer;
        this.denials = denials;
        this.slashCommand = slashCommand;
    }

    /** @param targets at least two, each of them once */
    Reply open(Command.Several command, List<TargetRef> targets, Invocation invocation) {
        Optional<Reply> unfit = tooMany(targets).or(() -> apart(command, targets));
        if (unfit.isPresent()) {
            return unfit.get();
        }
        for (TargetRef target : targets) {
            Authorizer.Authorization may = authorizer.mayRequest(invocation.by(), target, Operation.UNDO);
            if (!may.allowed()) {
                return denials.refused(invocation.by(), Wish.REQUEST, target, may.why() + about(may.why(), target));
            }
        }
        return refused(command, targets, invocation)
                .orElseGet(() -> Reply.of(groups.create(new NewGroup(
                        invocation.deliveryKey(),
                        targets.stream()
                                .map(t -> new NewGroup.Wish(t, OptionalLong.empty()))
                                .toList(),
                        command.inOrder() ? RollbackGroupSpec.Order.InOrder : RollbackGroupSpec.Order.Together,
                        command.toTime(),
                        command.options(),
                        command.reason(),
                        invocation.by(),
                        new RollbackSpec.Origin(invocation.channel(), invocation.thread()),
                        null))));
    }

    private static Optional<Reply> tooMany(List<TargetRef> targets) {
        int max = RollbackGroupSpec.MAX_TARGETS;
        return targets.size() <= max
                ? Optional.empty()
                : Optional.of(new Reply.Refused("These are " + targets.size() + " targets; one card shows " + max
                        + " at most. Ask for fewer at once."));
    }

    /** One approval is for one namespace: elsewhere others decide. */
    private Optional<Reply> apart(Command.Several command, List<TargetRef> targets) {
        TreeMap<String, List<TargetRef>> apart = targets.stream()
                .collect(Collectors.groupingBy(TargetRef::namespace, TreeMap::new, Collectors.toList()));
        if (apart.size() == 1) {
            return Optional.empty();
        }
        List<String> commands = new ArrayList<>();
        apart.forEach((namespace, in) -> commands.add(
                typed(command.selector().map(s -> command.in(namespace, s)).orElseGet(() -> command.instead(in)))));
        return Optional.of(new Reply.Refused("These are in " + apart.size() + " namespaces, "
                + Bounded.of(String.join(", ", apart.keySet()), 300)
                + ", and one request is for one of them. Ask for "
                + Bounded.of(String.join(" or ", commands), 1000) + "."));
    }

    /** What can be known at once, so that nobody waits for a card that only says no. */
    private Optional<Reply> refused(Command.Several command, List<TargetRef> targets, Invocation invocation) {
        List<String> why = new ArrayList<>();
        TreeSet<TargetRef> out = new TreeSet<>();
        for (TargetRef target : targets) {
            if (rollbacks.open(target).isPresent()) {
                continue; // creating it finds out whether this is a second delivery of the same request
            }
            Optional<PlanResult.Refused> refusal = authorizer
                    .acting(invocation.by().person())
                    .on(ViewCommands.type(types, target))
                    .refusal(
                            target,
                            new PlanRequest(
                                    Operation.UNDO,
                                    OptionalLong.empty(),
                                    command.toTime().map(at -> new PointInTime(at, rollbacks.pastUndos(target))),
                                    rollbacks.knownBad(target),
                                    command.options()));
            if (refusal.isPresent() && refusal.get().reason() != PlanResult.Reason.ALREADY_THERE) {
                if (why.size() < MAX_REASONS) {
                    why.add(target + ": " + refusal.get().message()
                            + (refusal.get().reason() == PlanResult.Reason.PAUSED
                                    ? ", or here: " + typed("resume " + target)
                                    : ""));
                }
                out.add(target);
            }
        }
        if (out.isEmpty()) {
            return Optional.empty();
        }
        List<TargetRef> left = targets.stream().filter(t -> !out.contains(t)).toList();
        String again = left.isEmpty()
                ? ""
                : "\nNothing was begun. Ask again without " + named(out) + ": " + typed(command.instead(left));
        String more = out.size() > why.size() ? "\n… and " + (out.size() - why.size()) + " more" : "";
        return Optional.of(new Reply.Refused(String.join("\n", why) + more + again));
    }

    private static String named(Collection<TargetRef> targets) {
        List<String> names = targets.stream().map(TargetRef::name).toList();
        return names.size() <= MAX_REASONS ? Conjunction.of(names) : "these " + names.size();
    }

    private String typed(String command) {
        // A backtick would end the code span; as an apostrophe it is read all the same.
        return "`" + slashCommand + " " + command.replace('`', '\'') + "`";
    }

    private static String about(String why, TargetRef target) {
        return (why.contains(target.toString()) ? "" : " This is about " + target + ".") + " Nothing was begun.";
    }
}
