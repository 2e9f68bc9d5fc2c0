package dev.stepback.check;

/**
 * One line of the table that {@code check} prints.
 *
 * @param item what was looked at, such as {@code patch deployments.apps}
 * @param detail what was found; when not ok, what to do
 */
public record Row(String area, String item, boolean ok, String detail) {}
