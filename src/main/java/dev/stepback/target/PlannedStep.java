package dev.stepback.target;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.Duration;
import java.util.Map;

/**
 * One step of a plan as it is stored and approved.
 *
 * @param type names the {@link Step} that carries it out
 * @param description one line for people, such as {@code Restore the template of revision 3}
 * @param parameters all that the step needs; strings, so that what is hashed is byte for byte what is stored
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record PlannedStep(String type, String description, Map<String, String> parameters) {

    /** The parameter, {@code true}, of a step that is taken whatever becomes of the others. */
    public static final String ALWAYS = "always";

    /** The parameter, {@code true}, of a step that is done in parts. */
    public static final String PARTS = "parts";

    /**
     * Whether it is taken at the end also when the rollback failed, was stopped or cancelled, once anything may have been
     * changed. Such steps are the last of a plan.
     */
    @JsonIgnore
    public boolean always() {
        return parameters.containsKey(ALWAYS);
    }

    /** Whether it can be stopped between its parts, each of which may take as long as a rollout. */
    @JsonIgnore
    public boolean inParts() {
        return parameters.containsKey(PARTS);
    }

    /** How the types of steps end that check something first: they change nothing of the target. */
    public static final String CHECK = ".check";

    /** Whether it only checks, and changes nothing of the target. */
    @JsonIgnore
    public boolean checks() {
        return type.endsWith(CHECK);
    }

    /** The parameter of a check that says how long it may be, as ISO 8601 has it, until it is known how it ended. */
    public static final String LONGEST = "longest";

    /** How long it may be until it is known how a check ended; zero when it does not say. */
    @JsonIgnore
    public Duration longest() {
        String longest = parameters.get(LONGEST);
        return longest == null ? Duration.ZERO : Duration.parse(longest);
    }

    /** Whether it does nothing but wait, so that nothing is gained by leaving it out. */
    @JsonIgnore
    public boolean waits() {
        return type.endsWith(".await-rollout");
    }

    /** Whether it replaces one pod that nobody else would. */
    @JsonIgnore
    public boolean replacesPod() {
        return type.endsWith(".replace-pod");
    }

    /** Whether it deletes pods, which is another right than to change the target. */
    @JsonIgnore
    public boolean deletesPods() {
        return type.endsWith("-pod") || type.endsWith("-pods");
    }
}
