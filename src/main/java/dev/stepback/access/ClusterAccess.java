package dev.stepback.access;

import dev.stepback.access.AccessReviews.Question;
import dev.stepback.policy.Directory;
import dev.stepback.policy.Identities;
import dev.stepback.policy.Identities.Mapping;
import dev.stepback.policy.Verdict;
import dev.stepback.target.Identity;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The cluster's own say, after the policy's: what somebody may see and change as the Kubernetes user that is mapped. An
 * access review that is not answered denies. Safe for use by several threads.
 */
public final class ClusterAccess {
    private static final String VIEW = "get";
    private static final String CHANGE = "patch";

    private static final Acting.Nobody NOT_MAPPED = new Acting.Nobody(
            "Kubernetes does not know you, so I show and do nothing for you here. Whoever runs Stepback can add you to"
                    + " `kubernetes.identities`.",
            false);
    private static final Acting.Nobody UNDECIDED =
            new Acting.Nobody("Slack could not tell me which Kubernetes user you are. Try again in a moment.", true);

    /** How far the cluster is asked. */
    public enum Mode {
        /** Not at all: what the policy allows is allowed, and everything is done as the bot. */
        OFF,
        /** Everything is done as the bot, after a review of what the person may do. */
        REVIEW,
        /** Reads and writes are made as the person. */
        IMPERSONATE
    }

    private final Mode mode;
    private final Identities identities;
    private final Directory directory;
    private final AccessReviews reviews;

    /** @param client the bot's own; stays the caller's to close */
    public ClusterAccess(Mode mode, Identities identities, Directory directory, KubernetesClient client, Clock clock) {
        this.mode = mode;
        this.identities = identities;
        this.directory = directory;
        this.reviews = new AccessReviews(client, mode == Mode.IMPERSONATE, clock);
    }

    /**
     * As whom the cluster is read and written on somebody's behalf.
     *
     * @param team the workspace that the delivery named; null when it named none
     */
    public Acting acting(String userId, @Nullable String team) {
        if (mode == Mode.OFF) {
            return new Acting.Bot();
        }
        Acting known = known(userId, team);
        return mode == Mode.REVIEW && known instanceof Acting.As ? new Acting.Bot() : known;
    }

    /** Whether somebody may see targets of this kind in this namespace. */
    public Verdict mayView(String userId, @Nullable String team, TargetRef target) {
        return may(userId, team, VIEW, target, "");
    }

    /** Whether somebody may change this very target. */
    public Verdict mayChange(String userId, @Nullable String team, TargetRef target) {
        return may(userId, team, CHANGE, target, target.name());
    }

    /** Whether somebody may delete pods in the target's namespace, as some plans do. */
    public Verdict mayDeletePods(String userId, @Nullable String team, TargetRef target) {
        return may(userId, team, identity -> new Question(identity, "delete", "", "pods", target.namespace(), ""));
    }

    /** Whether somebody may make Jobs in the target's namespace, as data checks do. */
    public Verdict mayCreateJobs(String userId, @Nullable String team, TargetRef target) {
        return may(userId, team, identity -> new Question(identity, "create", "batch", "jobs", target.namespace(), ""));
    }

    private Verdict may(String userId, @Nullable String team, String verb, TargetRef target, String name) {
        return may(
                userId,
                team,
                identity -> new Question(
                        identity, verb, target.kind().group(), target.kind().plural(), target.namespace(), name));
    }

    private Verdict may(String userId, @Nullable String team, Function<Identity, Question> question) {
        if (mode == Mode.OFF) {
            return Verdict.ALLOWED;
        }
        Acting acting = known(userId, team);
        if (!(acting instanceof Acting.As as)) {
            Acting.Nobody nobody = (Acting.Nobody) acting;
            return new Verdict(false, nobody.why(), nobody.undecided());
        }
        return reviews.ask(question.apply(as.identity()));
    }

    /** {@link Acting.As} or {@link Acting.Nobody}. */
    private Acting known(String userId, @Nullable String team) {
        Mapping mapping = identities.of(directory.subject(userId, team), directory);
        if (mapping instanceof Mapping.Known known) {
            return new Acting.As(known.identity());
        }
        return mapping instanceof Mapping.None ? NOT_MAPPED : UNDECIDED;
    }
}
