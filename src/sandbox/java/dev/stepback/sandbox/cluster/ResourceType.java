package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One kind of object that the API serves, as discovery describes it.
 *
 * @param group empty for the core group
 * @param hasStatus whether the status is written through its own subresource only
 * @param hasScale whether there is a {@code /scale} subresource
 * @param custom whether a CustomResourceDefinition defines it
 * @param printerColumns the {@code additionalPrinterColumns} of the definition
 * @param schema the structural schema of the definition; missing for built-in kinds
 */
public record ResourceType(
        String group,
        String version,
        String plural,
        String singular,
        String kind,
        List<String> shortNames,
        boolean namespaced,
        boolean hasStatus,
        boolean hasScale,
        boolean custom,
        List<JsonNode> printerColumns,
        JsonNode schema) {

    public ResourceType {
        shortNames = List.copyOf(shortNames);
        printerColumns = List.copyOf(printerColumns);
    }

    /** As kubectl names it: {@code pods}, {@code deployments.apps}. */
    public String name() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    /** Such as {@code v1} or {@code apps/v1}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }
}
