package dev.stepback.rollback.event;

import dev.stepback.rollback.Approval;
import dev.stepback.rollback.Audited;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Something that a Rollback tells of itself, as a Kubernetes Event tells it.
 *
 * @param key tells it from the others of the same Rollback, always the same
 * @param reason in CamelCase, as in {@code RollbackApproved}
 * @param words a person's, or why; may be empty
 */
record Happening(String key, Instant at, boolean warning, String reason, String what, String words) {

    /** @param safe makes text from outside fit to be shown; each piece by itself, for together they may look like another */
    String message(UnaryOperator<String> safe) {
        return safe.apply(what) + (words.isBlank() ? "" : ": " + safe.apply(words));
    }

    /** All that has happened so far, oldest first. */
    static List<Happening> of(Rollback rollback) {
        RollbackSpec spec = rollback.getSpec();
        RollbackStatus status = rollback.statusOrInitial();
        List<Happening> all = new ArrayList<>();
        all.add(new Happening(
                "requested",
                Instant.parse(rollback.getMetadata().getCreationTimestamp()),
                false,
                "RollbackRequested",
                sentence(
                        rollback,
                        asked(spec) + "requested by " + spec.requestedBy().name()),
                spec.reason()));
        IntStream.range(0, spec.decisions().size())
                .mapToObj(i -> decided(rollback, i, spec.decisions().get(i)))
                .forEach(all::add);
        IntStream.range(0, spec.choices().size())
                .mapToObj(i -> chosen(rollback, i, spec.choices().get(i)))
                .forEach(all::add);
        Instant patchedAt = status.patchedAt();
        if (patchedAt != null) {
            String what = changes(rollback) + ", " + Audited.letGo(rollback);
            all.add(new Happening("patched", patchedAt, false, "RollbackPatched", sentence(rollback, what), ""));
        }
        Instant finishedAt = status.finishedAt();
        boolean told =
                status.phase() == Phase.REJECTED && Approval.rejection(rollback).isPresent();
        if (finishedAt != null && !told) {
            String phase = status.phase().apiName();
            all.add(new Happening(
                    "finished",
                    finishedAt,
                    status.phase() == Phase.FAILED,
                    "Rollback" + phase,
                    sentence(rollback, phase.toLowerCase(Locale.ROOT)),
                    status.message()));
        }
        return all;
    }

    private static Happening decided(Rollback rollback, int number, RollbackSpec.Decision decision) {
        Verdict verdict = decision.verdict();
        String what = switch (verdict) {
            case Approved -> "approved by ";
            case Rejected -> "rejected by ";
            case BrokeGlass -> "break glass, without approval, by ";
        };
        String reason = decision.reason() == null ? "" : decision.reason();
        return new Happening(
                "decision-" + number,
                decision.at(),
                verdict == Verdict.BrokeGlass,
                "Rollback" + verdict,
                sentence(rollback, what + decision.by().name()),
                reason);
    }

    private static Happening chosen(Rollback rollback, int number, RollbackSpec.Choice choice) {
        String what = choice.updateLastApplied()
                ? "shall roll back last-applied-configuration, too, chosen by "
                : "shall leave last-applied-configuration as it is, chosen by ";
        return new Happening(
                "choice-" + number,
                choice.at(),
                false,
                "RollbackChoice",
                sentence(rollback, what + choice.by().name()),
                "");
    }

    /** What shall be done, when it is not to go back. */
    private static String asked(RollbackSpec spec) {
        return spec.wanted() == Operation.UNDO ? "" : "(" + spec.wanted().lowerCase() + ") ";
    }

    private static String changes(Rollback rollback) {
        Operation operation = rollback.getSpec().wanted();
        Plan plan = rollback.statusOrInitial().plan();
        if (operation != Operation.UNDO || plan == null) {
            return operation == Operation.UNDO ? "changes it" : operation.lowerCase() + "s it";
        }
        return "restores revision " + plan.to().number() + " in place of "
                + plan.from().number();
    }

    private static String sentence(Rollback rollback, String what) {
        return "Rollback " + rollback.getMetadata().getName() + " " + what;
    }
}
