package dev.stepback.rollback.group;

import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Members;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what {@link GroupDecision} decides, one group at a time. Looks at everything again before every action. */
final class GroupReconciler implements Reconciler<RollbackGroup> {
    private static final Logger LOG = LoggerFactory.getLogger(GroupReconciler.class);

    /** Three for every target, and a few more; this only keeps a mistake from spinning. */
    private static final int MAX_ACTIONS = 100;

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final Groups groups;
    private final Members members;
    private final Authorizer authorizer;
    private final Outdated outdated;
    private final GroupListener listener;
    private final MemberNews news;
    private final BooleanSupplier leading;
    private final Clock clock;

    /** @param leading asked before every action */
    GroupReconciler(
            Groups groups,
            Members members,
            Authorizer authorizer,
            Outdated outdated,
            GroupListener listener,
            MemberNews news,
            BooleanSupplier leading,
            Clock clock) {
        this.groups = groups;
        this.members = members;
        this.authorizer = authorizer;
        this.outdated = outdated;
        this.listener = listener;
        this.news = news;
        this.leading = leading;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, RollbackGroup>> prepareEventSources(EventSourceContext<RollbackGroup> context) {
        return List.of(news);
    }

    @Override
    public UpdateControl<RollbackGroup> reconcile(RollbackGroup cached, Context<RollbackGroup> context) {
        String namespace = cached.getMetadata().getNamespace();
        String name = cached.getMetadata().getName();
        if (!cached.understood() || isOver(cached.statusOrInitial())) {
            return UpdateControl.noUpdate();
        }
        return carryOn(namespace, name)
                .map(pause -> UpdateControl.<RollbackGroup>noUpdate().rescheduleAfter(pause))
                .orElseGet(UpdateControl::noUpdate);
    }

    /** What ended a while ago is looked at no more. */
    private boolean isOver(RollbackGroupStatus status) {
        Instant finished = status.finishedAt();
        return status.phase().terminal()
                && status.card().complete()
                && (finished == null || finished.plus(Members.MAY_CHANGE_LATE).isBefore(clock.instant()));
    }

    /**
     * Does all that can be done now.
     *
     * @return when to look again even if nothing changes; empty for never
     */
    Optional<Duration> carryOn(String namespace, String name) {
        for (int i = 0; i < MAX_ACTIONS; i++) {
            if (!leading.getAsBoolean()) {
                return Optional.of(LOOK_AGAIN);
            }
            Optional<GroupView> view = groups.view(namespace, name);
            if (view.isEmpty() || view.get().group().getMetadata().getDeletionTimestamp() != null) {
                return Optional.empty();
            }
            GroupAction action = decide(view.get());
            if (action instanceof GroupAction.Leave) {
                tell(view.get());
                return Optional.empty();
            } else if (action instanceof GroupAction.WaitUntil wait) {
                tell(view.get());
                return Optional.of(until(wait.time()));
            }
            carryOut(action, view.get());
        }
        return Optional.of(LOOK_AGAIN);
    }

    private GroupAction decide(GroupView view) {
        Instant now = clock.instant();
        GroupAction action = GroupDecision.next(view, Optional.empty(), now);
        if (action instanceof GroupAction.AskPolicy) {
            Approvals approvals = GroupMatter.approvals(view, authorizer);
            GroupAction then = GroupDecision.next(view, Optional.of(approvals), now);
            return begins(then)
                    ? outdated.of(view, approvals)
                            .map(why -> GroupDecision.outdated(view, why, now))
                            .orElse(then)
                    : then;
        }
        return action;
    }

    /** Whether nothing has begun yet, and will have. */
    private static boolean begins(GroupAction action) {
        return action instanceof GroupAction.Write write && write.status().phase() == Phase.RUNNING;
    }

    private void carryOut(GroupAction action, GroupView view) {
        if (action instanceof GroupAction.Create create) {
            int i = create.target();
            members.create(view.group(), view.target(i), view.wanted(i).getSpec());
        } else if (action instanceof GroupAction.Choose choose) {
            members.choose(choose.member(), choose.choice());
        } else if (action instanceof GroupAction.Release release) {
            members.release(release.member(), view.decisions(release.member()), clock.instant());
        } else if (action instanceof GroupAction.Cancel cancel) {
            members.cancel(cancel.member(), cancel.by(), clock.instant());
        } else if (action instanceof GroupAction.Halt halt) {
            members.halt(halt.member(), halt.how());
        } else if (action instanceof GroupAction.Write write) {
            write(view, write.status());
        }
    }

    private void write(GroupView view, RollbackGroupStatus status) {
        try {
            RollbackGroup written = groups.updateStatus(view.group(), status);
            if (view.group().statusOrInitial().phase() != status.phase()) {
                LOG.atInfo()
                        .addKeyValue("group", written.getMetadata().getName())
                        .addKeyValue("user", written.getSpec().requestedBy().id())
                        .addKeyValue("message", status.message())
                        .log(status.phase().apiName());
            }
            listener.changed(new GroupView(written, view.byName()));
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw e;
            }
        }
    }

    /** Who asks about one of the Rollbacks alone is led to the group's card. */
    private void tell(GroupView view) {
        listener.changed(view);
        CardStatus card = view.group().statusOrInitial().card();
        if (card.ts() != null) {
            CardStatus there = new CardStatus(card.channel(), card.ts(), List.of(), true);
            for (Rollback member : view.members()) {
                if (!member.statusOrInitial().card().equals(there)) {
                    members.card(member, there);
                }
            }
        }
    }

    private Duration until(Instant time) {
        Duration left = Duration.between(clock.instant(), time);
        return left.compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : left;
    }
}
