package dev.stepback.rollback.group;

import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Midway;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What people are told of a group. */
final class Sentence {
    private Sentence() {}

    /** @param all how many targets there are */
    static String refused(List<Rollback> refused, int all) {
        String why = refused.stream().map(Sentence::with).collect(Collectors.joining("; "));
        return refused.size() == all ? why : why + ". Nothing was begun; ask again without " + names(refused);
    }

    /** @param changed of each what has changed, as {@link #about} says it */
    static String outdated(List<String> changed) {
        return String.join("; ", changed) + "; the approval was for all of them";
    }

    static String about(Rollback rollback, String what) {
        return rollback.target().name() + ": " + what.replaceAll("\\.$", "");
    }

    static String failed(List<Rollback> failed) {
        return failed.stream().map(Sentence::with).collect(Collectors.joining("; "));
    }

    /** What was said, and that these were changed after that. */
    static String late(String before, List<Rollback> late) {
        return (before.isBlank() ? "" : before.replaceAll("\\.$", "") + "; ")
                + names(late) + (late.size() == 1 ? " was" : " were")
                + " changed after that all the same, the change was on its way already: look at "
                + (late.size() == 1 ? "it" : "them");
    }

    /** What became of each, in the end. */
    static String summary(GroupView view) {
        List<String> parts = new ArrayList<>();
        List<Rollback> failed = those(
                view,
                r -> phase(r) != Phase.SUCCEEDED
                        && !untouched(r)
                        && !stopped(r, Midway.Pause)
                        && !stopped(r, Midway.GoOn));
        List<Rollback> standing = those(view, r -> stopped(r, Midway.Pause));
        List<Rollback> goingOn = those(view, r -> stopped(r, Midway.GoOn));
        List<Rollback> untouched = those(view, Sentence::untouched);
        List<Rollback> done = those(view, r -> phase(r) == Phase.SUCCEEDED);
        if (!failed.isEmpty()) {
            parts.add(failed(failed));
        }
        String gone = IntStream.range(0, view.size())
                .filter(i -> view.member(i).isEmpty() && !isDone(view, i))
                .mapToObj(i -> view.target(i).name())
                .collect(Collectors.joining(", "));
        if (!gone.isEmpty()) {
            parts.add("not known what became of " + gone + ", somebody deleted the Rollback");
        }
        if (!standing.isEmpty()) {
            parts.add("stopped where " + (standing.size() == 1 ? "it was: " : "they were: ") + names(standing));
        }
        if (!goingOn.isEmpty()) {
            parts.add("followed no longer: " + names(goingOn));
        }
        if (!untouched.isEmpty()) {
            parts.add("not begun: " + names(untouched));
        }
        if (!done.isEmpty()) {
            String all = done.size() == 1 ? "it is done" : "all " + done.size() + " are done";
            parts.add(parts.isEmpty() ? all : "done: " + names(done));
        }
        return String.join("; ", parts);
    }

    /** As was noted while its Rollback was still there. */
    private static boolean isDone(GroupView view, int i) {
        List<RollbackGroupStatus.Member> noted = view.group().statusOrInitial().members();
        return i < noted.size() && noted.get(i).phase() == Phase.SUCCEEDED;
    }

    private static boolean untouched(Rollback rollback) {
        return phase(rollback) == Phase.CANCELLED && rollback.statusOrInitial().patchedAt() == null;
    }

    /** In the middle of its rollout, in this way; what could not be stopped so says why. */
    private static boolean stopped(Rollback rollback, Midway midway) {
        Cancellation cancellation = rollback.getSpec().cancellation();
        return phase(rollback) == Phase.CANCELLED
                && rollback.statusOrInitial().patchedAt() != null
                && cancellation != null
                && cancellation.midway() == midway
                && (midway == Midway.GoOn || rollback.statusOrInitial().why().isBlank());
    }

    private static List<Rollback> those(GroupView view, Predicate<Rollback> which) {
        return view.members().stream().filter(which).toList();
    }

    private static String with(Rollback rollback) {
        // Not cut: a piece of a secret is none that anybody recognizes afterwards.
        String message = rollback.statusOrInitial().message();
        return about(rollback, message.isBlank() ? phase(rollback).apiName() : message);
    }

    private static String names(List<Rollback> rollbacks) {
        return rollbacks.stream().map(r -> r.target().name()).collect(Collectors.joining(", "));
    }

    private static Phase phase(Rollback rollback) {
        return rollback.statusOrInitial().phase();
    }
}
