package dev.stepback.sandbox.cluster;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that the API server refuses, with the code and reason of its {@code Status}. */
public final class ApiException extends RuntimeException {
    /** The reason of a cause that the answer does not show. */
    static final String UNTOLD = "";

    private final int code;
    private final String reason;
    private final List<Cause> causes;
    private final @Nullable About about;

    /** @param reason such as {@code NotFound} or {@code Conflict} */
    public ApiException(int code, String reason, String message) {
        this(code, reason, message, List.of(), null);
    }

    /** @param about what the details name, in place of what the address names */
    public ApiException(int code, String reason, String message, About about) {
        this(code, reason, message, List.of(), about);
    }

    /** @param causes what {@code details.causes} says */
    ApiException(int code, String reason, String message, List<Cause> causes) {
        this(code, reason, message, causes, null);
    }

    private ApiException(int code, String reason, String message, List<Cause> causes, @Nullable About about) {
        super(message);
        this.code = code;
        this.reason = reason;
        this.causes = List.copyOf(causes);
        this.about = about;
    }

    /**
     * What a refusal is about.
     *
     * @param group empty for the core group
     * @param resource empty when it is about a path
     * @param name empty when it is about no single object
     */
    public record About(String group, String resource, String name) {}

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

    @Nullable
    About about() {
        return about;
    }

    List<Cause> causes() {
        return causes;
    }
}
