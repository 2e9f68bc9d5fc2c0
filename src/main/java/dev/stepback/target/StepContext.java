package dev.stepback.target;

import java.time.DateTimeException;
import java.util.function.Function;

/**
 * What a step is run with.
 *
 * @param guard asked by {@link Step#start} right before it changes anything
 */
public record StepContext(TargetRef target, String targetUid, PlannedStep step, Attribution attribution, Guard guard) {

    /** @throws UnusableStepException when the step has no such parameter */
    public String parameter(String name) {
        String value = step.parameters().get(name);
        if (value == null) {
            throw new UnusableStepException("the step " + step.type() + " has no parameter " + name);
        }
        return value;
    }

    /**
     * @param parser throws when the text is none of its
     * @throws UnusableStepException when the step has no such parameter, or none that can be read
     */
    public <T> T parameter(String name, Function<String, T> parser) {
        String text = parameter(name);
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new UnusableStepException(
                    "the parameter %s of the step %s cannot be read: %s".formatted(name, step.type(), e.getMessage()),
                    e);
        }
    }
}
