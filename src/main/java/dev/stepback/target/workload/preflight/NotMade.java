package dev.stepback.target.workload.preflight;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Denial;
import dev.stepback.target.Finding;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The checks that could not be made. Those that the same kept from being made are told in one line. */
final class NotMade {
    private static final int FORBIDDEN = 403;

    private final String who;
    private final Redactor redactor;
    private final Map<String, List<Missed>> byReason = new LinkedHashMap<>();

    /** @param who makes the checks, in words */
    NotMade(String who, Redactor redactor) {
        this.who = who;
        this.redactor = redactor;
    }

    /** @param wanted what it would have taken; may be empty */
    private record Missed(String check, String wanted) {
        @Override
        public String toString() {
            return '"' + check + '"' + (wanted.isEmpty() ? "" : " (" + wanted + ")");
        }
    }

    void add(String check, String why) {
        add(why, new Missed(check, ""));
    }

    void add(String check, Throwable cause) {
        String message = OneLine.of(redactor.text(String.valueOf(cause.getMessage())), 300);
        if (cause instanceof KubernetesClientException e && e.getCode() == FORBIDDEN) {
            Optional<Denial> denial = Denial.of(e);
            String lacks = who + " lacks the permission";
            add(
                    denial.isPresent() ? lacks : lacks + " (" + message + ")",
                    new Missed(
                            check,
                            denial.map(d -> d.verb() + " " + d.resource()).orElse("")));
        } else {
            add(message, new Missed(check, ""));
        }
    }

    private void add(String why, Missed missed) {
        byReason.computeIfAbsent(why, reason -> new ArrayList<>()).add(missed);
    }

    List<Finding> findings() {
        return byReason.entrySet().stream()
                .map(reason -> Finding.warn(
                        reason.getValue().get(0).check(),
                        "%s %s could not be made: %s."
                                .formatted(
                                        reason.getValue().size() == 1 ? "Check" : "Checks",
                                        reason.getValue().stream()
                                                .map(Missed::toString)
                                                .collect(Collectors.joining(", ")),
                                        reason.getKey())))
                .toList();
    }
}
