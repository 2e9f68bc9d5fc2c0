package dev.stepback.target;

/** What a step is run with. */
public record StepContext(TargetRef target, String targetUid, PlannedStep step, Attribution attribution) {}
