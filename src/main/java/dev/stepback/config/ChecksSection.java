package dev.stepback.config;

import dev.stepback.policy.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The section {@code checks}. */
final class ChecksSection {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?");
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Duration KEEP = Duration.ofDays(1);

    private ChecksSection() {}

    static List<DataCheckRule> read(Section root) {
        root.notBare("checks");
        List<String> names = new ArrayList<>();
        return root.each("checks", List.of(), s -> {
            String name = s.required(
                    "name",
                    "",
                    "a name of lower-case letters, digits and dashes, 40 at most; write mysql-data",
                    Values.matching(NAME));
            if (!name.isEmpty() && names.contains(name)) {
                s.problem("name", "is the name of another check above");
            }
            names.add(name);
            Scope scope = ScopeKeys.read(s);
            return new DataCheckRule(
                    name,
                    scope,
                    s.value("timeout", TIMEOUT, Values.A_DURATION, Values::duration),
                    s.value("keep", KEEP, Values.A_DURATION, Values::duration),
                    s.value("environment", false, Values.A_TRUTH_VALUE, Values::bool),
                    JobTemplate.read(s));
        });
    }
}
