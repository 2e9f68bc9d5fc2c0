package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads CustomResourceDefinitions. The sandbox serves one version of each. */
final class CustomResourceDefinitions {
    private CustomResourceDefinitions() {}

    static ResourceType typeOf(ObjectNode definition) {
        JsonNode spec = definition.path("spec");
        JsonNode version = spec.path("versions").path(0);
        JsonNode names = spec.path("names");
        List<String> shortNames = new ArrayList<>();
        names.path("shortNames").forEach(name -> shortNames.add(name.asText()));
        List<JsonNode> columns = new ArrayList<>();
        version.path("additionalPrinterColumns").forEach(columns::add);
        return new ResourceType(
                spec.path("group").asText(),
                version.path("name").asText(),
                names.path("plural").asText(),
                names.path("singular").asText(names.path("kind").asText().toLowerCase(Locale.ROOT)),
                names.path("kind").asText(),
                shortNames,
                spec.path("scope").asText().equals("Namespaced"),
                version.path("subresources").has("status"),
                false,
                true,
                columns,
                schemaOf(definition));
    }

    static JsonNode schemaOf(ObjectNode definition) {
        return definition.at("/spec/versions/0/schema/openAPIV3Schema");
    }

    /** Sets the names that were left out, and the status that says that the kind is served. */
    static void fillIn(ObjectNode definition) {
        JsonNode names = definition.at("/spec/names");
        if (names instanceof ObjectNode known) {
            String kind = known.path("kind").asText("");
            if (!known.has("singular")) {
                known.put("singular", kind.toLowerCase(Locale.ROOT));
            }
            if (!known.has("listKind")) {
                known.put("listKind", kind + "List");
            }
        }
        if (!definition.path("status").path("conditions").isArray()) {
            ObjectNode status = definition.putObject("status");
            String since = definition.at("/metadata/creationTimestamp").asText();
            ArrayNode conditions = status.putArray("conditions");
            condition(conditions, "NamesAccepted", "NoConflicts", "no conflicts found", since);
            condition(conditions, "Established", "InitialNamesAccepted", "the initial names have been accepted", since);
            status.putArray("storedVersions")
                    .add(definition.at("/spec/versions/0/name").asText());
        }
        definition.withObject("/status").set("acceptedNames", names.deepCopy());
    }

    static List<String> check(ObjectNode definition) {
        List<String> causes = new ArrayList<>();
        JsonNode spec = definition.path("spec");
        require(spec, "group", causes);
        require(spec.path("names"), "plural", causes);
        require(spec.path("names"), "kind", causes);
        String scope = spec.path("scope").asText("");
        if (!scope.equals("Namespaced") && !scope.equals("Cluster")) {
            causes.add(
                    "spec.scope: Unsupported value: \"" + scope + "\": supported values: \"Cluster\", \"Namespaced\"");
        }
        String wanted =
                spec.at("/names/plural").asText() + "." + spec.path("group").asText();
        if (!Json.name(definition).equals(wanted)) {
            causes.add("metadata.name: Invalid value: \"" + Json.name(definition)
                    + "\": must be spec.names.plural+\".\"+spec.group");
        }
        JsonNode version = spec.path("versions").path(0);
        if (spec.path("versions").size() != 1
                || !version.path("served").asBoolean()
                || !version.path("storage").asBoolean()) {
            causes.add("spec.versions: Invalid value: the sandbox serves exactly one version, served and stored");
        }
        JsonNode schema = schemaOf(definition);
        if (!schema.isObject()) {
            causes.add("spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required");
        } else {
            Schemas.checkSchema(schema, "spec.versions[0].schema.openAPIV3Schema", causes);
        }
        return causes;
    }

    private static void require(JsonNode node, String field, List<String> causes) {
        if (node.path(field).asText("").isEmpty()) {
            causes.add("spec." + field + ": Required value");
        }
    }

    private static void condition(ArrayNode conditions, String type, String reason, String message, String since) {
        conditions
                .addObject()
                .put("type", type)
                .put("status", "True")
                .put("lastTransitionTime", since)
                .put("reason", reason)
                .put("message", message);
    }
}
