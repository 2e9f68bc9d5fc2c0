package dev.stepback.sandbox;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.stepback.sandbox.cluster.ObjectStore;
import dev.stepback.sandbox.cluster.SandboxCluster;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;

/**
 * The service account that the bot runs with, bound to exactly what {@code k8s-manifests} grants: a permission that is
 * missing there is missed here at once.
 */
public final class BotAccount {
    /** Where the service account and the Lease are. */
    public static final String NAMESPACE = "stepback";

    public static final String USER = "system:serviceaccount:stepback:stepback";

    private static final List<String> MANIFESTS =
            List.of("/cluster-rbac.yaml", "/base/lease-rbac.yaml", "/data-checks/rbac.yaml");

    private BotAccount() {}

    /**
     * Creates namespace, service account, roles and bindings.
     *
     * @return the kubeconfig of the service account
     */
    public static String install(SandboxCluster cluster) throws IOException {
        ObjectStore store = cluster.store();
        ObjectNode namespace = JsonNodeFactory.instance.objectNode();
        namespace.withObject("/metadata").put("name", NAMESPACE);
        store.create("namespaces", namespace);
        ObjectNode account = JsonNodeFactory.instance.objectNode();
        account.withObject("/metadata").put("name", "stepback").put("namespace", NAMESPACE);
        store.create("serviceaccounts", account);
        for (String manifest : MANIFESTS) {
            apply(store, manifest);
        }
        return cluster.kubeconfigOf(USER);
    }

    /**
     * Creates the roles and bindings of a manifest.
     *
     * @param manifest its place below {@code k8s-manifests}, beginning with a slash
     */
    static void apply(ObjectStore store, String manifest) throws IOException {
        try (InputStream yaml = BotAccount.class.getResourceAsStream(manifest)) {
            if (yaml == null) {
                throw new IOException(manifest + " is not on the class path");
            }
            try (MappingIterator<ObjectNode> objects =
                    new YAMLMapper().readerFor(ObjectNode.class).readValues(yaml)) {
                while (objects.hasNext()) {
                    create(store, objects.next());
                }
            }
        }
    }

    private static void create(ObjectStore store, ObjectNode object) {
        String kind = object.path("kind").asText().toLowerCase(Locale.ROOT);
        ObjectNode metadata = object.withObject("/metadata");
        if (!kind.startsWith("cluster") && !metadata.has("namespace")) {
            // As kustomize puts it there.
            metadata.put("namespace", NAMESPACE);
        }
        store.create(kind + "s.rbac.authorization.k8s.io", object);
    }
}
