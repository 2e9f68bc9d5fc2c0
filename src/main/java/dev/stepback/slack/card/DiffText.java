package dev.stepback.slack.card;

import dev.stepback.target.Change;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes in a unified form: the path, then {@code -} and {@code +} lines. */
public final class DiffText {
    private static final int FENCE_LIMIT = 2900;
    private static final int FENCE_MARKS = 8;

    private DiffText() {}

    /**
     * Code fences that fit into one section each.
     *
     * @param left how many changes are not shown
     */
    public record Fences(List<String> texts, int left) {}

    /**
     * @param maxFences how many sections there may be
     * @param maxChange how many characters one change may take; longer ones end with an ellipsis
     */
    static Fences fences(List<Change> changes, int maxFences, int maxChange) {
        List<String> fences = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        for (int i = 0; i < changes.size(); i++) {
            String change = Mrkdwn.fenced(unified(changes.get(i)), Math.min(maxChange, FENCE_LIMIT - FENCE_MARKS));
            if (current.length() > 0 && current.length() + 1 + change.length() > FENCE_LIMIT - FENCE_MARKS) {
                fences.add(fence(current));
                current.setLength(0);
                if (fences.size() == maxFences) {
                    return new Fences(List.copyOf(fences), changes.size() - i);
                }
            }
            current.append(current.length() == 0 ? "" : "\n").append(change);
        }
        if (current.length() > 0) {
            fences.add(fence(current));
        }
        return new Fences(List.copyOf(fences), 0);
    }

    /** All of it, unescaped, for a file. */
    public static String file(List<Change> changes) {
        StringBuilder out = new StringBuilder();
        for (Change change : changes) {
            out.append(Mrkdwn.visible(unified(change))).append('\n');
        }
        return out.toString();
    }

    private static String fence(StringBuilder content) {
        return "```\n" + content + "\n```";
    }

    private static String unified(Change change) {
        return change.path() + lines("- ", change.before()) + lines("+ ", change.after());
    }

    private static String lines(String sign, @Nullable String value) {
        return value == null ? "" : "\n" + sign + value.strip().replace("\n", "\n" + sign);
    }
}
