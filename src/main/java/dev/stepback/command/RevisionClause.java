package dev.stepback.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The part of a command that says which revisions it means: one to go to, a time, or those of a diff. */
final class RevisionClause {
    static final Pattern NUMBER = Pattern.compile("[#v]?(\\d{1,18})");

    private final Misfit misfit;
    private final Supplier<String> target;
    private final List<Long> compared = new ArrayList<>();
    private @Nullable Long to;
    private PastTime.Read.@Nullable Ok time;

    /** @param target the target of an example */
    RevisionClause(Misfit misfit, Supplier<String> target) {
        this.misfit = misfit;
        this.target = target;
    }

    void to(String typed) {
        Optional<Long> number = number(typed);
        if (number.isEmpty()) {
            misfit.found(
                    "“" + TargetText.echo(typed) + "” is not the number of a revision, nor a time.",
                    target.get() + " to 3");
        } else if (number.get() == 0) {
            misfit.found("Revisions are counted from 1; without “to”, Stepback proposes one.", target.get());
        } else if (to != null && !to.equals(number.get())) {
            misfit.found("Two revisions: " + to + " and " + number.get() + ".", target.get() + " to " + to);
        } else {
            to = number.get();
        }
    }

    void time(PastTime.Read read) {
        if (read instanceof PastTime.Read.Bad bad) {
            misfit.found(bad.problem() + "; " + PastTime.EXAMPLES + ".", target.get() + " to 20m ago");
        } else if (read instanceof PastTime.Read.Ok ok) {
            if (time != null && !time.equals(ok)) {
                misfit.found(
                        "Two times: " + time.understood() + " and " + ok.understood() + ".",
                        target.get() + " to 20m ago");
            } else {
                time = ok;
            }
        }
    }

    /** One of those between which the difference is. */
    void compare(String typed) {
        Optional<Long> number = number(typed);
        if (number.isEmpty() || number.get() == 0) {
            misfit.found("“" + TargetText.echo(typed) + "” is not the number of a revision.", target.get() + " diff 3");
        } else if (compared.size() == 2) {
            misfit.found(
                    "A diff is between two revisions at most.",
                    target.get() + " diff " + compared.get(0) + " " + compared.get(1));
        } else {
            compared.add(number.get());
        }
    }

    static Optional<Long> number(String typed) {
        Matcher m = NUMBER.matcher(typed);
        return m.matches() ? Optional.of(Long.parseLong(m.group(1))) : Optional.empty();
    }

    OptionalLong to() {
        return to == null ? OptionalLong.empty() : OptionalLong.of(to);
    }

    Optional<PastTime.Read.Ok> time() {
        return Optional.ofNullable(time);
    }

    /** Whether a revision or a time was named to go to. */
    boolean named() {
        return to != null || time != null;
    }

    /** Two at most. */
    List<Long> compared() {
        return compared;
    }
}
