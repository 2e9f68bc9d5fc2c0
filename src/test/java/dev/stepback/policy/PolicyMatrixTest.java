package dev.stepback.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The cases of {@code matrix.md}. */
class PolicyMatrixTest {
    private final Matrix matrix;
    private final MatrixWorld world;
    private final Map<String, String> sentences = new LinkedHashMap<>();

    PolicyMatrixTest() throws IOException {
        matrix = Matrix.read();
        world = new MatrixWorld(matrix);
        matrix.rowsWith("refusal").forEach(row -> sentences.put(row.cell("refusal"), row.cell("sentence")));
    }

    @TestFactory
    Stream<DynamicTest> permissions() {
        return tests("who", this::permission);
    }

    @TestFactory
    Stream<DynamicTest> approvals() {
        return tests("needs", row -> {
            Facts facts = MatrixWorld.facts(row.cell("target"), row.cell("labels"));
            String needs = row.policy()
                    .approval(facts)
                    .map(rule -> needs(rule, Instant.parse(row.cell("at"))))
                    .orElse("unknown");
            assertThat(needs).isEqualTo(row.cell("needs"));
        });
    }

    @TestFactory
    Stream<DynamicTest> approvers() {
        return tests("counts", row -> {
            Facts facts = MatrixWorld.facts(row.cell("target"), row.cell("labels"));
            Answer counts =
                    row.policy().approval(facts).orElseThrow().counts(world.person(row.cell("approver")), world);
            assertThat(counts).hasToString(row.cell("counts").toUpperCase(java.util.Locale.ROOT));
        });
    }

    @TestFactory
    Stream<DynamicTest> quietHours() {
        return tests("quiet at", row -> {
            QuietHours hours = row.policy().approvalByDefault().quietHours().orElseThrow();
            Instant time = Instant.parse(row.cell("quiet at"));
            assertThat(hours.covers(time)).isEqualTo(row.cell("answer").equals("yes"));
            if (!row.cell("until").isEmpty()) {
                String until = hours.end(time)
                        .map(end -> end.toOffsetDateTime().toString())
                        .orElse("never");
                assertThat(until).isEqualTo(row.cell("until"));
            } else {
                assertThat(hours.end(time).map(ZonedDateTime::toInstant)).contains(time);
            }
        });
    }

    @Test
    void matrix_hasEnoughCases() {
        assertThat(matrix.rowsWith("who")).hasSizeGreaterThan(150);
        assertThat(matrix.rowsWith("needs")).isNotEmpty();
        assertThat(matrix.rowsWith("counts")).isNotEmpty();
        assertThat(matrix.rowsWith("quiet at")).isNotEmpty();
    }

    private void permission(Matrix.Row row) {
        Subject who = world.person(row.cell("who"));
        Permission wanted = Permission.parse(row.cell("wants")).orElseThrow();
        Optional<String> channel = world.channel(row.cell("from"));
        String target = row.cell("target");
        String place;
        Verdict verdict;
        if (wanted == Permission.CONFIGURE) {
            String[] part = target.split("/");
            Optional<String> namespace = part.length == 1 ? Optional.empty() : Optional.of(part[1]);
            place = namespace.map(n -> "the namespace " + n).orElse("all namespaces");
            verdict = row.policy().mayConfigure(who, part[0], namespace, channel, world);
        } else {
            place = target.substring(target.indexOf('/') + 1);
            verdict = row.policy().allows(who, wanted, MatrixWorld.facts(target, row.cell("labels")), channel, world);
        }
        String answer = row.cell("answer");
        if (answer.equals("yes")) {
            assertThat(verdict).isEqualTo(Verdict.ALLOWED);
        } else {
            String why =
                    sentence(row, answer).replace("{do}", doing(wanted, place)).replace("{target}", place);
            assertThat(verdict).isEqualTo(new Verdict(false, why, answer.contains("?"), elsewhere(answer)));
        }
    }

    private static boolean elsewhere(String answer) {
        return Set.of("not here", "only elsewhere").contains(answer) || answer.startsWith("bound: ");
    }

    private String sentence(Matrix.Row row, String answer) {
        String exact = sentences.get(answer);
        if (exact != null) {
            return exact.replace(
                    "{…}", row.cell("target").substring(row.cell("target").indexOf('/') + 1));
        }
        return sentences.entrySet().stream()
                .filter(e -> e.getValue().contains("{…}") && answer.startsWith(e.getKey() + " "))
                .map(e ->
                        e.getValue().replace("{…}", answer.substring(e.getKey().length() + 1)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such answer: " + answer));
    }

    private static String doing(Permission permission, String place) {
        return switch (permission) {
            case VIEW -> "look at " + place;
            case REQUEST -> "ask for a rollback of " + place;
            case APPROVE -> "approve a rollback of " + place;
            case BREAK_GLASS -> "roll back " + place + " without an approval";
            case CONFIGURE -> "lock or unlock rollbacks in " + place;
        };
    }

    private static String needs(ApprovalRule rule, Instant at) {
        OptionalInt required = rule.required(at);
        return required.isEmpty()
                ? "refused"
                : required.getAsInt() + " within " + rule.expiry().toMinutes() + "m"
                        + (rule.requireReason() ? ", reason" : "")
                        + (rule.typeToConfirm() ? ", typed" : "")
                        + (rule.requesterMayApprove() ? ", own" : "");
    }

    private Stream<DynamicTest> tests(String column, Consumer<Matrix.Row> test) {
        return matrix.rowsWith(column)
                .map(row -> DynamicTest.dynamicTest(
                        "line " + row.line() + ": "
                                + String.join(
                                        " ",
                                        row.cells().values().stream()
                                                .filter(c -> !c.isEmpty())
                                                .toList()),
                        () -> test.accept(row)));
    }
}
