package dev.stepback.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Kubernetes' label selector as kubectl takes it: {@code a=b, c!=d, e in (f, g), h notin (i), j, !k}. As there, {@code !=}
 * and {@code notin} also match what does not have the label.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors">Label selectors</a>
 */
public record LabelSelector(List<Requirement> requirements) {
    public static final LabelSelector ANY = new LabelSelector(List.of());

    private static final String KEY =
            "((?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)";
    private static final String VALUE = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
    private static final Pattern SET =
            Pattern.compile(KEY + "\\s+(in|notin)\\s*\\((\\s*" + VALUE + "\\s*(?:,\\s*" + VALUE + "\\s*)*)\\)");
    private static final Pattern EQUALITY = Pattern.compile(KEY + "\\s*(==|=|!=)\\s*((?:" + VALUE + ")?)");
    private static final Pattern EXISTENCE = Pattern.compile("(!?)\\s*" + KEY);

    public LabelSelector {
        requirements = List.copyOf(requirements);
    }

    /** Empty when {@code text} is not one; a blank text is not one either. */
    public static Optional<LabelSelector> parse(String text) {
        List<Requirement> requirements = new ArrayList<>();
        // A comma inside of parentheses does not part requirements.
        for (String part : text.split(",(?![^()]*\\))", -1)) {
            Optional<Requirement> requirement = requirement(part.strip());
            if (requirement.isEmpty()) {
                return Optional.empty();
            }
            requirements.add(requirement.get());
        }
        return Optional.of(new LabelSelector(requirements));
    }

    private static Optional<Requirement> requirement(String text) {
        Matcher set = SET.matcher(text);
        if (set.matches()) {
            Set<String> values =
                    Stream.of(set.group(3).split(",", -1)).map(String::strip).collect(Collectors.toSet());
            return Optional.of(new Requirement(set.group(1), set.group(2).equals("in"), values));
        }
        Matcher equality = EQUALITY.matcher(text);
        if (equality.matches()) {
            boolean equal = !equality.group(2).equals("!=");
            return Optional.of(new Requirement(equality.group(1), equal, Set.of(equality.group(3))));
        }
        Matcher existence = EXISTENCE.matcher(text);
        return existence.matches()
                ? Optional.of(
                        new Requirement(existence.group(2), existence.group(1).isEmpty(), Set.of()))
                : Optional.empty();
    }

    public boolean matches(Map<String, String> labels) {
        return requirements.stream().allMatch(r -> r.matches(labels));
    }

    /** Whether it asks for nothing. */
    public boolean isEmpty() {
        return requirements.isEmpty();
    }

    /**
     * One condition.
     *
     * @param wanted whether the label must be there with one of the values, or must not
     * @param values empty for any value
     */
    public record Requirement(String key, boolean wanted, Set<String> values) {
        public Requirement {
            values = Set.copyOf(values);
        }

        boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return wanted == (value != null && (values.isEmpty() || values.contains(value)));
        }
    }
}
