package dev.stepback.rollback.event;

import dev.stepback.audit.Audit;
import dev.stepback.audit.AuditEvent;
import dev.stepback.audit.On;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Labels;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells as Kubernetes Events what no Rollback tells of itself: denials on the target and on the Rollback, locks on the ConfigMap
 * of the locks, and changes of the configuration on the Lease, as denials are that are about nothing in particular. What a
 * Rollback tells, {@link KubernetesEvents} writes.
 *
 * <p>Unlike the lines of the record, Events of denials are limited, see {@link DenialLimit}, and none is written about a target
 * that is not there.
 */
public final class AuditEvents implements Audit, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditEvents.class);

    private final Involved involved;
    private final EventWriter writer;
    private final String namespace;
    private final String replica;
    private final Clock clock;
    private final DenialLimit limit = new DenialLimit();

    /**
     * @param namespace where the Lease and the locks are
     * @param replica the name of this replica; may be empty
     */
    public AuditEvents(KubernetesClient client, String namespace, String replica, Redactor redactor, Clock clock) {
        this.involved = new Involved(client);
        this.writer = new EventWriter(client, redactor);
        this.namespace = namespace;
        this.replica = replica;
        this.clock = clock;
    }

    @Override
    public void record(AuditEvent event) {
        Instant now = clock.instant();
        if (event instanceof AuditEvent.Denial denial) {
            Object same = List.of(denial.by().id(), denial.wish(), denial.on(), denial.namespace());
            limit.denied(denial.by().id(), same, now)
                    .ifPresent(admitted -> later(() -> {
                        Happening happening = happening(denial, now);
                        about(denial).forEach(object -> write(happening, object, admitted.since(), admitted.count()));
                    }));
        } else if (event instanceof AuditEvent.Lock lock) {
            String what = lock.by().name() + " locked rollbacks" + where(lock.namespace());
            locks(new Happening("", now, false, "RollbacksLocked", what, lock.reason()));
        } else if (event instanceof AuditEvent.Unlock unlock) {
            String what = unlock.by().name() + " unlocked rollbacks" + where(unlock.namespace());
            locks(new Happening("", now, false, "RollbacksUnlocked", what, ""));
        } else if (event instanceof AuditEvent.PolicyChange change) {
            configuration(new Happening("", now, false, "ConfigurationChanged", by(), change.why()));
        } else if (event instanceof AuditEvent.PolicyRefusal refusal) {
            configuration(new Happening("", now, true, "ConfigurationRefused", by(), refusal.why()));
        }
    }

    static Happening happening(AuditEvent.Denial denial, Instant now) {
        String what =
                denial.wish().word() + denial.namespace().map(n -> " in " + n).orElse("") + " denied to "
                        + denial.by().name() + " (" + denial.by().id() + ")";
        return new Happening("", now, true, "RollbackDenied", what, denial.why());
    }

    /** The target and its Rollback, as far as they are there. */
    private List<ObjectReference> about(AuditEvent.Denial denial) {
        List<ObjectReference> about = new ArrayList<>();
        if (denial.on().isPresent()) {
            On on = denial.on().get();
            involved.find(on.target()).ifPresent(about::add);
            if (on.rollback() != null) {
                involved.rollback(on.target().namespace(), on.rollback()).ifPresent(about::add);
            }
            return about;
        }
        return switch (denial.wish()) {
            case LOCK, UNLOCK -> List.of(involved.locks(namespace));
            default -> List.of(involved.lease(namespace));
        };
    }

    private static String where(Optional<String> namespace) {
        return namespace.map(n -> " in " + n).orElse(" everywhere");
    }

    private String by() {
        return "replica " + (replica.isEmpty() ? "(unnamed)" : replica);
    }

    private void locks(Happening happening) {
        later(() -> write(happening, involved.locks(namespace), happening.at(), 1));
    }

    private void configuration(Happening happening) {
        later(() -> write(happening, involved.lease(namespace), happening.at(), 1));
    }

    private void write(Happening happening, ObjectReference object, Instant since, int count) {
        writer.write(Labels.eventName(object.getName(), UUID.randomUUID().toString()), happening, object, since, count);
    }

    private void later(Runnable task) {
        boolean taken = writer.later(() -> {
            try {
                task.run();
            } catch (KubernetesClientException e) {
                LOG.info("no event, its object could not be read: {}", e.getMessage());
            }
        });
        if (!taken) {
            LOG.info("no event, there is too much to write");
        }
    }

    @Override
    public void close() {
        writer.close();
    }
}
