package dev.stepback.slack.card;

import com.slack.api.model.block.LayoutBlock;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.target.Plan;
import dev.stepback.target.Rollout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How far a rollback is: its steps, a bar, kubectl's sentence, and the pods that are not ready. */
final class Progress {
    private static final int CELLS = 10;
    private static final int MAX_STEPS = 12;
    private static final int DESCRIPTION = 140;
    private static final int WHY = 2;

    private Progress() {}

    static boolean shown(RollbackStatus status) {
        return status.approvedAt() != null && (status.phase() != Phase.AWAITING_APPROVAL);
    }

    static List<LayoutBlock> blocks(RollbackStatus status) {
        List<LayoutBlock> blocks = new ArrayList<>();
        String steps = steps(status);
        if (!steps.isEmpty()) {
            blocks.add(Kit.section(steps));
        }
        blocks.addAll(Checks.logs(status));
        Rollout rollout = status.rollout();
        if (rollout != null) {
            blocks.add(Kit.section(rollout(rollout)));
        }
        return blocks;
    }

    static String rollout(Rollout rollout) {
        StringBuilder out = new StringBuilder(bar(rollout.available(), rollout.desired()));
        out.append('\n').append(Mrkdwn.line(rollout.sentence(), 300));
        int shown = Math.min(Rollout.MAX_PROBLEMS, rollout.problems().size());
        rollout.problems().subList(0, shown).forEach(problem -> out.append(problem(problem)));
        return out + Words.more(rollout.problems().size() - shown, "pod");
    }

    /** The first pods that keep a rollout which failed from its end, each on a line; empty where none are known. */
    static String why(RollbackStatus status) {
        Rollout rollout = status.rollout();
        return status.phase() != Phase.FAILED || status.patchedAt() == null || rollout == null
                ? ""
                : rollout.problems().stream().limit(WHY).map(Progress::problem).collect(Collectors.joining());
    }

    /** A line of its own: which pod is not ready, and why. */
    static String problem(Rollout.PodProblem problem) {
        return "\n• " + Mrkdwn.code(problem.pod(), 100) + " *" + Mrkdwn.quoted(problem.reason(), 60) + "*"
                + (problem.detail().isBlank() ? "" : ": " + Mrkdwn.quoted(problem.detail(), 80));
    }

    /** Such as {@code ▓▓▓░░ 3/5}; at most ten cells wide. */
    static String bar(int done, int all) {
        int cells = Math.max(1, Math.min(CELLS, all));
        int filled = all <= 0 ? cells : (int) ((long) Math.max(0, Math.min(done, all)) * cells / all);
        return "▓".repeat(filled) + "░".repeat(cells - filled) + " " + done + "/" + all;
    }

    /** What is going to be done, one after another. */
    static String planned(Plan plan) {
        int shown = Math.min(MAX_STEPS, plan.steps().size());
        String steps = IntStream.range(0, shown)
                .mapToObj(i -> (i + 1) + ". " + Mrkdwn.line(plan.steps().get(i).description(), DESCRIPTION))
                .collect(Collectors.joining("\n"));
        return "*Steps*\n" + steps + Words.more(plan.steps().size() - shown, "step");
    }

    private static String steps(RollbackStatus status) {
        Plan plan = status.plan();
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(MAX_STEPS, status.steps().size()); i++) {
            StepStatus step = status.steps().get(i);
            String words = plan != null && i < plan.steps().size()
                    ? plan.steps().get(i).description()
                    : step.type();
            out.append(out.length() == 0 ? "" : "\n").append(sign(step.state())).append(' ');
            out.append(Mrkdwn.line(words, DESCRIPTION));
            // While a rollout runs its figures say the same, and more.
            boolean overridden = step.state() == StepStatus.State.Overridden;
            if ((overridden || step.fellShort()) && !step.message().isBlank()) {
                out.append(": ").append(Mrkdwn.line(step.message(), 110));
            }
            out.append(overridden ? " *Overridden.*" : "");
        }
        return out + Words.more(status.steps().size() - MAX_STEPS, "step");
    }

    private static String sign(StepStatus.State state) {
        return switch (state) {
            case Pending -> "▫️";
            case Started -> "▶️";
            case Done -> "☑️";
            case Failed, Interrupted, Overtaken -> "✖️";
            case Overridden -> "⚠️";
        };
    }
}
