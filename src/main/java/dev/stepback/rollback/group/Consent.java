package dev.stepback.rollback.group;

import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.RollbackSpec.Decision;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** How the approvals of a group stand: as those of its strictest targets together. */
final class Consent {
    private Consent() {}

    /** @param each the approvals of every Rollback of the group that has something to do */
    static Approvals of(List<Approvals> each) {
        if (each.isEmpty()) {
            return new Approvals(1, List.of(), false, false, "There is nothing to approve.", "", false, Duration.ZERO);
        }
        List<Decision> counted = each.get(0).counted().stream()
                .filter(d -> each.stream().allMatch(a -> a.counted().stream().anyMatch(o -> same(o, d))))
                .toList();
        boolean unapproved = each.stream().allMatch(Approvals::unapproved);
        boolean all = each.stream().allMatch(Approvals::granted);
        // Who approves, approves all of it: nothing is let go by one person here and by another there.
        boolean granted = all && (unapproved || !counted.isEmpty());
        int most = each.stream()
                .filter(a -> !a.granted())
                .mapToInt(Approvals::required)
                .max()
                .orElse(1);
        String missing = each.stream()
                // Where another of them still needs more, fewer says nothing.
                .filter(a -> a.required() == most
                        || !a.missing().equals(Approvals.tally(a.counted().size(), a.required())))
                .map(Approvals::missing)
                .filter(m -> !m.isEmpty())
                .distinct()
                .collect(Collectors.joining(" "));
        return new Approvals(
                each.stream().mapToInt(Approvals::required).max().orElse(1),
                counted,
                granted,
                !granted && each.stream().anyMatch(Approvals::undecided),
                all && !granted ? "Nobody whose approval counts for all of the targets has approved yet." : missing,
                each.stream()
                        .map(Approvals::refused)
                        .filter(r -> !r.isEmpty())
                        .findFirst()
                        .orElse(""),
                each.stream().allMatch(Approvals::breakGlass),
                each.stream()
                        .map(Approvals::expiry)
                        .min(Comparator.naturalOrder())
                        .orElse(Duration.ZERO),
                new Approvals.Terms(
                        each.get(0).terms().cluster(),
                        each.stream()
                                .flatMap(a -> a.terms().from().stream())
                                .distinct()
                                .toList(),
                        each.stream().anyMatch(a -> a.terms().typeToConfirm())));
    }

    private static boolean same(Decision one, Decision other) {
        return one.verdict() == other.verdict()
                && one.by().same(other.by())
                && one.at().equals(other.at());
    }
}
