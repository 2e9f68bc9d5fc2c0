package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.Writer;
import dev.stepback.target.workload.preflight.Reference.Use;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Whether everything that the restored template names still exists, and who changed what of it since. */
final class References {
    static final String CHECK = "references";
    private static final int FORBIDDEN = 403;
    private static final int MAX_NAMED = 150;

    /** What came with a release may be made that much later than its revision. */
    private static final Duration SAME_RELEASE = Duration.ofMinutes(1);

    /** Times are to the second. */
    private static final Duration SAME_WRITE = Duration.ofSeconds(1);

    private final ApiServer api;
    private final Clock clock;

    References(ApiServer api, Clock clock) {
        this.api = api;
        this.clock = clock;
    }

    private enum State {
        THERE,
        GONE,
        FORBIDDEN,
        NOT_ANSWERED
    }

    /** @param changed who changed its data after the revision was made, and when; empty when nobody did */
    private record Seen(Reference reference, State state, Optional<String> changed) {
        boolean is(State other) {
            return state == other;
        }

        boolean gone(Use use) {
            return state == State.GONE && reference.use() == use;
        }
    }

    List<Finding> findings(Preflight.Subject subject) {
        String namespace = subject.workload().ref().namespace();
        Instant since = Json.createdAt(subject.revision());
        List<Seen> seen = SideBySide.all(Reference.in(subject.restored()).stream()
                .map(reference -> (Callable<Seen>) () -> look(namespace, reference, since))
                .toList());
        List<Finding> findings = new ArrayList<>();
        missing(seen, subject.to()).ifPresent(findings::add);
        titles(seen.stream().filter(s -> s.gone(Use.PULLS_IMAGES)))
                .ifPresent(names -> findings.add(Finding.warn(
                        CHECK,
                        "No longer there: %s. Bring it back, or nodes without the images cannot pull them."
                                .formatted(names.text()))));
        titles(seen.stream().filter(s -> s.is(State.FORBIDDEN)))
                .ifPresent(names -> findings.add(Finding.warn(
                        CHECK,
                        "%s lacks the permission to see whether %s still there.".formatted(api.who(), names.are()))));
        titles(seen.stream().filter(s -> s.is(State.NOT_ANSWERED)))
                .ifPresent(names -> findings.add(Finding.warn(
                        CHECK, "The API server did not say whether %s still there.".formatted(names.are()))));
        List<String> changed = seen.stream()
                .flatMap(s -> s.changed().stream().map(by -> s.reference().title() + " (" + by + ")"))
                .toList();
        if (!changed.isEmpty()) {
            findings.add(Finding.warn(
                    "configuration",
                    "Changed after that revision was made, and not rolled back: %s. Can revision %d live with that?"
                            .formatted(new Names(changed).text(), subject.to())));
        }
        if (findings.isEmpty()) {
            findings.add(Finding.pass(CHECK, "All that the revision refers to still exists."));
        }
        return findings;
    }

    private Seen look(String namespace, Reference reference, Instant since) {
        try {
            Optional<ObjectNode> found = ApiServer.isName(reference.name())
                    ? api.metadata(
                            "/api/v1/namespaces/" + namespace + "/" + reference.resource() + "/" + reference.name())
                    : Optional.empty();
            boolean stays = found.filter(object -> !object.path("metadata").has("deletionTimestamp"))
                    .isPresent();
            return new Seen(
                    reference,
                    stays ? State.THERE : State.GONE,
                    found.filter(object -> reference.hasData())
                            .flatMap(object -> changedSince(reference, object, since)));
        } catch (KubernetesClientException e) {
            return new Seen(
                    reference, e.getCode() == FORBIDDEN ? State.FORBIDDEN : State.NOT_ANSWERED, Optional.empty());
        }
    }

    private static Optional<Finding> missing(List<Seen> seen, long revision) {
        List<Reference> gone = seen.stream()
                .filter(s -> s.gone(Use.NEEDED))
                .map(Seen::reference)
                .toList();
        List<String> generated =
                gone.stream().filter(Reference::generated).map(Reference::name).toList();
        String help = generated.isEmpty()
                ? (gone.size() == 1 ? "Bring it back first." : "Bring them back first.")
                : "%s of a kustomize generator: build the commit of revision %d again and apply %s from it first."
                        .formatted(
                                generated.size() == 1 ? "That is the name" : "These are names",
                                revision,
                                new Names(generated).text());
        return titles(seen.stream().filter(s -> s.gone(Use.NEEDED)))
                .map(names -> Finding.block(
                        CHECK,
                        "The restored pods could not start: %s no longer there. %s".formatted(names.are(), help)));
    }

    /** Some of them, to be named in a sentence. */
    private record Names(List<String> all) {
        /** As many as leave room for what to do about them. */
        String text() {
            StringBuilder named = new StringBuilder(OneLine.of(all.get(0), MAX_NAMED));
            int shown = 1;
            while (shown < all.size() && named.length() + all.get(shown).length() <= MAX_NAMED) {
                named.append(", ").append(all.get(shown++));
            }
            return named + (shown < all.size() ? " and %d more".formatted(all.size() - shown) : "");
        }

        String are() {
            return text() + (all.size() == 1 ? " is" : " are");
        }
    }

    private static Optional<Names> titles(Stream<Seen> seen) {
        List<String> titles = seen.map(s -> s.reference().title()).toList();
        return titles.isEmpty() ? Optional.empty() : Optional.of(new Names(titles));
    }

    /** Who changed labels or annotations only has not changed what pods read. */
    private Optional<String> changedSince(Reference reference, ObjectNode object, Instant since) {
        Optional<Writer> last = Writer.ofContent(object);
        Instant created = Json.createdAt(object);
        Instant at = last.map(Writer::time).orElse(created);
        boolean asCreated = !at.isAfter(created.plus(SAME_WRITE));
        // Files are applied in any order; and under a generated name there is the same again.
        boolean belongs = asCreated && (reference.generated() || created.isBefore(since.plus(SAME_RELEASE)));
        String by = last.map(writer -> "by " + OneLine.of(writer.manager(), 60) + ", ")
                .orElse("");
        return at.isAfter(since) && !belongs ? Optional.of(by + ago(at)) : Optional.empty();
    }

    private String ago(Instant at) {
        Duration age = Duration.between(at, clock.instant());
        if (age.toDays() > 0) {
            return age.toDays() + " d ago";
        }
        return age.toHours() > 0 ? age.toHours() + " h ago" : Math.max(0, age.toMinutes()) + " min ago";
    }
}
