package dev.stepback.sandbox.cluster;

import java.util.List;

/** A request that the API server refuses, with the code and reason of its {@code Status}. */
public final class ApiException extends RuntimeException {
    /** The reason of a cause that the answer does not show. */
    static final String UNTOLD = "";

    private final int code;
    private final String reason;
    private final List<Cause> causes;

    /** @param reason such as {@code NotFound} or {@code Conflict} */
    public ApiException(int code, String reason, String message) {
        this(code, reason, message, List.of());
    }

    /** @param causes what {@code details.causes} says */
    ApiException(int code, String reason, String message, List<Cause> causes) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.causes = List.copyOf(causes);
    }

    /**
     * One of several reasons of a refusal.
     *
     * @param field the field that is wrong, empty when it is the whole request
     */
    record Cause(String reason, String field, String message) {}

    public int code() {
        return code;
    }

    public String reason() {
        return reason;
    }

    List<Cause> causes() {
        return causes;
    }
}
