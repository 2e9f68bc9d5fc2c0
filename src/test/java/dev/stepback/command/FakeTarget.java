package dev.stepback.command;

import dev.stepback.target.Change;
import dev.stepback.target.History;
import dev.stepback.target.Identity;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.Revision;
import dev.stepback.target.Step;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/** Deployments that exist only here: each with some revisions, the highest of which is the current one. */
final class FakeTarget implements TargetType, Workloads {
    final Map<TargetRef, Long> newest = new HashMap<>();
    final Set<TargetRef> paused = new HashSet<>();
    final Set<TargetRef> deleted = new HashSet<>();

    /** Thrown by every read, when set. */
    Optional<RuntimeException> failure = Optional.empty();

    TargetRef add(String namespace, String name, long revisions) {
        TargetRef ref = new TargetRef(namespace, Kind.DEPLOYMENT, name);
        newest.put(ref, revisions);
        return ref;
    }

    /** Labels that workloads have, by selector. */
    final Map<String, Set<TargetRef>> labelled = new HashMap<>();

    @Override
    public List<TargetRef> select(Optional<String> namespace, String selector) {
        return labelled.getOrDefault(selector, Set.of()).stream()
                .filter(t -> namespace.map(t.namespace()::equals).orElse(true))
                .sorted()
                .toList();
    }

    @Override
    public TargetType as(Identity identity) {
        return this;
    }

    @Override
    public Kind kind() {
        return Kind.DEPLOYMENT;
    }

    @Override
    public Optional<History> history(TargetRef target) {
        failure.ifPresent(f -> {
            throw f;
        });
        if (deleted.contains(target)) {
            return Optional.empty();
        }
        return Optional.ofNullable(newest.get(target)).map(n -> {
            List<Revision> revisions = new ArrayList<>();
            LongStream.rangeClosed(1, n)
                    .forEach(i -> revisions.add(
                            0,
                            new Revision(
                                    i,
                                    target.name() + "-" + i,
                                    List.of(),
                                    Map.of("app", "shop:" + i),
                                    "",
                                    Instant.EPOCH,
                                    0,
                                    target.name() + "-" + i,
                                    true,
                                    Optional.empty())));
            return new History(target, "uid", OptionalLong.of(n), revisions, 10);
        });
    }

    @Override
    public List<Change> diff(TargetRef target, long from, long to) {
        History history = history(target).orElseThrow();
        for (long number : new long[] {from, to}) {
            if (history.revision(number).isEmpty()) {
                throw new IllegalArgumentException("unable to find specified revision " + number + " in history");
            }
        }
        return List.of(new Change("containers[app].image", "shop:" + from, "shop:" + to));
    }

    @Override
    public PlanResult plan(TargetRef target, PlanRequest request) {
        throw new AssertionError("a command needs no plan");
    }

    @Override
    public Optional<PlanResult.Refused> refusal(TargetRef target, PlanRequest request) {
        Optional<History> history = history(target);
        if (history.isEmpty()) {
            return refused(PlanResult.Reason.TARGET_NOT_FOUND, "not found");
        }
        if (request.operation() != Operation.UNDO) {
            return Optional.empty();
        }
        Optional<Revision> to = request.toRevision().isPresent()
                ? history.get().revision(request.toRevision().getAsLong())
                : history.get().proposed(request.knownBad().keySet());
        if (to.isEmpty()) {
            return refused(PlanResult.Reason.UNKNOWN_REVISION, "unable to find specified revision");
        }
        return paused.contains(target) ? refused(PlanResult.Reason.PAUSED, "resume it first") : Optional.empty();
    }

    private static Optional<PlanResult.Refused> refused(PlanResult.Reason reason, String message) {
        return Optional.of(new PlanResult.Refused(reason, message));
    }

    @Override
    public Optional<String> changedSince(TargetRef target, Plan plan) {
        return Optional.empty();
    }

    @Override
    public Optional<Map<String, String>> labels(TargetRef target) {
        return history(target).map(h -> Map.of());
    }

    @Override
    public Optional<Step.Observation> status(TargetRef target) {
        return history(target)
                .map(h -> new Step.Observation(Step.Observation.State.DONE, "successfully rolled out", null));
    }

    @Override
    public List<Step> steps() {
        return List.of();
    }

    @Override
    public List<TargetRef> find(Wanted wanted) {
        return newest.keySet().stream().filter(wanted::matches).sorted().toList();
    }

    @Override
    public List<TargetRef> suggest(Wanted wanted, int max, Predicate<TargetRef> visible) {
        return Suggestions.nearest(wanted, newest.keySet(), max, visible);
    }

    @Override
    public boolean anyIn(String namespace) {
        return newest.keySet().stream().anyMatch(t -> t.namespace().equals(namespace));
    }

    @Override
    public boolean synced() {
        return true;
    }

    @Override
    public void close() {}
}
