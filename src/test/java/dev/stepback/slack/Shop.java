package dev.stepback.slack;

import dev.stepback.slack.card.Samples;
import dev.stepback.target.Change;
import dev.stepback.target.History;
import dev.stepback.target.Identity;
import dev.stepback.target.Kind;
import dev.stepback.target.Plan;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.Step;
import dev.stepback.target.TargetRef;
import dev.stepback.target.TargetType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One target with five revisions. */
final class Shop implements TargetType {
    @Override
    public TargetType as(Identity identity) {
        return this;
    }

    @Override
    public Kind kind() {
        return Kind.DEPLOYMENT;
    }

    @Override
    public Optional<History> history(TargetRef target) {
        return Optional.of(Samples.history(5));
    }

    @Override
    public List<Change> diff(TargetRef target, long from, long to) {
        return Samples.changes(2);
    }

    @Override
    public Optional<PlanResult.Refused> refusal(TargetRef target, PlanRequest request) {
        return Optional.empty();
    }

    @Override
    public PlanResult plan(TargetRef target, PlanRequest request) {
        throw new UnsupportedOperationException("the Slack side does not plan");
    }

    @Override
    public Optional<String> changedSince(TargetRef target, Plan plan) {
        return Optional.empty();
    }

    @Override
    public Optional<Map<String, String>> labels(TargetRef target) {
        return Optional.of(Map.of());
    }

    @Override
    public Optional<Step.Observation> status(TargetRef target) {
        return Optional.empty();
    }

    @Override
    public List<Step> steps() {
        return List.of();
    }
}
