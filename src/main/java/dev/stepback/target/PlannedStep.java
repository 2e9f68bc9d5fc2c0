package dev.stepback.target;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
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

    /** Whether it deletes pods, which is another right than to change the target. */
    @JsonIgnore
    public boolean deletesPods() {
        return type.endsWith("-pod") || type.endsWith("-pods");
    }
}
