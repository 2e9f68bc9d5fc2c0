package dev.stepback.target;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * What one preflight check found.
 *
 * @param check a short stable name, such as {@code dry-run}
 * @param message one sentence that says what it means and what to do
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Finding(String check, Verdict verdict, String message) {

    /** Whether the rollback may go on. */
    public enum Verdict {
        PASS,
        WARN,
        BLOCK
    }

    public static Finding pass(String check, String message) {
        return new Finding(check, Verdict.PASS, message);
    }

    public static Finding warn(String check, String message) {
        return new Finding(check, Verdict.WARN, message);
    }

    public static Finding block(String check, String message) {
        return new Finding(check, Verdict.BLOCK, message);
    }
}
