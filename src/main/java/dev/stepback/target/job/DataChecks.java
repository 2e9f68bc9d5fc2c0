package dev.stepback.target.job;

import dev.stepback.target.TargetRef;
import java.util.List;
import java.util.Map;

/** Says which data checks a target has, by the configuration of this moment. */
@FunctionalInterface
public interface DataChecks {
    /** No target has any. */
    DataChecks NONE = (target, labels) -> List.of();

    /**
     * In the order in which they run.
     *
     * @param labels the target's own
     */
    List<DataCheck> of(TargetRef target, Map<String, String> labels);
}
