package dev.stepback.slack.card;

import com.slack.api.model.block.LayoutBlock;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.target.Finding;
import dev.stepback.target.Operation;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.PlannedStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The one message that shows a rollback: a pure function of the Rollback and the time. */
public final class Card {
    private static final int CARD_FENCES = 1;
    private static final int CARD_CHANGE_LIMIT = 600;
    private static final int MAX_FINDINGS = 8;
    private static final Set<String> LASTING = Set.of(
            "managed-by",
            "last-applied",
            "last-applied-stale",
            "services",
            "configuration",
            "replicas",
            "partition",
            "on-delete",
            "schema");
    /** What the first steps put an end to. */
    private static final Set<String> PASSING = Set.of("rollout", "stuck-pods");
    /** Where nothing is wrong, but people want to know: why this revision, and how the rollout will go. */
    private static final Map<String, String> TELLING = Map.of(Plan.PASSED_OVER, "⏭️ ", "time", "🕑 ", "pace", "⏱️ ");

    private Card() {}

    /** Valid whatever the Rollback contains. */
    public static Message of(Rollback rollback, Instant now) {
        RollbackStatus status = rollback.statusOrInitial();
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(Kit.header(title(rollback)));
        blocks.add(Kit.section(StateLine.of(rollback, now)));
        Plan plan = status.plan();
        if (plan != null) {
            blocks.add(
                    plan.from().equals(plan.to())
                            ? Kit.section(revision("At", plan.to(), plan.from()))
                            : Kit.fields(
                                    revision("From", plan.from(), plan.to()), revision("To", plan.to(), plan.from())));
        }
        blocks.add(Kit.section(request(rollback)));
        if (Progress.shown(status)) {
            blocks.addAll(Progress.blocks(status));
        }
        if (plan != null) {
            addPlan(blocks, rollback, plan);
        }
        blocks.add(Kit.context(footer(rollback)));
        Buttons.of(rollback).ifPresent(blocks::add);
        return new Message(fallback(rollback), blocks);
    }

    private static String title(Rollback rollback) {
        boolean alone = ApprovalLines.brokenGlass(rollback).isPresent();
        return (alone ? "🚨" : Speech.of(rollback).emoji()) + " "
                + Speech.of(rollback).noun() + " of " + rollback.target().name() + " in "
                + rollback.target().namespace()
                + Words.cluster(rollback).map(c -> " · " + c).orElse("")
                + (alone ? ", without an approval" : "");
    }

    /** The least that a card can be, for when Slack refuses the full one. */
    public static Message minimal(Rollback rollback, Instant now) {
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(Kit.section(fallback(rollback) + "\n" + StateLine.of(rollback, now)));
        Buttons.of(rollback).ifPresent(blocks::add);
        return new Message(fallback(rollback), blocks);
    }

    /** For when the Rollback is there no more. */
    public static Message deleted(Rollback rollback) {
        return DeletedCard.of(what(rollback), rollback.statusOrInitial().phase());
    }

    private static String what(Rollback rollback) {
        return Speech.of(rollback).noun() + " of " + Mrkdwn.line(Words.target(rollback), 500)
                + Speech.after(Words.fromTo(rollback));
    }

    static String fallback(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        return Words.emoji(status.phase()) + " " + what(rollback) + ": "
                + (status.phase() != Phase.AWAITING_APPROVAL
                        ? status.phase().apiName()
                        : rollback.choicePending()
                                ? "planning again"
                                : status.startsAt() == null
                                        ? status.phase().apiName()
                                        : "starts by itself unless somebody presses Stop")
                + (status.phase() == Phase.AWAITING_APPROVAL
                        ? ", asked for by "
                                + Mrkdwn.quoted(rollback.getSpec().requestedBy().name(), 80)
                        : "");
    }

    private static String request(Rollback rollback) {
        RollbackSpec spec = rollback.getSpec();
        StringBuilder out = new StringBuilder("*Asked by* " + Mrkdwn.mention(spec.requestedBy()));
        out.append(Words.then(spec.toTime()));
        if (!spec.reason().isBlank()) {
            out.append(" because ").append(Mrkdwn.quoted(spec.reason(), 700));
        }
        if (spec.wantedOptions().updateLastApplied() && !rollback.choicePending()) {
            out.append("\n*Also* rolls back what `kubectl apply` remembers");
            int last = spec.choices().size() - 1;
            out.append(
                    last < 0
                            ? ""
                            : ", chosen by "
                                    + Mrkdwn.mention(spec.choices().get(last).by()));
        }
        out.append(ApprovalLines.of(rollback));
        // Who rejected or cancelled stands in the first line once that is the outcome.
        if (spec.cancellation() != null && rollback.statusOrInitial().phase() != Phase.CANCELLED) {
            out.append("\n*Cancellation asked for by* "
                    + Mrkdwn.mention(spec.cancellation().by()) + ", "
                    + Mrkdwn.time(spec.cancellation().at()));
        }
        return out.toString();
    }

    private static String revision(String title, PlannedRevision revision, PlannedRevision other) {
        return "*" + title + " revision " + revision.number() + "*\n"
                + Words.images(revision.images(), other.images()) + "\n"
                + Words.changeCause(revision.changeCause());
    }

    private static void addPlan(List<LayoutBlock> blocks, Rollback rollback, Plan plan) {
        Phase phase = rollback.statusOrInitial().phase();
        boolean waits = phase == Phase.AWAITING_APPROVAL || phase == Phase.PLANNING;
        if (waits
                && (rollback.getSpec().wanted() == Operation.UNDO
                        || !plan.changes().isEmpty())) {
            blocks.addAll(changes(plan));
        }
        if (waits && worthListing(plan)) {
            blocks.add(Kit.section(Progress.planned(plan)));
        }
        if (waits) {
            plan.findings().stream()
                    .filter(f ->
                            f.verdict() == Finding.Verdict.PASS && !f.message().isBlank())
                    .filter(f -> TELLING.containsKey(f.check()))
                    .limit(TELLING.size())
                    .forEach(f -> blocks.add(Kit.context(TELLING.get(f.check()) + Mrkdwn.line(f.message(), 300))));
            Checks.first(plan).map(Kit::section).ifPresent(blocks::add);
        }
        String findings = findings(rollback, plan);
        if (!findings.isEmpty()) {
            blocks.add(Kit.section(findings));
        }
    }

    /** To restore a template and to wait goes without saying. */
    private static boolean worthListing(Plan plan) {
        List<PlannedStep> steps =
                plan.steps().stream().filter(step -> !step.checks()).toList();
        return steps.size() > 2
                || steps.stream().anyMatch(step -> step.description().length() > 45);
    }

    private static List<LayoutBlock> changes(Plan plan) {
        if (plan.changes().isEmpty()) {
            return List.of(Kit.section("*Changes*: none that are visible in the pod template"));
        }
        DiffText.Fences fences = DiffText.fences(plan.changes(), CARD_FENCES, CARD_CHANGE_LIMIT);
        List<LayoutBlock> blocks = new ArrayList<>();
        // One block with its title: every gap pushes the card's own title further off a phone's screen.
        String title = "*Changes* (" + plan.changes().size() + ")\n";
        for (String text : fences.texts()) {
            blocks.add(Kit.section((blocks.isEmpty() ? title : "") + text));
        }
        if (fences.left() > 0) {
            blocks.add(Kit.context(Words.more(fences.left(), "change").strip() + ": press *Full diff*"));
        }
        return blocks;
    }

    private static String findings(Rollback rollback, Plan plan) {
        Phase phase = rollback.statusOrInitial().phase();
        boolean offered = phase == Phase.AWAITING_APPROVAL && !rollback.choicePending();
        List<String> lines = new ArrayList<>();
        for (Finding.Verdict verdict : List.of(Finding.Verdict.BLOCK, Finding.Verdict.WARN)) {
            Warnings.of(plan, verdict)
                    .filter(f -> stillTrue(f, phase))
                    .forEach(f -> lines.add((verdict == Finding.Verdict.BLOCK ? "⛔ *Blocked*: " : "⚠️ ")
                            + Mrkdwn.line(f.message(), 300)
                            + LastApplied.prevented(f, offered)));
        }
        int shown = Math.min(MAX_FINDINGS, lines.size());
        return String.join("\n", lines.subList(0, shown)) + Words.more(lines.size() - shown, "warning");
    }

    /**
     * Warnings are for who approves. Later only those are left that still matter: to a rollout that runs or failed all but
     * those about the rollout that it replaced, after a success what the next deploy or the restored pods may meet, and
     * none where nothing was changed.
     */
    private static boolean stillTrue(Finding finding, Phase phase) {
        return switch (phase) {
            case PLANNING, AWAITING_APPROVAL -> true;
            case RUNNING, VERIFYING, FAILED -> !PASSING.contains(finding.check());
            case SUCCEEDED -> LASTING.contains(finding.check());
            case REJECTED, EXPIRED, CANCELLED, SUPERSEDED -> false;
        };
    }

    private static String footer(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        List<String> parts = new ArrayList<>();
        parts.add(Mrkdwn.code(Words.target(rollback), 500));
        Plan plan = status.plan();
        if (plan != null) {
            long passed = plan.findings().stream()
                    .filter(f -> f.verdict() == Finding.Verdict.PASS)
                    .count();
            parts.add("plan " + Mrkdwn.code(Ref.shortHash(plan.hash()), 20));
            if (status.phase() == Phase.AWAITING_APPROVAL) {
                parts.add(passed + " of " + plan.findings().size() + " checks passed");
            }
        }
        if (status.phase() == Phase.AWAITING_APPROVAL && status.expiresAt() != null) {
            parts.add("expires " + Mrkdwn.time(status.expiresAt()));
        }
        if (status.phase() == Phase.RUNNING && status.deadlineAt() != null) {
            parts.add("deadline " + Mrkdwn.time(status.deadlineAt()));
        }
        parts.add("rollback " + Mrkdwn.code(rollback.getMetadata().getName(), 260));
        return String.join("  ·  ", parts);
    }
}
