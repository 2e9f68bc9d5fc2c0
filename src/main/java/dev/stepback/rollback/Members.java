package dev.stepback.rollback;

import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Choice;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.target.Plan;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The Rollbacks that a group is made of, and what the group does with them. Every write is made at most once, however often
 * it is tried: it fails quietly when somebody wrote in between, and whoever tried looks again.
 */
public final class Members {
    /** For how long after its end a Rollback may be found to have changed its target all the same, and some more. */
    public static final Duration MAY_CHANGE_LATE = LateChanges.WATCHED.plusHours(1);

    private static final String GROUP = "stepback.dev/group";

    private final Store store;

    public Members(KubernetesClient client) {
        this.store = new Store(client);
    }

    /** The name of a group for a request: the same for every delivery of it. */
    public static String groupName(TargetRef first, String deliveryKey) {
        return Labels.uniqueName(first.name(), "group\n" + first.namespace() + "\n" + deliveryKey);
    }

    /** The name of the group's Rollback of this target: always the same, and nobody knows it before the group is there. */
    public static String name(HasMetadata group, TargetRef target) {
        return Labels.uniqueName(target.name(), group.getMetadata().getUid() + "\n" + target);
    }

    /** The group's Rollbacks, by name; none that only say that they were. */
    public Map<String, Rollback> of(HasMetadata group) {
        Map<String, Rollback> members = new HashMap<>();
        String name = group.getMetadata().getName();
        for (Rollback rollback :
                store.labelled(group.getMetadata().getNamespace(), Map.of(GROUP, Labels.value(name)))) {
            boolean own = name.equals(rollback.getSpec().group())
                    && rollback.getMetadata().getOwnerReferences().stream()
                            .anyMatch(o -> o.getUid().equals(group.getMetadata().getUid()));
            if (own && rollback.getMetadata().getName().equals(name(group, rollback.target()))) {
                members.put(rollback.getMetadata().getName(), rollback);
            }
        }
        return members;
    }

    /** Creates the Rollback, unless it is there. */
    public void create(HasMetadata group, TargetRef target, RollbackSpec spec) {
        Map<String, String> labels = new HashMap<>(Labels.of(target));
        labels.put(GROUP, Labels.value(group.getMetadata().getName()));
        Rollback rollback = new Rollback();
        rollback.setMetadata(new ObjectMetaBuilder()
                .withNamespace(target.namespace())
                .withName(name(group, target))
                .withLabels(labels)
                .withOwnerReferences(new OwnerReferenceBuilder()
                        .withApiVersion(group.getApiVersion())
                        .withKind(group.getKind())
                        .withName(group.getMetadata().getName())
                        .withUid(group.getMetadata().getUid())
                        .withController(true)
                        .build())
                .build());
        rollback.setSpec(spec);
        store.create(rollback);
    }

    /** Has it planned again in another way, while it waits. */
    public void choose(Rollback member, Choice choice) {
        if (!begun(member)) {
            List<Choice> choices = new ArrayList<>(member.getSpec().choices());
            choices.add(choice);
            write(member, member.getSpec().withChoices(choices));
        }
    }

    /** Lets it begin, with what was decided about its group. */
    public void release(Rollback member, List<Decision> decisions, Instant at) {
        if (member.getSpec().released() == null) {
            write(member, member.getSpec().withRelease(decisions, at));
        }
    }

    /** Stops it if it has not begun; that is the case while it waits, and this write fails once it does no longer. */
    public void cancel(Rollback member, Person by, Instant at) {
        if (member.getSpec().cancellation() == null && !begun(member)) {
            write(member, member.getSpec().withCancellation(new Cancellation(by, at)));
        }
    }

    /** Ends it while it runs; this write fails once it is any farther than it was seen. */
    public void halt(Rollback member, Cancellation how) {
        if (member.getSpec().cancellation() == null) {
            write(member, member.getSpec().withCancellation(how));
        }
    }

    /**
     * How one that runs is ended now, as somebody wished for its group. Nothing is changed yet while it checks, so it is just
     * cancelled then. Empty while its first change is on its way, and for one that can only be seen through.
     */
    public static Optional<Cancellation> halting(Rollback member, Cancellation wish) {
        RollbackStatus status = member.statusOrInitial();
        boolean runs = status.phase() == Phase.RUNNING
                && status.ending() == null
                && member.getSpec().cancellation() == null;
        if (!runs) {
            return Optional.empty();
        }
        if (status.patchedAt() != null) {
            return wish.midway() == Midway.GoOn || member.stoppable() ? Optional.of(wish) : Optional.empty();
        }
        return onlyChecks(status) ? Optional.of(new Cancellation(wish.by(), wish.at())) : Optional.empty();
    }

    private static boolean onlyChecks(RollbackStatus status) {
        Plan plan = status.plan();
        return plan != null
                && status.steps().size() == plan.steps().size()
                && IntStream.range(0, status.steps().size())
                        .allMatch(i -> status.steps().get(i).startedAt() == null
                                || plan.steps().get(i).checks());
    }

    /** Whether it is, or was, past the point at which it can be stopped without having changed anything. */
    public static boolean begun(Rollback member) {
        Phase phase = member.statusOrInitial().phase();
        return phase != Phase.PLANNING && phase != Phase.AWAITING_APPROVAL;
    }

    /** Names where the card is that shows it, the group's; for whoever asks about this one alone. */
    public void card(Rollback member, RollbackStatus.CardStatus card) {
        try {
            store.updateStatus(member, member.statusOrInitial().with(s -> s.card = card));
        } catch (KubernetesClientException e) {
            ignoreConflict(e);
        }
    }

    /** The open rollback of a target. */
    public Optional<Rollback> open(TargetRef target) {
        return store.of(target).stream()
                .filter(r -> !r.statusOrInitial().phase().terminal())
                .findFirst();
    }

    private void write(Rollback member, RollbackSpec spec) {
        try {
            store.update(Store.with(member, spec, member.statusOrInitial()));
        } catch (KubernetesClientException e) {
            ignoreConflict(e);
        }
    }

    private static void ignoreConflict(KubernetesClientException e) {
        if (!Store.conflict(e) && !Store.gone(e)) {
            throw e;
        }
    }
}
