package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult.Reason;
import dev.stepback.target.PlanResult.Refused;
import java.util.Optional;

/**
 * A plan that was approved, when it is asked whether it would still be made. What it borrows of the strategy stays as it was
 * approved, although the number of pods, and how much room there is, change all the time: it only has to fit.
 *
 * @param patch how it undoes the release; empty when that cannot be read
 * @param borrowed what it borrows of the strategy, if anything
 */
public record Approved(Plan plan, Optional<UndoPatch> patch, Optional<Borrowed> borrowed) {

    public static Approved of(Plan plan) {
        return new Approved(
                plan,
                UndoPatch.of(plan),
                plan.steps().stream()
                        .map(UndoStep::borrowed)
                        .flatMap(Optional::stream)
                        .findFirst());
    }

    /** The request that leads to the same plan as long as nothing has changed. */
    public PlanRequest again() {
        boolean applied = patch.filter(UndoPatch::updatesLastApplied).isPresent();
        return PlanRequest.again(plan.to().number(), PlanOptions.NONE.updatingLastApplied(applied));
    }

    /** Says why that request leads nowhere now. */
    public String refused(Refused now, LiveWorkload workload, Redactor redactor) {
        return now.reason() == Reason.ALREADY_THERE ? templateChanged(workload, redactor) : now.message();
    }

    private String templateChanged(LiveWorkload workload, Redactor redactor) {
        return patch.map(known -> Blame.templateChanged(workload, known.before(), redactor))
                .orElseGet(() -> Blame.templateChanged(workload, redactor));
    }

    /**
     * Says why the release would be undone by another patch now.
     *
     * @param stored the object that keeps the revision which it restores
     */
    public String patchChanged(UndoPatch now, LiveWorkload workload, JsonNode stored, Redactor redactor) {
        if (patch.isEmpty() || !patch.get().before().json().equals(now.before().json())) {
            return templateChanged(workload, redactor);
        }
        UndoPatch planned = patch.get();
        Optional<String> strategy = planned.strategyChanged(borrowed, workload.ref(), workload.object());
        if (strategy.isPresent()) {
            return strategy.get();
        }
        if (!planned.ends().equals(now.ends())) {
            return Blame.pauseChanged(workload.ref(), workload.object());
        }
        return planned.after().json().equals(now.after().json()) && !planned.fitsLastApplied(workload.object())
                ? Blame.appliedSince(workload.ref(), workload.object())
                : Blame.revisionChanged(workload.ref(), plan.to().number(), stored);
    }
}
