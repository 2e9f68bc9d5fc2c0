package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One change of one object, as the history keeps it. The nodes are shared: nobody may change them.
 *
 * @param type {@code ADDED}, {@code MODIFIED} or {@code DELETED}
 * @param previous the object before, null when it was added
 */
record Change(
        String type,
        long version,
        ObjectNode object,
        @Nullable ObjectNode previous) {}
