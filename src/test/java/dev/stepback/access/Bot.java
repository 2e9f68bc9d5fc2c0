package dev.stepback.access;

import static org.awaitility.Awaitility.await;

import dev.stepback.access.ClusterAccess.Mode;
import dev.stepback.audit.Audit;
import dev.stepback.command.Dispatcher;
import dev.stepback.command.Invocation;
import dev.stepback.command.Reply;
import dev.stepback.command.Workloads;
import dev.stepback.command.Zones;
import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.policy.Identities;
import dev.stepback.policy.Policy;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.KubernetesRollbacks;
import dev.stepback.rollback.NewDecision;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackOperator;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.rollback.RolloutWatch;
import dev.stepback.rollback.authorization.ClusterAuthorizer;
import dev.stepback.rollback.authorization.PolicyAuthorizer;
import dev.stepback.rollback.group.KubernetesRollbackGroups;
import dev.stepback.rollback.lock.KubernetesLocks;
import dev.stepback.rollback.lock.LockMap;
import dev.stepback.rollback.lock.Locks;
import dev.stepback.sandbox.BotAccount;
import dev.stepback.target.TargetType;
import dev.stepback.target.deployment.DeploymentTarget;
import dev.stepback.target.job.DataCheck;
import dev.stepback.target.job.DataChecks;
import dev.stepback.target.workload.Json;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** All of the bot but Slack, with the bot's own rights in a guarded cluster. */
final class Bot implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final StepbackConfig config = StepbackConfig.defaults()
            .with(c -> c.kubernetes = new StepbackConfig.Kubernetes(null, List.of(), BotAccount.NAMESPACE));
    private final GuardedCluster cluster;
    private volatile DataChecks checks = DataChecks.NONE;
    private final List<TargetType> targets;
    private final Authorizer authorizer;
    private final Rollbacks rollbacks;
    private final Workloads workloads;
    private final Dispatcher dispatcher;
    private Optional<RollbackOperator> engine = Optional.empty();

    Bot(GuardedCluster cluster, Mode mode, Identities identities, People people) {
        Clock clock = Clock.systemUTC();
        this.cluster = cluster;
        targets = List.of(new DeploymentTarget(
                cluster.bot, new Redactor(List.of()), clock, (target, labels) -> checks.of(target, labels)));
        authorizer = new ClusterAuthorizer(
                new PolicyAuthorizer(
                        () -> Policy.DEFAULT,
                        people,
                        namespace -> new Locks.State.Open(),
                        "test",
                        List.of(),
                        target -> Optional.of(Map.of()),
                        clock),
                new ClusterAccess(mode, identities, people, cluster.bot, clock));
        rollbacks = new KubernetesRollbacks(cluster.bot, config, authorizer, targets, clock);
        workloads = Workloads.start(cluster.bot, config, new RolloutWatch(targets, clock));
        Locks locks = new KubernetesLocks(new LockMap(cluster.bot, BotAccount.NAMESPACE), authorizer, clock);
        dispatcher = new Dispatcher(
                workloads,
                rollbacks,
                new KubernetesRollbackGroups(cluster.bot, config, authorizer, clock),
                targets,
                authorizer,
                locks,
                config,
                Audit.NONE,
                t -> t,
                Zones.UNKNOWN,
                clock);
        await().atMost(PATIENCE).until(workloads::synced);
    }

    /** From now on every target has a data check that passes. */
    Bot checkingData() {
        String template =
                "{\"spec\": {\"template\": {\"spec\": {\"containers\": [{\"name\": \"c\", \"image\": \"c:1\"}]}}}}";
        DataCheck check =
                new DataCheck("orders", Duration.ofMinutes(1), Duration.ofHours(1), false, Json.parse(template));
        checks = (target, labels) -> List.of(check);
        return this;
    }

    Bot startEngine() {
        engine = Optional.of(RollbackOperator.start(
                cluster.bot, config, targets, authorizer, r -> {}, null, new Metrics(), Audit.NONE, Clock.systemUTC()));
        return this;
    }

    static Actor actor(String id) {
        return new Actor(new Person(id, id.toLowerCase(Locale.ROOT)), "C1");
    }

    Reply says(String who, String text) {
        return dispatcher.dispatch(new Invocation(text, actor(who), null, who + text));
    }

    /** The rollback that this command opens. */
    Rollback asks(String who, String text) {
        Reply reply = says(who, text);
        if (reply instanceof Reply.Opened opened) {
            return opened.rollback();
        }
        throw new AssertionError(reply);
    }

    Rollbacks.Decided approves(String who, Rollback rollback) {
        String hash = Objects.requireNonNull(awaitPhase(rollback, Phase.AWAITING_APPROVAL)
                        .getStatus()
                        .plan())
                .hash();
        return rollbacks.decide(
                rollback.getMetadata().getNamespace(),
                rollback.getMetadata().getName(),
                new NewDecision(Verdict.Approved, actor(who), hash, Optional.empty(), ""));
    }

    Rollback now(Rollback rollback) {
        return rollbacks
                .find(
                        rollback.getMetadata().getNamespace(),
                        rollback.getMetadata().getName())
                .orElseThrow();
    }

    String message(Rollback rollback) {
        return now(rollback).statusOrInitial().message();
    }

    Rollback awaitPhase(Rollback rollback, Phase phase) {
        await().atMost(PATIENCE).until(() -> now(rollback).statusOrInitial().phase() == phase);
        return now(rollback);
    }

    @Override
    public void close() {
        stopEngine();
        workloads.close();
    }

    void stopEngine() {
        engine.ifPresent(RollbackOperator::close);
        engine = Optional.empty();
    }
}
