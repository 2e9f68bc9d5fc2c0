package dev.stepback.target;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * How an operation is carried out, beyond what it does by itself. What a kind of target cannot do is refused, never left
 * out in silence.
 *
 * @param fast all new pods at once, whatever the target's strategy says; it gets its strategy back afterwards
 * @param byPartition a StatefulSet's pods one after another, with a pause and a check in between
 * @param updateLastApplied what {@code kubectl apply} remembers of the target is rolled back with it
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
@JsonIgnoreProperties(ignoreUnknown = true)
public record PlanOptions(boolean fast, boolean byPartition, boolean updateLastApplied) {
    /** As kubectl would. */
    public static final PlanOptions NONE = new PlanOptions(false, false, false);

    /** The same, but for what {@code kubectl apply} remembers. */
    public PlanOptions updatingLastApplied(boolean update) {
        return new PlanOptions(fast, byPartition, update);
    }
}
