package dev.stepback.slack.card;

import dev.stepback.rollback.Rollback;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;

/** How each operation is spoken of. */
record Speech(Operation operation) {

    static Speech of(Rollback rollback) {
        return new Speech(rollback.getSpec().wanted());
    }

    String emoji() {
        return switch (operation) {
            case UNDO -> "⏪";
            case PAUSE -> "⏸️";
            case RESUME -> "▶️";
            case RESTART -> "🔁";
        };
    }

    /** As a card is headed. */
    String noun() {
        return operation == Operation.UNDO ? "Rollback" : operation.apiName();
    }

    String lowerCase() {
        return operation.noun();
    }

    /** What an approval answers, about a target and where it goes; without the question mark. */
    String question(String target, String fromTo) {
        return operation == Operation.UNDO
                ? "Roll " + target + " back " + fromTo
                : operation.apiName() + " " + target + after(fromTo);
    }

    /** On a button that waits for nobody. */
    String now() {
        return operation == Operation.UNDO ? "Roll back now" : operation.apiName() + " now";
    }

    /** What happens to a target, as in {@code is paused}. */
    String happens() {
        return switch (operation) {
            case UNDO -> "is rolled back";
            case PAUSE -> "is paused";
            case RESUME -> "is resumed";
            case RESTART -> "is restarted";
        };
    }

    /** What the first change has done. */
    String changed(Plan plan) {
        return switch (operation) {
            case UNDO -> "the template of revision " + plan.to().number() + " is restored, the rollout begins";
            case PAUSE -> "it is paused";
            case RESUME -> "it is resumed, the rollout goes on";
            case RESTART -> "new pods of the same template are asked for, the rollout begins";
        };
    }

    /**
     * What is the case in the end.
     *
     * @param pods whether there are pods to which it has come
     */
    String done(Plan plan, boolean pods) {
        String revision = "revision " + plan.to().number();
        return switch (operation) {
            case UNDO ->
                pods
                        ? "the template of " + revision + " is live"
                        : "the template of " + revision + " is restored, but no pod gets it yet";
            case PAUSE -> "it is paused, and nothing rolls out until it is resumed";
            case RESUME -> pods ? "it is resumed, and " + revision + " is live" : "it is resumed";
            case RESTART -> pods ? "its pods are new" : "the restart is asked for, but no pod is new yet";
        };
    }

    /** What comes of stopping its rollout in the middle, in plain text. */
    static String standing(Rollback rollback) {
        boolean deletes = rollback.statusOrInitial().replacesPods();
        if (rollback.target().kind() == Kind.DEPLOYMENT) {
            return rollback.target() + " is paused at once; pods of both revisions serve until somebody goes on.";
        }
        return rollback.target()
                + (deletes
                        ? ": no other pod is replaced until somebody goes on. Pods of both revisions serve."
                        : ": its partition is raised at once, so that no other pod is replaced, also by a deploy,"
                                + " until somebody goes on. Pods of both revisions serve.");
    }

    /** With a space before it, or nothing. */
    static String after(String words) {
        return words.isEmpty() ? "" : " " + words;
    }

    /** With a comma before it, or nothing. */
    static String comma(String words) {
        return words.isEmpty() ? "" : ", " + words;
    }
}
