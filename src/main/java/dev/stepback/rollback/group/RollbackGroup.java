package dev.stepback.rollback.group;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.stepback.rollback.Rollback;
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
import java.util.List;

/** Several targets of one namespace that are rolled back by one request and one approval. Owns a Rollback for each. */
@JsonDeserialize(using = GroupReader.class)
@Group(Rollback.GROUP)
@Version("v1")
@Kind("RollbackGroup")
@Singular("rollbackgroup")
@Plural("rollbackgroups")
@ShortNames("rbg")
@AdditionalPrinterColumn(name = "Order", jsonPath = ".spec.order")
@AdditionalPrinterColumn(name = "Phase", jsonPath = ".status.phase")
@AdditionalPrinterColumn(name = "Requester", jsonPath = ".spec.requestedBy.name")
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public final class RollbackGroup extends CustomResource<RollbackGroupSpec, RollbackGroupStatus> implements Namespaced {
    @Override
    @Required
    public RollbackGroupSpec getSpec() {
        return super.getSpec();
    }

    /** Whether this version understands it; see {@link GroupReader}. */
    @JsonIgnore
    boolean understood() {
        return getSpec() != null;
    }

    /** In the order of the request. */
    @JsonIgnore
    public List<TargetRef> targets() {
        String namespace = getMetadata().getNamespace();
        return getSpec().targets().stream()
                .map(t -> new TargetRef(namespace, t.kind(), t.name()))
                .toList();
    }

    /** The status, or the initial one while there is none. */
    @JsonIgnore
    public RollbackGroupStatus statusOrInitial() {
        return getStatus() == null ? RollbackGroupStatus.initial() : getStatus();
    }
}
