package dev.stepback.rollback;

/**
 * Somebody who asked, approved or cancelled.
 *
 * @param id the Slack user id, such as {@code U012ABC}
 * @param name the display name at that time; text from outside
 */
public record Person(String id, String name) {}
