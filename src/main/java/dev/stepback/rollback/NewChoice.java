package dev.stepback.rollback;

/**
 * A choice as it came from Slack.
 *
 * @param planHash the hash of the plan that was looked at; may be abbreviated as on a button, to at least 12 digits
 * @param updateLastApplied whether what {@code kubectl apply} remembers shall be rolled back, too
 */
public record NewChoice(Actor by, String planHash, boolean updateLastApplied) {}
