package dev.stepback.target.deployment;

import dev.stepback.target.Attribution;

/** The change cause that a rollback leaves, so that {@code kubectl rollout history} tells who, why and how. */
final class ChangeCause {
    private static final int MAX_LENGTH = 300;

    private ChangeCause() {}

    /** One line, at most {@value #MAX_LENGTH} characters. */
    static String of(String revision, Attribution attribution) {
        StringBuilder text = new StringBuilder("rolled back to revision ")
                .append(revision)
                .append(" by Stepback (")
                .append(attribution.rollback())
                .append("), asked by ")
                .append(attribution.requester());
        if (!attribution.approvers().isEmpty()) {
            text.append(", approved by ").append(String.join(" and ", attribution.approvers()));
        }
        if (attribution.brokeGlass()) {
            text.append(", without approval (break glass)");
        }
        if (!attribution.reason().isBlank()) {
            text.append(": ").append(attribution.reason());
        }
        return Text.line(text.toString(), MAX_LENGTH);
    }
}
