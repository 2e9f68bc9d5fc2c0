package dev.stepback.target.workload;

import dev.stepback.target.Attribution;
import dev.stepback.target.History;
import dev.stepback.target.Revision;
import dev.stepback.text.Conjunction;
import dev.stepback.text.OneLine;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** The change cause that a rollback leaves, so that {@code kubectl rollout history} tells who, why and how. */
public final class ChangeCause {
    public static final String ANNOTATION = "kubernetes.io/change-cause";

    private static final int MAX_LENGTH = 500;
    private static final int MAX_ROLLBACK = 100;
    private static final int MAX_NAME = 50;
    private static final int NAMED = 3;

    private static final String RESTORED = "rolled back to revision %s ";
    private static final Pattern OWN = Pattern.compile("(rolled back to revision \\S+|restarted) by Stepback \\(");

    private ChangeCause() {}

    /**
     * One line, at most {@value #MAX_LENGTH} characters. What is bounded by itself leaves room for the reason at the end.
     *
     * @param safe masks secrets in what people wrote
     */
    public static String of(String revision, Attribution attribution, UnaryOperator<String> safe) {
        return line(RESTORED.strip().formatted(revision), attribution, safe);
    }

    /** As {@link #of}, for a restart. */
    public static String restarted(Attribution attribution, UnaryOperator<String> safe) {
        return line("restarted", attribution, safe);
    }

    /**
     * The same revisions, but for change causes that a later release has only inherited: what a rollback wrote onto the workload
     * stays there until somebody writes another one, and controllers copy it onto each new revision.
     *
     * @param history of one workload, newest first
     */
    public static List<Revision> withoutInherited(List<Revision> history) {
        return history.stream()
                .map(revision -> isInherited(revision, history) ? revision.withChangeCause("") : revision)
                .toList();
    }

    /** That of a release which the controller has not seen yet, or empty when it is only inherited. */
    static String ofTheNext(History history, String cause) {
        boolean inherited = OWN.matcher(cause).lookingAt()
                && history.revisions().stream()
                        .anyMatch(revision -> revision.changeCause().equals(cause));
        return inherited ? "" : cause;
    }

    private static boolean isInherited(Revision revision, List<Revision> history) {
        return OWN.matcher(revision.changeCause()).lookingAt()
                && !restored(revision)
                && history.stream()
                        .filter(other -> other.changeCause().equals(revision.changeCause()))
                        .anyMatch(other -> other.number() < revision.number() || restored(other));
    }

    /** Whether it once had the number that its change cause names. */
    private static boolean restored(Revision revision) {
        return revision.earlierNumbers().stream()
                .anyMatch(number -> revision.changeCause().startsWith(RESTORED.formatted(number)));
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
