package dev.stepback.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stepback.policy.Verdict;
import dev.stepback.target.Denial;
import dev.stepback.target.Identity;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributes;
import io.fabric8.kubernetes.api.model.authorization.v1.ResourceAttributesBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the cluster what somebody may do. Answers about whole namespaces are remembered for a few seconds. */
final class AccessReviews {
    private static final Logger LOG = LoggerFactory.getLogger(AccessReviews.class);

    private static final Duration REMEMBERED = Duration.ofSeconds(10);
    private static final int TIMEOUT_MILLIS = 3_000;
    private static final int MOST = 10_000;
    private static final String AUTHENTICATED = "system:authenticated";
    private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

    private final KubernetesClient client;
    private final boolean impersonate;
    private final Cache<Question, Verdict> remembered;

    /** @param impersonate whether the people are asked as themselves; if not, the bot asks about them */
    AccessReviews(KubernetesClient client, boolean impersonate, Clock clock) {
        this.client = client;
        this.impersonate = impersonate;
        this.remembered = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(REMEMBERED)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
                .build();
    }

    /** @param name empty for every object of the resource in the namespace */
    record Question(Identity identity, String verb, String group, String resource, String namespace, String name) {
        Denial denial() {
            return new Denial(
                    identity.user(), verb, group.isEmpty() ? resource : resource + "." + group, name, namespace);
        }
    }

    /** Undecided when the cluster gave no answer. */
    Verdict ask(Question question) {
        if (!question.name().isEmpty()) {
            return review(question);
        }
        Verdict known = remembered.getIfPresent(question);
        if (known != null) {
            return known;
        }
        Verdict answer = review(question);
        if (!answer.undecided()) {
            remembered.put(question, answer);
        }
        return answer;
    }

    private Verdict review(Question question) {
        ResourceAttributes wanted = new ResourceAttributesBuilder()
                .withVerb(question.verb())
                .withGroup(question.group())
                .withResource(question.resource())
                .withNamespace(question.namespace())
                .withName(question.name().isEmpty() ? null : question.name())
                .build();
        try {
            SubjectAccessReviewStatus status =
                    impersonate ? self(question.identity(), wanted) : other(question.identity(), wanted);
            return status != null && Boolean.TRUE.equals(status.getAllowed())
                    ? Verdict.ALLOWED
                    : new Verdict(false, question.denial().sentence(), false);
        } catch (KubernetesClientException e) {
            String why = Denial.of(e).map(Denial::sentence).orElse("Try again in a moment.");
            LOG.warn(
                    "access review for {} not answered (HTTP {}): {}",
                    question.identity().user(),
                    e.getCode(),
                    why);
            return new Verdict(
                    false,
                    // Without the namespace: whether there is one is a part of the answer.
                    "The cluster gave no answer to what %s may do. %s"
                            .formatted(question.identity().user(), why),
                    true);
        }
    }

    private SubjectAccessReviewStatus self(Identity identity, ResourceAttributes wanted) {
        RequestConfig config = config();
        config.setImpersonateUsername(identity.user());
        config.setImpersonateGroups(identity.groups().toArray(String[]::new));
        return with(config)
                .authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withResourceAttributes(wanted)
                        .endSpec()
                        .build())
                .getStatus();
    }

    private SubjectAccessReviewStatus other(Identity identity, ResourceAttributes wanted) {
        return with(config())
                .authorization()
                .v1()
                .subjectAccessReview()
                .create(new SubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withUser(identity.user())
                        .withGroups(allGroups(identity))
                        .withResourceAttributes(wanted)
                        .endSpec()
                        .build())
                .getStatus();
    }

    /** A review counts the groups that it names and no others; these are what the API server gives whoever logs in. */
    private static List<String> allGroups(Identity identity) {
        List<String> groups = new ArrayList<>(identity.groups());
        String user = identity.user();
        if (user.startsWith(SERVICE_ACCOUNT)) {
            groups.add("system:serviceaccounts");
            groups.add("system:serviceaccounts:" + user.split(":", -1)[2]);
        }
        groups.add(AUTHENTICATED);
        return groups;
    }

    private static RequestConfig config() {
        return new RequestConfigBuilder()
                .withRequestTimeout(TIMEOUT_MILLIS)
                .withRequestRetryBackoffLimit(1)
                .build();
    }

    /** Shares the connections of the bot's own client. */
    private KubernetesClient with(RequestConfig config) {
        return client.newClient(config).adapt(KubernetesClient.class);
    }
}
