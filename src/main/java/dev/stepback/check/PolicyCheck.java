package dev.stepback.check;

import dev.stepback.config.StepbackConfig;
import dev.stepback.policy.Policy;
import dev.stepback.policy.Scope;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks for rules that have no effect here. That is no failure, for several clusters may share a file; but a cluster that
 * is called otherwise than somebody thought leaves its targets to more lenient approvals.
 */
public final class PolicyCheck {
    private static final String AREA = "policy";

    private PolicyCheck() {}

    /** @param cluster the name by which rules know the cluster */
    public static List<Row> run(StepbackConfig config, String cluster) {
        List<Row> rows = new ArrayList<>();
        rows.add(new Row(AREA, "cluster", true, "rules know it as " + cluster + " (kubernetes.cluster)"));
        Policy policy = config.policy();
        List<String> served = config.kubernetes().namespaces();
        for (int i = 0; i < policy.rules().size(); i++) {
            check(rows, "access.rules[" + i + "]", policy.rules().get(i).scope(), cluster, served);
        }
        for (int i = 0; i < policy.approvals().size(); i++) {
            check(rows, "approvals.rules[" + i + "]", policy.approvals().get(i).scope(), cluster, served);
        }
        return rows;
    }

    private static void check(List<Row> rows, String rule, Scope scope, String cluster, List<String> served) {
        if (!scope.reachesCluster(cluster)) {
            rows.add(new Row(AREA, rule, true, "has no effect here: it is about other clusters than " + cluster));
        } else if (!served.isEmpty() && served.stream().noneMatch(n -> scope.reaches(cluster, n))) {
            rows.add(new Row(AREA, rule, true, "has no effect here: its namespaces are not served"));
        }
    }
}
