package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to an object between a request and the store: defaults, then validation. */
interface Admission {

    /** Fills in what the client left out and drops what the schema does not know. Changes the object in place. */
    void fillIn(ResourceType type, ObjectNode object);

    /**
     * What is wrong with an object, in Kubernetes' words; empty when nothing is.
     *
     * @param old the object as it was, null when it is created
     */
    List<String> check(ResourceType type, @Nullable ObjectNode old, ObjectNode object);
}
