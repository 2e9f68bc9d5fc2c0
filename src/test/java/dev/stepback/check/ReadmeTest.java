package dev.stepback.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.audit.AuditEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of permissions in the README; {@code -Dstepback.update=true} writes it anew. */
class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final String HEAD = "| on | verbs | for |\n| --- | --- | --- |\n";

    @Test
    void permissions_areAllInTheTable() throws IOException {
        String readme = Files.readString(README);
        int start = readme.indexOf(HEAD);
        assertThat(start).isNotNegative();
        int end = readme.indexOf("\n\n", start) + 1;
        String updated = readme.substring(0, start) + table() + readme.substring(end);
        if (Boolean.getBoolean("stepback.update")) {
            Files.writeString(README, updated);
        }
        assertThat(Files.readString(README)).isEqualTo(updated);
    }

    private static String table() {
        StringBuilder text = new StringBuilder(HEAD);
        rows(Permission.ALL, "").forEach((on, row) -> text.append(row.text(on)));
        rows(Permission.CLUSTER, ", not with `k8s-manifests/namespaced`")
                .forEach((on, row) -> text.append(row.text(on)));
        rows(Permission.DATA_CHECKS, ", where `checks` are configured").forEach((on, row) -> text.append(row.text(on)));
        rows(Permission.LEASE, ", in its own namespace").forEach((on, row) -> text.append(row.text(on)));
        return text.toString();
    }

    private static Map<String, Line> rows(List<Permission> permissions, String where) {
        Map<String, Line> rows = new LinkedHashMap<>();
        for (Permission p : permissions) {
            String group = p.group().isEmpty() ? "" : "." + p.group();
            int slash = p.resource().indexOf('/');
            String on = slash < 0
                    ? p.resource() + group
                    : p.resource().substring(0, slash) + group + p.resource().substring(slash);
            String name = p.name() == null ? "" : " " + p.name();
            rows.computeIfAbsent("`" + on + name + "`" + where, key -> new Line())
                    .add(p);
        }
        return rows;
    }

    private static final class Line {
        private final Set<String> verbs = new LinkedHashSet<>();
        private final Set<String> why = new LinkedHashSet<>();

        void add(Permission permission) {
            verbs.add(permission.verb());
            why.add(permission.why());
        }

        String text(String on) {
            return "| " + on + " | " + String.join(", ", verbs) + " | " + String.join("; ", why) + " |\n";
        }
    }

    @Test
    void auditRecord_isDescribedWhole() throws Exception {
        String readme = Files.readString(README);
        Stream.concat(
                        Arrays.stream(AuditEvent.class.getPermittedSubclasses())
                                .map(Class::getSimpleName)
                                .map(n -> n.substring(0, 1).toLowerCase(Locale.ROOT) + n.substring(1)),
                        Arrays.stream(AuditEvent.Wish.values()).map(AuditEvent.Wish::word))
                .forEach(word -> assertThat(readme).contains("`" + word + "`"));
    }
}
