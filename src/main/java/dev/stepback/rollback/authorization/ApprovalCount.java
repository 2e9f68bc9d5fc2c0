package dev.stepback.rollback.authorization;

import dev.stepback.policy.Answer;
import dev.stepback.policy.ApprovalRule;
import dev.stepback.policy.Directory;
import dev.stepback.policy.Facts;
import dev.stepback.policy.Permission;
import dev.stepback.policy.Policy;
import dev.stepback.policy.Subject;
import dev.stepback.policy.Verdict;
import dev.stepback.policy.Who;
import dev.stepback.rollback.Approval;
import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.text.Conjunction;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Counts the approvals of a Rollback. Whoever is named in a decision is authorized again, as if it came now from where it
 * came: rights may have been lost since, and a decision may have been written into the Rollback by hand.
 */
final class ApprovalCount {
    private final Directory directory;
    private final Clock clock;

    ApprovalCount(Directory directory, Clock clock) {
        this.directory = directory;
        this.clock = clock;
    }

    /** @param closed why nothing may start there now, whoever approves; or empty */
    Approvals of(Rollback rollback, Policy policy, Facts facts, String closed) {
        Optional<ApprovalRule> known = policy.approval(facts);
        if (known.isEmpty()) {
            return new Approvals(
                    ApprovalRule.DEFAULT.required(),
                    List.of(),
                    false,
                    true,
                    Sentences.unknownRule(facts.target()),
                    "",
                    false,
                    ApprovalRule.DEFAULT.expiry(),
                    new Approvals.Terms(facts.cluster(), List.of(), true));
        }
        return new Count(rollback, policy, facts, known.get()).approvals(closed);
    }

    private final class Count {
        private final Rollback rollback;
        private final Policy policy;
        private final Facts facts;
        private final ApprovalRule rule;
        private final List<Decision> counted = new ArrayList<>();
        private final List<String> lost = new ArrayList<>();
        private final List<String> unsure = new ArrayList<>();
        /** Of those, who only clicked where the name has to be typed by now. */
        private final Set<String> clicked = new LinkedHashSet<>();

        Count(Rollback rollback, Policy policy, Facts facts, ApprovalRule rule) {
            this.rollback = rollback;
            this.policy = policy;
            this.facts = facts;
            this.rule = rule;
        }

        Approvals approvals(String closed) {
            Instant now = clock.instant();
            OptionalInt wanted = rule.required(now);
            int required = wanted.orElse(rule.required());
            RollbackSpec spec = rollback.getSpec();
            Verdict mayAsk = allows(
                    spec.requestedBy(),
                    Permission.REQUEST,
                    Optional.of(spec.origin().channel()));
            boolean mayGoAlone = allows(
                            spec.requestedBy(),
                            Permission.BREAK_GLASS,
                            Optional.of(spec.origin().channel()))
                    .allowed();
            count(Approval.brokeGlass(rollback), Permission.BREAK_GLASS);
            boolean alone = !counted.isEmpty();
            if (!alone) {
                count(Approval.recorded(rollback), Permission.APPROVE);
            }
            boolean enough = alone || (wanted.isPresent() && counted.size() >= required);
            String missing = closed;
            boolean undecided = false;
            if (missing.isEmpty() && !enough) {
                missing = missing(wanted, required, now);
                undecided = !unsure.isEmpty();
            } else if (missing.isEmpty() && counted.isEmpty() && !mayAsk.allowed()) {
                // Nobody else has looked at it: at least who asked must be allowed to.
                missing = mayAsk.undecided()
                        ? "Slack could not tell me whether "
                                + spec.requestedBy().name() + " may still ask for this."
                        : spec.requestedBy().name() + " may no longer ask for this.";
                undecided = mayAsk.undecided();
            }
            return new Approvals(
                    required,
                    counted,
                    missing.isEmpty(),
                    undecided,
                    missing,
                    refused(mayAsk),
                    mayGoAlone,
                    rule.expiry(),
                    new Approvals.Terms(
                            facts.cluster(), rule.from().stream().map(Who::text).toList(), rule.typeToConfirm()));
        }

        private String refused(Verdict mayAsk) {
            String name = rollback.getSpec().requestedBy().name();
            if (!mayAsk.allowed() && !mayAsk.undecided()) {
                return name + " may not "
                        + Permission.REQUEST.phrase(
                                facts.operation(), facts.target().toString());
            }
            return rule.requireReason() && rollback.getSpec().reason().isBlank()
                    ? "a " + facts.operation().noun() + " of " + facts.target() + " needs a reason"
                    : "";
        }

        private String missing(OptionalInt wanted, int required, Instant now) {
            StringBuilder text = new StringBuilder(
                    wanted.isEmpty() ? Sentences.quiet(rule, now) : Approvals.tally(counted.size(), required));
            if (!lost.isEmpty()) {
                text.append(" By now the approval of ")
                        .append(Conjunction.of(lost))
                        .append(" does not count: the policy does not let them approve this.");
            }
            if (!clicked.isEmpty()) {
                List<String> names = Approval.recorded(rollback).stream()
                        .filter(d -> clicked.contains(d.by().id()))
                        .map(d -> d.by().name())
                        .distinct()
                        .toList();
                text.append(" By now an approval has to be typed, so the click of ")
                        .append(Conjunction.of(names))
                        .append(" does not count; press Approve again.");
            }
            if (!unsure.isEmpty()) {
                text.append(" Slack could not tell me whether the approval of ")
                        .append(Conjunction.of(unsure))
                        .append(" still counts; I ask again.");
            }
            return text.toString();
        }

        /** Of each person one decision counts at most, whatever their accounts: the first that does. */
        private void count(List<Decision> decisions, Permission permission) {
            Map<String, Answer> answers = new LinkedHashMap<>();
            Map<String, Decision> first = new LinkedHashMap<>();
            for (Decision decision : decisions) {
                String id = decision.by().id();
                Answer known = answers.get(id);
                Answer answer = known == Answer.YES ? known : answer(decision, permission);
                if (known == null || answer.compareTo(known) > 0) {
                    answers.put(id, answer);
                    first.put(id, decision);
                }
            }
            answers.forEach((id, answer) -> {
                Decision decision = Objects.requireNonNull(first.get(id));
                switch (answer) {
                    case YES -> {
                        if (counted.stream().noneMatch(d -> subject(d.by()).sameHuman(subject(decision.by())))) {
                            counted.add(decision);
                        }
                    }
                    case NO -> {
                        if (!clicked.contains(id)) {
                            lost.add(decision.by().name());
                        }
                    }
                    case UNKNOWN -> unsure.add(decision.by().name());
                }
            });
        }

        private Answer answer(Decision decision, Permission permission) {
            Person requester = rollback.getSpec().requestedBy();
            boolean refused = permission == Permission.BREAK_GLASS
                    ? !decision.by().same(requester)
                    : !rule.requesterMayApprove() && subject(decision.by()).sameHuman(subject(requester));
            if (refused) {
                return Answer.NO;
            }
            Verdict verdict = allows(decision.by(), permission, Optional.ofNullable(decision.channel()));
            if (!verdict.allowed()) {
                return verdict.undecided() ? Answer.UNKNOWN : Answer.NO;
            }
            if (permission != Permission.APPROVE) {
                return Answer.YES;
            }
            Answer counts = rule.counts(subject(decision.by()), directory);
            if (rule.typeToConfirm() && !decision.wasTyped() && counts != Answer.NO) {
                clicked.add(decision.by().id());
                return Answer.NO;
            }
            return counts;
        }

        private Verdict allows(Person person, Permission permission, Optional<String> channel) {
            return policy.allows(subject(person), permission, facts, channel, directory);
        }

        private Subject subject(Person person) {
            return directory.subject(person.id(), person.team());
        }
    }
}
