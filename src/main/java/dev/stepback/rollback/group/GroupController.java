package dev.stepback.rollback.group;

import dev.stepback.config.StepbackConfig;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Companion;
import dev.stepback.rollback.Members;
import dev.stepback.rollback.Rollback;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reconciles groups beside their Rollbacks. */
public final class GroupController implements Companion<RollbackGroup> {
    private static final Logger LOG = LoggerFactory.getLogger(GroupController.class);

    /** Its card may not be complete before. */
    private static final Duration KEPT = Duration.ofDays(1);

    private final KubernetesClient client;
    private final List<String> namespaces;
    private final Groups groups;
    private final List<TargetType> targets;
    private final Authorizer authorizer;
    private final GroupListener listener;
    private final Clock clock;
    private volatile MemberNews news = new MemberNews();

    /** @param authorizer one that knows nothing of groups: it is asked about decisions that the group has not passed on yet */
    public GroupController(
            KubernetesClient client,
            StepbackConfig config,
            List<TargetType> targets,
            Authorizer authorizer,
            GroupListener listener,
            Clock clock) {
        this.client = client;
        this.namespaces = config.kubernetes().namespaces();
        this.groups = new Groups(client);
        this.targets = List.copyOf(targets);
        this.authorizer = authorizer;
        this.listener = listener;
        this.clock = clock;
    }

    @Override
    public boolean served() {
        try {
            if (groups.served()) {
                return true;
            }
            LOG.warn("several targets at once are not possible: install the RollbackGroup custom resource and restart");
            return false;
        } catch (KubernetesClientException e) {
            LOG.debug("nobody knows whether groups are served, so they are expected to be", e);
            return true;
        }
    }

    /** A group goes when the last of its Rollbacks has: as long as one is kept, it says with which others it was decided on. */
    @Override
    public int tidy(int most) {
        Instant lately = clock.instant().minus(KEPT);
        int deleted = 0;
        for (RollbackGroup group : groups.served() ? groups.all(namespaces) : List.<RollbackGroup>of()) {
            Instant finished = group.statusOrInitial().finishedAt();
            boolean over = group.statusOrInitial().phase().terminal() && finished != null && finished.isBefore(lately);
            if (over && deleted < most && groups.view(group).byName().isEmpty()) {
                deleted += groups.delete(group) ? 1 : 0;
            }
        }
        return deleted;
    }

    @Override
    public Reconciler<RollbackGroup> reconciler(BooleanSupplier leading) {
        news = new MemberNews();
        return new GroupReconciler(
                groups,
                new Members(client),
                authorizer,
                new Outdated(targets, authorizer),
                listener,
                news,
                leading,
                clock);
    }

    @Override
    public void changed(Rollback rollback) {
        news.changed(rollback);
    }
}
