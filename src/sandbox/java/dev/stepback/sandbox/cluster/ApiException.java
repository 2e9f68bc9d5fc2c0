package dev.stepback.sandbox.cluster;

/** A request that the API server refuses, with the code and reason of its {@code Status}. */
public final class ApiException extends RuntimeException {
    private final int code;
    private final String reason;

    /** @param reason such as {@code NotFound} or {@code Conflict} */
    public ApiException(int code, String reason, String message) {
        super(message);
        this.code = code;
        this.reason = reason;
    }

    public int code() {
        return code;
    }

    public String reason() {
        return reason;
    }
}
