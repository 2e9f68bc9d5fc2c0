package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.Step.Observation;
import dev.stepback.target.Step.Start;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ConditionalWrite.Look;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a step finds under the name of its target: the object that the plan was made for, another one that has its name by now,
 * or nothing.
 */
public final class LiveTarget<W> {
    private final StepContext context;
    private final Optional<W> found;
    private final Function<W, ObjectNode> object;

    private LiveTarget(StepContext context, Optional<W> found, Function<W, ObjectNode> object) {
        this.context = context;
        this.found = found;
        this.object = object;
    }

    /** Reads the object alone. */
    static LiveTarget<ObjectNode> of(StepContext context, ApiServer api) {
        return new LiveTarget<>(context, api.get(ApiServer.path(context.target())), Function.identity());
    }

    /** @param workloads reads a workload as it is now */
    public static <W extends LiveWorkload> LiveTarget<W> of(
            StepContext context, Function<TargetRef, Optional<W>> workloads) {
        return new LiveTarget<>(context, workloads.apply(context.target()), LiveWorkload::object);
    }

    /** What a dry run comes to; blocks when there is nothing to try it on. */
    public Finding dryRun(Function<W, Finding> trial) {
        return found.map(trial).orElseGet(() -> Finding.block(DryRun.CHECK, Blame.gone(context.target())));
    }

    /**
     * What a look comes to; void when it is not what the plan was made for.
     *
     * @param settled what needs no patch: it is done already, or must not be done any more
     */
    public Look look(Function<W, Optional<Start>> settled, Function<W, ArrayNode> patch) {
        return orVoid(
                live -> settled.apply(live).map(Look::instead).orElseGet(() -> new Look.Send(patch.apply(live))),
                Look::instead);
    }

    /** What can be done to it, or why it is void when it is not what the plan was made for. */
    public <T> T orVoid(Function<W, T> then, Function<Start, T> otherwise) {
        if (found.isEmpty()) {
            return otherwise.apply(new Start.Void(Blame.gone(context.target())));
        }
        return isPlanned(found.get())
                ? then.apply(found.get())
                : otherwise.apply(new Start.Void(Blame.anotherOne(context.target(), object.apply(found.get()))));
    }

    /** How far it is; failed when it is gone, also when another one has its name. */
    public Observation observe(Function<W, Observation> look) {
        return found.filter(this::isPlanned)
                .map(look)
                .orElseGet(() -> Observation.overtaken(Blame.gone(context.target())));
    }

    private boolean isPlanned(W live) {
        return Json.uid(object.apply(live)).equals(context.targetUid());
    }
}
