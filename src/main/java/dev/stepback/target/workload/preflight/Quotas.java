package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.PodQuota;
import dev.stepback.target.workload.PodQuota.Allowed;
import dev.stepback.target.workload.PodResources;
import dev.stepback.text.OneLine;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Whether the ResourceQuotas of the namespace let the restored pods in, beside the old ones where the strategy has it. */
final class Quotas {
    static final String CHECK = "quota";

    private final ApiServer api;
    private final Supplier<List<ObjectNode>> pods;

    /** @param pods the workload's, of whatever revision */
    Quotas(ApiServer api, Supplier<List<ObjectNode>> pods) {
        this.api = api;
        this.pods = pods;
    }

    /** @param each what one restored pod takes, or one of those that run now */
    private record Counted(PodQuota quota, Allowed allowed, BigDecimal each, BigDecimal now) {}

    List<Finding> findings(Preflight.Subject subject) {
        String namespace = subject.workload().ref().namespace();
        List<PodQuota> all = PodQuota.in(api, namespace);
        if (all.isEmpty()) {
            return List.of();
        }
        List<ObjectNode> ranges = PodResources.ranges(api, namespace);
        PodResources restored = PodResources.of(subject.restored(), ranges);
        PodResources now = PodResources.of(subject.workload().template(), ranges);
        List<PodQuota> quotas = all.stream()
                .filter(quota -> quota.counts(subject.restored(), restored))
                .toList();
        List<PodQuota> present = all.stream()
                .filter(quota -> quota.counts(subject.workload().template(), now))
                .toList();
        if (quotas.isEmpty()) {
            return List.of();
        }
        Optional<String> refused = unsaid(quotas, restored);
        if (refused.isPresent()) {
            return List.of(
                    unsaid(present, now).isPresent()
                            ? Finding.warn(CHECK, Limits.MAYBE_REFUSED.formatted(refused.get()))
                            : Finding.block(CHECK, Limits.REFUSED.formatted(refused.get())));
        }
        Turnover turnover = Turnover.of(subject);
        if (turnover.pods() == 0) {
            return List.of();
        }
        List<Counted> counted = quotas.stream()
                .flatMap(quota -> quota.allowed().stream()
                        .map(allowed -> new Counted(
                                quota,
                                allowed,
                                allowed.of(restored),
                                present.contains(quota) ? allowed.of(now) : BigDecimal.ZERO)))
                .filter(c -> c.each().signum() > 0)
                .toList();
        Present there = Present.orUnknown(subject, turnover, pods);
        // What runs already may stay.
        boolean more = there.left(turnover).pods() > 0;
        return List.of(tooLittle(more ? counted : List.of(), turnover, there)
                .or(() -> more ? uncounted(counted) : Optional.empty())
                .orElseGet(() -> Finding.pass(CHECK, "The ResourceQuotas have room for the restored pods.")));
    }

    private static Optional<Finding> tooLittle(List<Counted> counted, Turnover turnover, Present pods) {
        return counted.stream()
                .filter(c -> c.allowed().counted())
                .flatMap(c -> tooLittle(c, turnover, pods).stream())
                .findFirst();
    }

    /** A quota of a resource refuses pods that do not say how much of it they want. */
    private static Optional<String> unsaid(List<PodQuota> quotas, PodResources pod) {
        return quotas.stream()
                .flatMap(quota -> quota.allowed().stream()
                        .filter(Allowed::hasToBeSaid)
                        .flatMap(allowed -> pod.containers().entrySet().stream()
                                .filter(container -> PodQuota.amount(container.getValue(), allowed.resource())
                                        .isEmpty())
                                .map(container ->
                                        "ResourceQuota %s wants every container to say its %s, and container %s does not"
                                                .formatted(quota.name(), allowed.resource(), container.getKey()))))
                .findFirst();
    }

    /** A quota that nobody counts has room for everything as far as one sees, and lets nobody in. */
    private static Optional<Finding> uncounted(List<Counted> counted) {
        Optional<PodQuota> first = counted.stream()
                .filter(c -> !c.allowed().counted())
                .map(Counted::quota)
                .findFirst();
        return first.map(quota -> Finding.warn(
                CHECK,
                "What is in use of ResourceQuota %s (%s) is not counted yet: whether it has room for the restored pods is not known, and until it is counted it may let no pod in. Ask again in a minute."
                        .formatted(
                                quota.name(),
                                OneLine.of(
                                        counted.stream()
                                                .filter(c -> c.quota().equals(quota)
                                                        && !c.allowed().counted())
                                                .map(c -> c.allowed().resource())
                                                .distinct()
                                                .collect(Collectors.joining(", ")),
                                        60))));
    }

    private static Optional<Finding> tooLittle(Counted counted, Turnover turnover, Present pods) {
        BigDecimal left = counted.allowed().leftAtMost();
        Turnover toDo = pods.left(turnover);
        String quota = counted.quota().name();
        String what = counted.allowed().resource();
        if (turnover.unavailable() == 0 && left.compareTo(counted.each()) < 0 && !pods.makesRoom(turnover)) {
            return Optional.of(Finding.warn(
                    CHECK,
                    "ResourceQuota %s has no room for one more pod (%s), and no old one stops before a new one is ready: the rollout would stand still. Raise the quota first."
                            .formatted(quota, what)));
        }
        BigDecimal wanted = counted.each().multiply(BigDecimal.valueOf(toDo.pods()));
        BigDecimal given = counted.now().multiply(BigDecimal.valueOf(pods.givingUp(turnover)));
        if (wanted.subtract(given).compareTo(left) <= 0) {
            return Optional.empty();
        }
        String why = left.signum() < 0
                ? "it was lowered, and more is in use than it allows"
                : "they want more than those that run now";
        return Optional.of(Finding.warn(
                CHECK,
                "ResourceQuota %s has no room for all restored pods (%s), for %s: some would not start. Raise the quota first."
                        .formatted(quota, what, why)));
    }
}
