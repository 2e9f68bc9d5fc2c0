package dev.stepback.rollback;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.generator.annotation.Required;

/**
 * Somebody who asked, approved or cancelled.
 *
 * @param id the Slack user id, such as {@code U012ABC}
 * @param name the display name at that time; text from outside
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Person(@Required String id, @Required String name) {}
