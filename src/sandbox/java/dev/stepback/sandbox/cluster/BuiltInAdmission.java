package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The defaults and checks of the kinds that every cluster has, and the schemas of those that were added. */
final class BuiltInAdmission implements Admission {

    @Override
    public void fillIn(ResourceType type, ObjectNode object) {
        if (type.custom()) {
            Schemas.prune(type.schema(), object, true);
        } else if (type.name().equals(ResourceTypes.CRDS)) {
            CustomResourceDefinitions.fillIn(object);
        } else {
            Defaults.fillIn(type, object);
        }
    }

    @Override
    public List<String> check(ResourceType type, @Nullable ObjectNode old, ObjectNode object) {
        List<String> causes = new ArrayList<>(Validation.checkMetadata(type, object));
        if (type.custom()) {
            JsonNode before = old == null ? MissingNode.getInstance() : old;
            object.properties().forEach(field -> {
                JsonNode schema = type.schema().path("properties").path(field.getKey());
                boolean header = List.of("apiVersion", "kind", "metadata").contains(field.getKey());
                if (!header && schema.isObject()) {
                    Schemas.validate(schema, field.getValue(), field.getKey(), causes);
                }
            });
            for (JsonNode required : type.schema().path("required")) {
                if (!object.has(required.asText())) {
                    causes.add(required.asText() + ": Required value");
                }
            }
            Rules.check(type.schema(), before, object, "", causes);
        } else if (type.name().equals(ResourceTypes.CRDS)) {
            causes.addAll(CustomResourceDefinitions.check(object));
        } else {
            causes.addAll(Validation.check(type, old, object));
        }
        return causes;
    }
}
