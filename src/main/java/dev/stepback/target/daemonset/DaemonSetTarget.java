package dev.stepback.target.daemonset;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.TargetType;
import dev.stepback.target.controllerrevision.RevisionedTarget;
import dev.stepback.target.job.DataChecks;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;

/** DaemonSets. */
public final class DaemonSetTarget {
    private DaemonSetTarget() {}

    /** @param redactor applied to all text that is made for people */
    public static TargetType of(KubernetesClient client, Redactor redactor, Clock clock) {
        return of(client, redactor, clock, DataChecks.NONE);
    }

    /**
     * @param redactor applied to all text that is made for people
     * @param dataChecks what has to pass before an undo
     */
    public static TargetType of(KubernetesClient client, Redactor redactor, Clock clock, DataChecks dataChecks) {
        return new RevisionedTarget(client, new DaemonSetRollouts(redactor, clock), redactor, clock, dataChecks);
    }
}
