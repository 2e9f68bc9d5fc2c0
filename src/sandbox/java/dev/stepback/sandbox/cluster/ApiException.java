package dev.stepback.sandbox.cluster;

import java.util.List;

/** A request that the API server refuses, with the code and reason of its {@code Status}. */
public final class ApiException extends RuntimeException {
    private final int code;
    private final String reason;
    private final List<String> causes;

    /** @param reason such as {@code NotFound} or {@code Conflict} */
    public ApiException(int code, String reason, String message) {
        this(code, reason, message, List.of());
    }

    /** @param causes what {@code details.causes} says, one message each */
    ApiException(int code, String reason, String message, List<String> causes) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.causes = List.copyOf(causes);
    }

    public int code() {
        return code;
    }

    public String reason() {
        return reason;
    }

    List<String> causes() {
        return causes;
    }
}
