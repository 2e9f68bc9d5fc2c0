package dev.stepback.rollback;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.TargetRef;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** One rollback: request, plan, approvals, steps and outcome. Lives in its target's namespace. */
@JsonDeserialize(using = RollbackReader.class)
@Group(Rollback.GROUP)
@Version("v1")
@Kind("Rollback")
@Singular("rollback")
@Plural("rollbacks")
@ShortNames("rb")
@AdditionalPrinterColumn(name = "Kind", jsonPath = ".spec.target.kind")
@AdditionalPrinterColumn(name = "Target", jsonPath = ".spec.target.name")
@AdditionalPrinterColumn(
        name = "From",
        jsonPath = ".status.plan.from.number",
        type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "To", jsonPath = ".status.plan.to.number", type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Requester", jsonPath = ".spec.requestedBy.name")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public final class Rollback extends CustomResource<RollbackSpec, RollbackStatus> implements Namespaced {
    public static final String GROUP = "stepback.dev";

    /** The annotation that names, on a target, the Rollback that changed it last. */
    public static final String MARK = "stepback.dev/rollback";

    @Override
    @Required
    public RollbackSpec getSpec() {
        return super.getSpec();
    }

    /** Whether this version understands it; see {@link RollbackReader}. */
    @JsonIgnore
    boolean understood() {
        return getSpec() != null;
    }

    @JsonIgnore
    public TargetRef target() {
        RollbackSpec.TargetName name = getSpec().target();
        return new TargetRef(getMetadata().getNamespace(), name.kind(), name.name());
    }

    /** Whether somebody has chosen what the stored plan does not do yet: it is planned again. */
    @JsonIgnore
    public boolean choicePending() {
        Integer honoured = statusOrInitial().choices();
        return getSpec().choices().size() > (honoured == null ? 0 : honoured);
    }

    /** Whether its rollout is under way and can be stopped where it is. */
    @JsonIgnore
    public boolean stoppable() {
        RollbackStatus status = statusOrInitial();
        return status.phase() == Phase.RUNNING
                && status.patchedAt() != null
                && status.ending() == null
                && getSpec().wanted() != Operation.PAUSE
                && getSpec().cancellation() == null
                && canStandStill();
    }

    /** Whether there is a way to stop it in the middle, once its rollout is under way. */
    @JsonIgnore
    public boolean canStandStill() {
        return target().kind().canStandStill() || statusOrInitial().replacesPods();
    }

    /** Whether its rollout was stopped where it was, and can be resumed. */
    @JsonIgnore
    public boolean resumable() {
        RollbackStatus status = statusOrInitial();
        RollbackSpec.Cancellation cancellation = getSpec().cancellation();
        if (status.standstill() != null) {
            return status.standstill().resumable();
        }
        // What was stopped before it was written down how it stands was paused.
        return status.phase() == Phase.CANCELLED
                && status.patchedAt() != null
                && cancellation != null
                && cancellation.midway() == RollbackSpec.Midway.Pause
                && status.why().isBlank();
    }

    /** Whether it left off after it had changed its target, so that the way back to what it has left can be asked for. */
    @JsonIgnore
    public boolean endedHalfway() {
        RollbackStatus status = statusOrInitial();
        return status.phase() == Phase.CANCELLED
                && status.patchedAt() != null
                && getSpec().wanted() == Operation.UNDO;
    }

    /** The status, or the initial one while there is none. */
    @JsonIgnore
    public RollbackStatus statusOrInitial() {
        return getStatus() == null ? RollbackStatus.initial() : getStatus();
    }

    /** @throws IllegalStateException when there is no plan */
    Plan planned() {
        Plan plan = statusOrInitial().plan();
        if (plan == null) {
            throw new IllegalStateException("no plan");
        }
        return plan;
    }
}
