package dev.stepback.config;

import java.util.List;

/**
 * The configuration file has changed.
 *
 * @param inForce false when it has mistakes, so that what was in force stays
 * @param changed the sections of which something else is in force now
 * @param sentence for operators; names lines and keys, never values
 */
public record Reload(boolean inForce, List<String> changed, String sentence) {
    public Reload {
        changed = List.copyOf(changed);
    }
}
