package dev.stepback.target.workload;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.TargetRef;
import java.util.Optional;

/** What {@link UndoStep} has to know about a kind of workload. */
public interface Undoable {
    /** The stable name of the step, such as {@code deployment.undo}. */
    String stepType();

    /** The parameter of the step that names the object which keeps the revision, such as {@code replicaSet}. */
    String storedIn();

    LiveWorkload workload(TargetRef target, ObjectNode live);

    /** The template as it would be written that the object of this name keeps, if the target with this uid controls it. */
    Optional<PodTemplate> stored(TargetRef target, String uid, String name);

    /** Why this cannot be written now although the template is the one that was approved; empty when it can be. */
    default Optional<String> obstacle(TargetRef target, ObjectNode live, UndoPatch patch) {
        return Optional.empty();
    }
}
