package dev.stepback.target;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import org.jspecify.annotations.Nullable;

/**
 * One difference between two pod templates, already redacted and ready to be shown.
 *
 * @param path where, in words that a reader of the manifest knows, such as {@code containers[checkout].image}
 * @param before the value that goes away; null when the rollback adds it
 * @param after the value that comes; null when the rollback removes it
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Change(
        String path, @Nullable String before, @Nullable String after) {}
