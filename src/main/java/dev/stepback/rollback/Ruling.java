package dev.stepback.rollback;

import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.text.Conjunction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What becomes of a decision that somebody wants to make. Whether it counts is found out when it matters. */
public sealed interface Ruling {

    /** It is to be appended to those that there are. */
    record Take(RollbackSpec.Decision decision) implements Ruling {}

    /** It is to be appended to those that there are. */
    record Choose(RollbackSpec.Choice choice) implements Ruling {
        /** For the log. */
        public String said() {
            return "chosen: last-applied " + (choice.updateLastApplied() ? "too" : "stays");
        }
    }

    record AlreadyRecorded() implements Ruling {}

    record TooLate(String why) implements Ruling {}

    record NeedsTyping(String expected) implements Ruling {}

    record Denied(String why) implements Ruling {}

    /** A shorter abbreviation of a hash could mean another plan. */
    int SHORTEST_HASH = 12;

    String ANOTHER_PLAN = "The plan is another one now; look at the card again.";
    String PLANNED_AGAIN = "The plan is just being made again, because somebody chose another way; nothing was decided."
            + " Look at the card again in a moment.";
    String TOO_MUCH = "So much was decided about it that no more fits; cancel it and ask for the rollback again.";

    static Ruling on(Matter matter, NewDecision wanted, Instant now) {
        Verdict verdict = wanted.verdict();
        var authorization = matter.may(wanted.by(), verdict);
        if (!authorization.allowed()) {
            return new Denied(authorization.why());
        }
        Optional<String> hash = matter.hash().filter(h -> abbreviates(wanted.planHash(), h));
        if (hash.isEmpty()) {
            return new TooLate(ANOTHER_PLAN);
        }
        Optional<Ruling> settled = settled(matter, wanted, hash.get());
        if (settled.isPresent()) {
            return settled.get();
        }
        Optional<String> tooLate = tooLate(matter, now);
        if (tooLate.isPresent()) {
            return new TooLate(tooLate.get());
        }
        Optional<String> toType = matter.toType(verdict);
        if (toType.isPresent() && !confirmed(wanted, toType.get())) {
            return new NeedsTyping(toType.get());
        }
        return new Take(new RollbackSpec.Decision(
                verdict,
                wanted.by().person(),
                now,
                hash.get(),
                wanted.by().channel(),
                wanted.reason().isBlank() ? null : wanted.reason().strip(),
                toType.isPresent() ? true : null));
    }

    static Ruling on(Matter matter, NewChoice wanted, Instant now) {
        var authorization = matter.mayChoose(wanted.by());
        if (!authorization.allowed()) {
            return new Denied(authorization.why());
        }
        if (matter.updatesLastApplied() == wanted.updateLastApplied()) {
            return new AlreadyRecorded();
        }
        Optional<String> hash = matter.hash().filter(h -> abbreviates(wanted.planHash(), h));
        if (hash.isEmpty()) {
            return new TooLate(ANOTHER_PLAN);
        }
        Optional<String> tooLate = rejected(matter, hash.get())
                .or(() -> matter.plannedAgain() ? Optional.of(PLANNED_AGAIN) : Optional.empty())
                .or(() -> tooLate(matter, now));
        if (tooLate.isPresent() || matter.choices().size() >= SpecRules.MAX_DECISIONS) {
            return new TooLate(tooLate.orElse(TOO_MUCH));
        }
        return new Choose(
                new RollbackSpec.Choice(wanted.updateLastApplied(), wanted.by().person(), now, hash.get()));
    }

    private static Optional<String> rejected(Matter matter, String hash) {
        return matter.decisions().stream()
                .filter(d -> d.planHash().equals(hash) && d.verdict() == Verdict.Rejected)
                .findFirst()
                .map(d -> d.by().name() + " has already rejected it.");
    }

    /** What there is to say when it is decided already, or this person has said the same before. */
    private static Optional<Ruling> settled(Matter matter, NewDecision wanted, String hash) {
        Verdict verdict = wanted.verdict();
        List<RollbackSpec.Decision> earlier = matter.decisions().stream()
                .filter(d -> d.planHash().equals(hash))
                .toList();
        if (verdict == Verdict.Rejected && earlier.stream().anyMatch(d -> d.verdict() == verdict)) {
            return Optional.of(new AlreadyRecorded());
        }
        Optional<String> rejected = rejected(matter, hash);
        if (rejected.isPresent()) {
            return rejected.map(TooLate::new);
        }
        if (matter.plannedAgain()) {
            // What was approved before counts no more, so it is not "recorded already" either.
            return verdict == Verdict.Rejected ? Optional.empty() : Optional.of(new TooLate(PLANNED_AGAIN));
        }
        boolean saidBefore = earlier.stream().anyMatch(d -> said(d, verdict, wanted.by()));
        if (matter.phase() != Phase.AWAITING_APPROVAL) {
            return saidBefore ? Optional.of(new AlreadyRecorded()) : Optional.empty();
        }
        if (earlier.isEmpty()) {
            return Optional.empty();
        }
        Approvals approvals = matter.approvals();
        if (approvals.counted().stream().anyMatch(d -> said(d, verdict, wanted.by()))) {
            return Optional.of(new AlreadyRecorded());
        }
        if (!approvals.granted() || approvals.unapproved()) {
            // Also when the same was said before, but does not count: it may now.
            return Optional.empty();
        }
        String approvers = Conjunction.of(
                approvals.counted().stream().map(d -> d.by().name()).toList());
        return Optional.of(
                verdict == Verdict.Rejected
                        ? new TooLate(approvers + " has already approved it.")
                        : new AlreadyRecorded());
    }

    private static boolean said(RollbackSpec.Decision earlier, Verdict verdict, Actor by) {
        return earlier.verdict() == verdict && earlier.by().same(by.person());
    }

    /** Phones begin words with capitals, and nothing that is typed here differs by them alone. */
    private static boolean confirmed(NewDecision wanted, String expected) {
        boolean said =
                wanted.verdict() != Verdict.BrokeGlass || !wanted.reason().isBlank();
        return said
                && wanted.typed()
                        .filter(t -> t.strip().equalsIgnoreCase(expected))
                        .isPresent();
    }

    static Optional<String> tooLate(Matter matter, Instant now) {
        if (matter.phase() != Phase.AWAITING_APPROVAL) {
            return Optional.of("The rollback does not wait for an approval any more: it is "
                    + matter.phase().apiName() + ".");
        }
        RollbackSpec.Cancellation cancellation = matter.cancellation();
        if (cancellation != null) {
            return Optional.of(cancellation.by().name() + " has cancelled it.");
        }
        if (matter.decisions().size() >= SpecRules.MAX_DECISIONS) {
            return Optional.of(TOO_MUCH);
        }
        Instant expiresAt = matter.expiresAt();
        return expiresAt == null || now.isBefore(expiresAt)
                ? Optional.empty()
                : Optional.of("The request has expired; ask for the rollback again.");
    }

    static boolean abbreviates(String shorter, String hash) {
        return shorter.length() >= SHORTEST_HASH && hash.startsWith(shorter);
    }
}
