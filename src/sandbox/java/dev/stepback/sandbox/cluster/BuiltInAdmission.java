package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The defaults and checks of the kinds that every cluster has. */
final class BuiltInAdmission implements Admission {

    @Override
    public void fillIn(ResourceType type, ObjectNode object) {}

    @Override
    public List<String> check(ResourceType type, @Nullable ObjectNode old, ObjectNode object) {
        return List.of();
    }
}
