package dev.stepback.target.statefulset;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.TargetType;
import dev.stepback.target.controllerrevision.RevisionedTarget;
import dev.stepback.target.job.DataChecks;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;

/** StatefulSets. */
public final class StatefulSetTarget {
    private StatefulSetTarget() {}

    /** How long a pod has to stay ready before the next one is replaced, when that goes by partition. */
    public static final Duration PAUSE = Duration.ofSeconds(10);

    /** @param redactor applied to all text that is made for people */
    public static TargetType of(KubernetesClient client, Redactor redactor, Clock clock) {
        return of(client, redactor, clock, DataChecks.NONE);
    }

    /**
     * @param redactor applied to all text that is made for people
     * @param dataChecks what has to pass before an undo
     */
    public static TargetType of(KubernetesClient client, Redactor redactor, Clock clock, DataChecks dataChecks) {
        return of(client, redactor, clock, dataChecks, PAUSE);
    }

    /**
     * @param redactor applied to all text that is made for people
     * @param dataChecks what has to pass before an undo
     * @param pause in place of {@link #PAUSE}
     */
    public static TargetType of(
            KubernetesClient client, Redactor redactor, Clock clock, DataChecks dataChecks, Duration pause) {
        return new RevisionedTarget(
                client, new StatefulSetRollouts(redactor, clock, pause), redactor, clock, dataChecks);
    }
}
