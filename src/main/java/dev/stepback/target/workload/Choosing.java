package dev.stepback.target.workload;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.BadRevision;
import dev.stepback.target.Finding;
import dev.stepback.target.History;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.PointInTime;
import dev.stepback.target.Revision;
import dev.stepback.target.Timeline;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which revision a request means. */
public final class Choosing {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final int NAMED = 3;

    private Choosing() {}

    /** The one that is asked for, or proposed; empty when there is none, see {@link Refusals#nowhere}. */
    public static Optional<Revision> wanted(History history, PlanRequest request) {
        if (request.toRevision().isPresent()) {
            return history.revision(request.toRevision().getAsLong());
        }
        if (request.toTime().isPresent()) {
            return Timeline.at(history, request.toTime().get()) instanceof Timeline.Answer.Was was
                    ? Optional.of(was.revision())
                    : Optional.empty();
        }
        return history.proposed(request.knownBad().keySet());
    }

    /** The revision that the template is, or will be once the controller has seen it. */
    public static PlannedRevision current(History history, LiveWorkload workload, Redactor redactor) {
        Optional<Revision> current = history.current().stream()
                .mapToObj(history::revision)
                .flatMap(Optional::stream)
                .findFirst();
        return current.map(PlannedRevision::of)
                .orElseGet(() -> new PlannedRevision(
                        history.next(),
                        "",
                        workload.template().images(redactor),
                        ChangeCause.ofTheNext(history, redactor.text(workload.changeCause()))));
    }

    /** What has to be said about the choice. */
    public static List<Finding> findings(History history, PlanRequest request, Revision to) {
        List<Finding> findings = new ArrayList<>();
        request.toTime().ifPresent(time -> findings.addAll(then(history, time, to)));
        BadRevision bad = request.knownBad().get(to.id());
        if (bad != null) {
            findings.add(Finding.warn(
                    "known-bad",
                    "Revision %d is known bad: %s. Is it the one you want?".formatted(to.number(), bad.sentence())));
        }
        if (request.toRevision().isPresent() || request.toTime().isPresent()) {
            return findings;
        }
        passedOver(history, request, to).ifPresent(findings::add);
        if (history.neverSeenAvailable(to)) {
            findings.add(Finding.warn(
                    "never-available",
                    "Nothing shows that revision %d was ever available. Is it the one you want?"
                            .formatted(to.number())));
        }
        return findings;
    }

    /** Why it is not simply the one before the current. */
    private static Optional<Finding> passedOver(History history, PlanRequest request, Revision to) {
        List<Revision> between = history.revisions().stream()
                .filter(r -> r.number() > to.number()
                        && r.number() < history.current().orElse(Long.MAX_VALUE))
                .toList();
        if (between.isEmpty()) {
            return Optional.empty();
        }
        int named = Math.min(NAMED, between.size());
        return Optional.of(Finding.pass(
                Plan.PASSED_OVER,
                "Passed over, because known bad: %s%s."
                        .formatted(
                                Refusals.why(between.subList(0, named), request.knownBad()),
                                between.size() > named ? " and %d more".formatted(between.size() - named) : "")));
    }

    private static List<Finding> then(History history, PointInTime time, Revision to) {
        if (!(Timeline.at(history, time) instanceof Timeline.Answer.Was was)
                || !was.revision().id().equals(to.id())) {
            return List.of();
        }
        if (!was.doubt().isEmpty()) {
            return List.of(Finding.warn(
                    "time",
                    "Revision %d is the most likely one for %s, but not for sure. %s"
                            .formatted(was.revision().number(), text(time.at()), was.doubt())));
        }
        return List.of(Finding.pass(
                "time",
                "Revision %d was the current one at %s%s%s."
                        .formatted(
                                was.revision().number(),
                                text(time.at()),
                                was.since()
                                        .map(since -> ", since " + text(since))
                                        .orElse(""),
                                was.until()
                                        .map(until -> ", until " + text(until))
                                        .orElse(""))));
    }

    /** As in {@code 2026-11-21 13:05 UTC}. */
    static String text(Instant time) {
        return TIME.format(time);
    }
}
