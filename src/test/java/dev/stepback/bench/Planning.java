package dev.stepback.bench;

import dev.stepback.config.StepbackConfig;
import dev.stepback.redaction.Redactor;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.PlanRequest;
import dev.stepback.target.PlanResult;
import dev.stepback.target.TargetType;
import dev.stepback.target.deployment.DeploymentTarget;
import dev.stepback.target.job.DataChecks;
import dev.stepback.target.statefulset.StatefulSetTarget;
import java.time.Clock;
import java.util.Map;
import java.util.OptionalLong;

/** How long a plan with all its preflight checks takes in a {@link CrowdedNamespace}, and how many requests. */
final class Planning {
    private static final int WARM_UP = 30;
    private static final int COUNTED = 200;
    private static final PlanRequest BACK =
            new PlanRequest(Operation.UNDO, OptionalLong.empty(), Map.of(), PlanOptions.NONE);

    private Planning() {}

    static void measure(Report report) throws Exception {
        try (CrowdedNamespace crowded = CrowdedNamespace.fill()) {
            Redactor redactor =
                    new Redactor(StepbackConfig.defaults().redaction().secretNames());
            Clock clock = Clock.systemUTC();
            measure(crowded, new DeploymentTarget(crowded.client(), redactor, clock), report);
            measure(crowded, StatefulSetTarget.of(crowded.client(), redactor, clock, DataChecks.NONE), report);
        }
    }

    private static void measure(CrowdedNamespace crowded, TargetType type, Report report) {
        String what = "plan with all checks, %s of %d revisions among %d"
                .formatted(type.kind().apiName(), CrowdedNamespace.REVISIONS, CrowdedNamespace.WORKLOADS);
        plan(crowded, type, WARM_UP);
        report.add(what, plan(crowded, type, COUNTED));
        crowded.requests(() -> plan(crowded, type, 1))
                .ifPresent(requests -> report.add("requests for such a plan", Integer.toString(requests)));
    }

    private static Samples plan(CrowdedNamespace crowded, TargetType type, int count) {
        Samples samples = new Samples();
        int offset = type.kind() == Kind.DEPLOYMENT ? 0 : 1;
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            PlanResult result = type.plan(crowded.workload(offset + 2 * i), BACK);
            samples.since(start);
            if (!(result instanceof PlanResult.Planned)) {
                throw new IllegalStateException("no plan: " + result);
            }
        }
        return samples;
    }
}
