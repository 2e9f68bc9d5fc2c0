package dev.stepback;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.config.DataCheckRule;
import dev.stepback.config.StepbackConfig;
import dev.stepback.policy.Answer;
import dev.stepback.policy.Facts;
import dev.stepback.target.TargetRef;
import dev.stepback.target.job.DataCheck;
import dev.stepback.target.job.DataChecks;
import dev.stepback.target.workload.Json;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The data checks that the configuration of the moment gives to targets. */
record ConfiguredChecks(Supplier<StepbackConfig> config, String cluster) implements DataChecks {

    @Override
    public List<DataCheck> of(TargetRef target, Map<String, String> labels) {
        Facts facts = Facts.of(cluster, target, labels);
        return config.get().checks().stream()
                .filter(rule -> rule.scope().matches(facts) == Answer.YES)
                .map(ConfiguredChecks::check)
                .toList();
    }

    private static DataCheck check(DataCheckRule rule) {
        JsonNode template = Json.parse(rule.jobTemplate());
        return new DataCheck(rule.name(), rule.timeout(), rule.keep(), rule.environment(), template);
    }
}
