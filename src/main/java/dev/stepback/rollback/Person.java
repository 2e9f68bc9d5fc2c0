package dev.stepback.rollback;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who asked, approved or cancelled. It is the id that says who it is.
 *
 * @param id the Slack user id, such as {@code U012ABC}
 * @param name the display name at that time; text from outside
 * @param team id of the Slack workspace that the delivery named as theirs; null when it named none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Person(
        @Required String id,
        @Required String name,
        @Nullable String team) {

    public Person(String id, String name) {
        this(id, name, null);
    }

    /** Whether both are the same human being, whatever they were called at the time. */
    public boolean same(Person other) {
        return id.equals(other.id);
    }
}
