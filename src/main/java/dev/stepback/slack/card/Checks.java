package dev.stepback.slack.card;

import com.slack.api.model.block.LayoutBlock;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus;
import dev.stepback.rollback.RollbackStatus.StepStatus.State;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedStep;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What is shown of the checks that a rollback runs before it changes anything. */
final class Checks {
    private static final int LOG_LIMIT = 2_400;
    private static final int LOGS = 3;
    private static final int PASSED_LINES = 3;

    private Checks() {}

    /** What has to pass first, said before somebody approves; mrkdwn. */
    static Optional<String> first(Plan plan) {
        List<String> checks = plan.steps().stream()
                .filter(PlannedStep::checks)
                .map(step -> Mrkdwn.line(step.description(), 120))
                .toList();
        return checks.isEmpty()
                ? Optional.empty()
                : Optional.of("🔎 *First*: " + String.join(", ", checks) + ". Nothing is changed unless it passes.");
    }

    /** For who is about to break the glass; empty where there are no checks. */
    static String notStopping(List<Rollback> rollbacks) {
        boolean any = rollbacks.stream()
                .map(r -> r.statusOrInitial().plan())
                .anyMatch(plan -> plan != null && plan.steps().stream().anyMatch(PlannedStep::checks));
        return any
                ? "\n"
                        + "Data checks run first all the same, but do not stop it: look whether you can live without the"
                        + " data."
                : "";
    }

    /** Whether it failed because a check did, with which it may be asked for again by who breaks the glass. */
    static boolean stopped(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        return status.phase() == Phase.FAILED && endedIt(status);
    }

    /** How one gets past a check that failed, with a space before it. */
    static String past(Rollback rollback) {
        var approvals = rollback.statusOrInitial().approvals();
        return approvals != null && approvals.breakGlass()
                ? " Only breaking the glass gets past it."
                : " Only breaking the glass gets past it: somebody who may do that has to ask for it themselves.";
    }

    /** Whether it was cancelled while a check was running. */
    static boolean cancelled(RollbackStatus status) {
        return status.phase() == Phase.CANCELLED && endedIt(status);
    }

    private static boolean endedIt(RollbackStatus status) {
        Plan plan = status.plan();
        return plan != null
                && status.steps().size() == plan.steps().size()
                && IntStream.range(0, plan.steps().size())
                        .anyMatch(i -> plan.steps().get(i).checks()
                                && status.steps().get(i).fellShort());
    }

    /** What was gone past, as it said. */
    static Optional<String> overridden(RollbackStatus status) {
        return status.steps().stream()
                .filter(step -> step.state() == State.Overridden)
                .map(StepStatus::message)
                .reduce((a, b) -> a + " " + b);
    }

    /** The logs of the last few: all that is kept of them, or when they passed, how they ended. */
    static List<LayoutBlock> logs(RollbackStatus status) {
        List<StepStatus> spoke =
                status.steps().stream().filter(step -> step.log() != null).toList();
        return spoke.subList(Math.max(0, spoke.size() - LOGS), spoke.size()).stream()
                .map(Checks::log)
                .toList();
    }

    private static LayoutBlock log(StepStatus step) {
        List<String> lines = lines(step);
        int from = step.state() == State.Done ? Math.max(0, lines.size() - PASSED_LINES) : 0;
        String shown = String.join("\n", lines.subList(from, lines.size()));
        return Kit.section("```\n" + Mrkdwn.fenced(shown, LOG_LIMIT) + "\n```");
    }

    /** Where there is little room: the check that runs, what was overridden, or the last line of the one that failed. */
    static String news(Rollback rollback) {
        RollbackStatus status = rollback.statusOrInitial();
        Plan plan = status.plan();
        if (plan == null || status.steps().size() != plan.steps().size()) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < plan.steps().size(); i++) {
            StepStatus step = status.steps().get(i);
            if (plan.steps().get(i).checks()) {
                out.append(
                        switch (step.state()) {
                            case Started -> "\n🔎 " + Mrkdwn.line(step.message(), 200);
                            case Overridden -> "\n⚠️ " + Mrkdwn.line(step.message(), 200) + " *Overridden.*";
                            case Failed, Interrupted, Overtaken -> lastLine(step);
                            case Pending, Done -> "";
                        });
            }
        }
        return out.toString();
    }

    private static String lastLine(StepStatus step) {
        List<String> lines = lines(step);
        return lines.isEmpty() ? "" : "\n" + Mrkdwn.code(lines.get(lines.size() - 1), 200);
    }

    private static List<String> lines(StepStatus step) {
        return step.log() == null ? List.of() : step.log().lines().toList();
    }
}
