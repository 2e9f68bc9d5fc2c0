package dev.stepback.target;

/**
 * What a step is run with.
 *
 * @param guard asked by {@link Step#start} right before it changes anything
 */
public record StepContext(TargetRef target, String targetUid, PlannedStep step, Attribution attribution, Guard guard) {}
