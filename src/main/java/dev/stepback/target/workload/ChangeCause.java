package dev.stepback.target.workload;

import dev.stepback.target.Attribution;
import dev.stepback.text.Conjunction;
import dev.stepback.text.OneLine;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The change cause that a rollback leaves, so that {@code kubectl rollout history} tells who, why and how. */
public final class ChangeCause {
    public static final String ANNOTATION = "kubernetes.io/change-cause";

    private static final int MAX_LENGTH = 500;
    private static final int MAX_ROLLBACK = 100;
    private static final int MAX_NAME = 50;
    private static final int NAMED = 3;

    private ChangeCause() {}

    /**
     * One line, at most {@value #MAX_LENGTH} characters. What is bounded by itself leaves room for the reason at the end.
     *
     * @param safe masks secrets in what people wrote
     */
    public static String of(String revision, Attribution attribution, UnaryOperator<String> safe) {
        return line("rolled back to revision " + revision, attribution, safe);
    }

    /** As {@link #of}, for a restart. */
    public static String restarted(Attribution attribution, UnaryOperator<String> safe) {
        return line("restarted", attribution, safe);
    }

    private static String line(String what, Attribution attribution, UnaryOperator<String> safe) {
        StringBuilder text = new StringBuilder(what)
                .append(" by Stepback (")
                .append(OneLine.of(attribution.rollback(), MAX_ROLLBACK))
                .append("), asked by ")
                .append(name(attribution.requester(), safe))
                .append(letGo(attribution, safe));
        if (!attribution.reason().isBlank()) {
            text.append(": ").append(safe.apply(attribution.reason()));
        }
        return OneLine.of(text.toString(), MAX_LENGTH);
    }

    private static String letGo(Attribution attribution, UnaryOperator<String> safe) {
        if (attribution.brokeGlass()) {
            return ", without approval (break glass)";
        }
        return attribution.approvers().isEmpty()
                ? ", no approval needed"
                : ", approved by " + names(attribution.approvers(), safe);
    }

    private static String names(List<String> people, UnaryOperator<String> safe) {
        List<String> names = new ArrayList<>(
                people.stream().limit(NAMED).map(p -> name(p, safe)).toList());
        if (people.size() > NAMED) {
            names.add((people.size() - NAMED) + " more");
        }
        return Conjunction.of(names);
    }

    private static String name(String person, UnaryOperator<String> safe) {
        return OneLine.of(safe.apply(person), MAX_NAME);
    }
}
