package dev.stepback.target.workload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Change;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TemplateDiffPropertyTest {
    private final TemplateDiff diff = new TemplateDiff(new Redactor(List.of(Pattern.compile("SECRET"))));

    @Property(tries = 200)
    void aTemplate_differsFromItselfInNothing(@ForAll("environments") Map<String, String> environment) {
        assertThat(diff.between(template(environment), template(environment))).isEmpty();
    }

    @Property(tries = 200)
    void differentTemplates_haveChanges_theSameOnesBackwards(
            @ForAll("environments") Map<String, String> a, @ForAll("environments") Map<String, String> b) {
        List<Change> there = diff.between(template(a), template(b));
        List<Change> back = diff.between(template(b), template(a));

        assertThat(there.isEmpty()).isEqualTo(a.equals(b));
        assertThat(there)
                .extracting(Change::path)
                .containsExactlyInAnyOrderElementsOf(
                        back.stream().map(Change::path).toList());
    }

    @Property(tries = 200)
    void aSecretLookingValue_isNeverShown(@ForAll("environments") Map<String, String> a) {
        String secret = "s3cr3t-value-of-mine";
        Map<String, String> b = new java.util.TreeMap<>(a);
        b.put("MY_SECRET", secret);

        assertThat(diff.between(template(a), template(b)).toString()).doesNotContain(secret);
    }

    @Property(tries = 200)
    void aShownValue_isOneLineAndBounded(@ForAll("environments") Map<String, String> a) {
        assertThat(diff.between(template(Map.of()), template(a)))
                .allSatisfy(change ->
                        assertThat(change.after()).doesNotContain("\n").hasSizeLessThan(250));
    }

    @Provide
    Arbitrary<Map<String, String>> environments() {
        Arbitrary<String> names = Arbitraries.of("A", "B", "LOG_LEVEL", "API_SECRET", "LONG");
        return Arbitraries.maps(names, Arbitraries.strings().ofMaxLength(400)).ofMaxSize(5);
    }

    private static PodTemplate template(Map<String, String> environment) {
        ObjectNode template = Json.object();
        ObjectNode container = template.putObject("spec").putArray("containers").addObject();
        ArrayNode variables = container.put("name", "a").putArray("env");
        environment.forEach(
                (name, value) -> variables.addObject().put("name", name).put("value", value));
        return new PodTemplate(template);
    }
}
