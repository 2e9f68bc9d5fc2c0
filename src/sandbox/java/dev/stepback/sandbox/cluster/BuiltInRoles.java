package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/** The roles that every cluster has from its beginning, as far as they matter here. */
final class BuiltInRoles {
    private static final String FILE = "/cluster-roles.yaml";

    private BuiltInRoles() {}

    static void create(ObjectStore store) {
        try (InputStream yaml = BuiltInRoles.class.getResourceAsStream(FILE)) {
            if (yaml == null) {
                throw new IOException(FILE + " is not on the class path");
            }
            try (MappingIterator<ObjectNode> roles =
                    new YAMLMapper().readerFor(ObjectNode.class).readValues(yaml)) {
                while (roles.hasNext()) {
                    ObjectNode role = roles.next();
                    String plural = role.path("kind").asText().toLowerCase(Locale.ROOT) + "s";
                    store.create(plural + ".rbac.authorization.k8s.io", role);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
