package dev.stepback.target;

/** A stored step that cannot be carried out as it is. No plan of Stepback's own has one; somebody has altered it. */
public final class UnusableStepException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public UnusableStepException(String message) {
        super(message);
    }

    public UnusableStepException(String message, Throwable cause) {
        super(message, cause);
    }
}
