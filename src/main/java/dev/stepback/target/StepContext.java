package dev.stepback.target;

/**
 * What a step is run with.
 *
 * @param guard asked by {@link Step#start} right before it changes anything
 */
public record StepContext(TargetRef target, String targetUid, PlannedStep step, Attribution attribution, Guard guard) {

    /** @throws IllegalArgumentException when the step has no such parameter: no plan of Stepback's own lacks one */
    public String parameter(String name) {
        String value = step.parameters().get(name);
        if (value == null) {
            throw new IllegalArgumentException("step " + step.type() + " has no parameter " + name);
        }
        return value;
    }
}
