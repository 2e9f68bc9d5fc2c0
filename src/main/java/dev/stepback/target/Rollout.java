package dev.stepback.target;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * Where a rollout stands.
 *
 * @param sentence kubectl's own status sentence
 * @param desired how many replicas are wanted
 * @param updated how many run the new template
 * @param available how many of those are available
 * @param old how many still run an older template
 * @param problems pods that are not ready, with the reason; at most {@value #MAX_PROBLEMS}
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Rollout(String sentence, int desired, int updated, int available, int old, List<PodProblem> problems) {
    public static final int MAX_PROBLEMS = 10;

    /**
     * A pod that is not ready.
     *
     * @param reason such as {@code CrashLoopBackOff} or {@code ImagePullBackOff}
     * @param detail what else is known, such as {@code exit code 1, 4 restarts}; redacted; may be empty
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record PodProblem(String pod, String reason, String detail) {}
}
