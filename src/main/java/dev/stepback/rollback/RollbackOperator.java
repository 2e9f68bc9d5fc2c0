package dev.stepback.rollback;

import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.leadership.Leadership;
import dev.stepback.ops.Metrics;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.event.rate.LinearRateLimiter;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reconciles Rollbacks while this replica is the leader, and stands by while it is not. Leadership is a Lease; who loses
 * it stops, and stands by again.
 */
public final class RollbackOperator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RollbackOperator.class);

    private static final Duration STOP_WITHIN = Duration.ofSeconds(4);
    private static final Duration FIRST_RETRY = Duration.ofMillis(250);
    private static final Duration SLOWEST_RETRY = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final StepbackConfig config;
    private final List<TargetType> targets;
    private final Authorizer authorizer;
    private final Outcomes outcomes;
    private final Clock clock;
    private final @Nullable Companion<?> companion;
    private final Leadership leadership;
    private @Nullable Operator operator;

    private RollbackOperator(
            KubernetesClient client,
            StepbackConfig config,
            List<TargetType> targets,
            Authorizer authorizer,
            Outcomes outcomes,
            @Nullable Companion<?> companion,
            Clock clock,
            Leadership.Times times) {
        this.client = client;
        this.config = config;
        this.targets = List.copyOf(targets);
        this.authorizer = authorizer;
        this.outcomes = outcomes;
        this.companion = companion;
        this.clock = clock;
        this.leadership = new Leadership(
                client, config.kubernetes().leaseNamespace(), times, this::startReconciling, this::stopReconciling);
    }

    /**
     * Begins to compete for leadership and returns at once.
     *
     * @param companion is reconciled beside the Rollbacks; null for nothing
     */
    public static RollbackOperator start(
            KubernetesClient client,
            StepbackConfig config,
            List<TargetType> targets,
            Authorizer authorizer,
            RollbackListener listener,
            @Nullable Companion<?> companion,
            Metrics metrics,
            Audit audit,
            Clock clock) {
        return start(
                client,
                config,
                targets,
                authorizer,
                listener,
                companion,
                metrics,
                audit,
                clock,
                Leadership.Times.DEFAULT);
    }

    static RollbackOperator start(
            KubernetesClient client,
            StepbackConfig config,
            List<TargetType> targets,
            Authorizer authorizer,
            RollbackListener listener,
            @Nullable Companion<?> companion,
            Metrics metrics,
            Audit audit,
            Clock clock,
            Leadership.Times times) {
        RollbackListener all = companion == null ? listener : listener.and(companion);
        RollbackOperator operator = new RollbackOperator(
                client, config, targets, authorizer, new Outcomes(all, metrics, audit), companion, clock, times);
        operator.leadership.start();
        return operator;
    }

    /** Whether this replica reconciles. */
    public boolean leading() {
        return leadership.leading();
    }

    /** Says what is wrong, or nothing: fit for {@link dev.stepback.ops.Health#register}. */
    public Supplier<String> health() {
        return leadership::problem;
    }

    /** Finishes what is being written, stops and releases the Lease. */
    @Override
    public void close() {
        leadership.close();
    }

    private synchronized void startReconciling() {
        TargetWatches watches = new TargetWatches(client);
        Store store = new Store(client);
        LateChanges lateChanges = new LateChanges(client, store, outcomes::tell, outcomes.audit(), clock);
        RollbackReconciler reconciler = new RollbackReconciler(
                store, targets, authorizer, watches, outcomes, lateChanges, leadership::leading, clock);
        Operator started = new Operator(o -> o.withKubernetesClient(client)
                .withCloseClientOnStop(false)
                .withUseSSAToPatchPrimaryResource(false)
                .checkingCRDAndValidateLocalModel(false)
                .withStopOnInformerErrorDuringStartup(false)
                .withInformerStoppedHandler((informer, error) -> stopped(error))
                .withConcurrentReconciliationThreads(10)
                .withReconciliationTerminationTimeout(STOP_WITHIN));
        register(started, reconciler, "rollbacks");
        if (companion != null) {
            alongside(started, companion);
        }
        operator = started;
        if (timer(started) instanceof ScheduledThreadPoolExecutor timer) {
            // It is made without core threads: the one that it starts anyway would look for work a hundred times a
            // second.
            timer.setCorePoolSize(1);
        }
        started.start();
        LOG.info("reconciling rollbacks");
    }

    private <P extends HasMetadata> void alongside(Operator started, Companion<P> companion) {
        if (companion.served()) {
            register(started, companion.reconciler(leadership::leading), "groups");
        }
    }

    private <P extends HasMetadata> void register(Operator started, Reconciler<P> reconciler, String name) {
        Set<String> namespaces = Set.copyOf(config.kubernetes().namespaces());
        started.register(reconciler, c -> {
            c.withName(name)
                    .withGenerationAware(true)
                    .withRateLimiter(new LinearRateLimiter(Duration.ofMillis(500), 5))
                    .withRetry(new GenericRetry()
                            .withoutMaxAttempts()
                            .setInitialInterval(FIRST_RETRY)
                            .setIntervalMultiplier(1.5)
                            .setMaxInterval(SLOWEST_RETRY.toMillis()));
            if (namespaces.isEmpty()) {
                c.watchingAllNamespaces();
            } else {
                c.settingNamespaces(namespaces);
            }
        });
    }

    /** By default the whole process would end, with all its cards. */
    private void stopped(@Nullable Throwable error) {
        if (error != null) {
            leadership.again("rollbacks are no longer watched: " + error.getMessage());
        }
    }

    private synchronized void stopReconciling() {
        Operator running = operator;
        operator = null;
        if (running != null) {
            running.stop();
            timer(running).shutdownNow(); // left running up to 5.3.2: operator-framework/java-operator-sdk#3526
            LOG.info("no longer reconciling rollbacks");
        }
    }

    private static ScheduledExecutorService timer(Operator operator) {
        return operator.getConfigurationService().getExecutorServiceManager().scheduledExecutorService();
    }
}
