package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Finding;
import dev.stepback.target.Kind;
import dev.stepback.target.PlannedStep;
import dev.stepback.target.Step;
import dev.stepback.target.StepContext;
import dev.stepback.target.TargetRef;
import dev.stepback.target.workload.ConditionalWrite.Look;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;

/**
 * Puts back what an undo has {@link Borrowed}, whatever became of the rollout. What somebody else has changed in the meantime
 * stays, and what was never borrowed, or has been put back, is left alone: the note on the object tells.
 */
public final class RestoreStrategyStep implements Step {
    private static final String BORROWED = "borrowed";

    private final Kind kind;
    private final ApiServer api;
    private final Redactor redactor;

    public RestoreStrategyStep(Kind kind, ApiServer api, Redactor redactor) {
        this.kind = kind;
        this.api = api;
        this.redactor = redactor;
    }

    public static PlannedStep planned(Kind kind, Borrowed borrowed) {
        return new PlannedStep(
                type(kind),
                "Put %s back to %s"
                        .formatted(borrowed.field(), borrowed.former().asText()),
                Map.of(BORROWED, borrowed.text(), PlannedStep.ALWAYS, "true"));
    }

    private static String type(Kind kind) {
        return kind.lowerCase() + ".restore-strategy";
    }

    @Override
    public String type() {
        return type(kind);
    }

    @Override
    public Finding dryRun(StepContext context) {
        return Finding.pass("restore-strategy", "Only what was borrowed is put back.");
    }

    @Override
    public Start start(StepContext context) {
        Borrowed borrowed = borrowed(context);
        return new ConditionalWrite(api, redactor)
                .start(
                        context,
                        () -> live(context)
                                .filter(live -> isOurs(context, live))
                                .<Look>map(live -> new Look.Send(borrowed.back(live)))
                                .orElseGet(() -> Look.instead(new Start.Started())),
                        why -> "%s could not be put back to %s, put it back by hand: %s"
                                .formatted(borrowed.field(), borrowed.former().asText(), OneLine.of(why, 300)));
    }

    @Override
    public Observation observe(StepContext context) {
        Borrowed borrowed = borrowed(context);
        Optional<ObjectNode> live = live(context);
        if (live.isEmpty()) {
            return Observation.done("");
        }
        if (isOurs(context, live.get())) {
            return new Observation(Observation.State.AGAIN, "%s is to be put back.".formatted(borrowed.field()), null);
        }
        return Observation.done(asItIs(borrowed, live.get()));
    }

    private static String asItIs(Borrowed borrowed, JsonNode live) {
        JsonNode now = borrowed.now(live);
        if (now.equals(borrowed.former())) {
            return "%s is %s, as it was before.".formatted(borrowed.field(), now.asText());
        }
        return "%s was %s before and is %s now%s: it stays so."
                .formatted(
                        borrowed.field(),
                        borrowed.former().asText(),
                        now.isMissingNode() ? "not set" : now.asText(),
                        borrowed.writer(live).map(w -> ", changed " + w).orElse(""));
    }

    /** Empty when it is gone: nothing is left to be put back. */
    private Optional<ObjectNode> live(StepContext context) {
        return api.get(ApiServer.path(context.target()))
                .filter(live -> Json.uid(live).equals(context.targetUid()));
    }

    private static boolean isOurs(StepContext context, JsonNode live) {
        return Borrowed.isNoted(live, context.attribution().rollback());
    }

    private static Borrowed borrowed(StepContext context) {
        return context.parameter(BORROWED, Borrowed::parse);
    }

    /**
     * Puts back what a Rollback that is no more has left behind.
     *
     * @return false when there was nothing, or it has changed at this very moment
     * @throws KubernetesClientException when the API server does not let it
     */
    public static boolean giveBack(ApiServer api, TargetRef target, String rollback) {
        Optional<ObjectNode> live = api.get(ApiServer.path(target));
        Optional<Borrowed.Noted> noted =
                live.flatMap(Borrowed::on).filter(n -> n.rollback().equals(rollback));
        if (live.isEmpty() || noted.isEmpty()) {
            return false;
        }
        Borrowed borrowed = noted.get().borrowed();
        // kubectl rollout undo brings annotations of old ReplicaSets back: such a note says nothing about the value.
        boolean own = borrowed.writer(live.get()).filter(Writer::isStepback).isPresent();
        Borrowed back = own ? borrowed : new Borrowed(borrowed.path(), borrowed.former(), borrowed.former());
        try {
            api.patch(ApiServer.path(target), back.back(live.get()), false);
            return true;
        } catch (KubernetesClientException e) {
            if (ConditionalWrite.missed(e)) {
                return false;
            }
            throw e;
        }
    }
}
