package dev.stepback;

import dev.stepback.audit.Audit;
import dev.stepback.audit.AuditEvent;
import dev.stepback.audit.AuditLog;
import dev.stepback.command.Dispatcher;
import dev.stepback.command.Workloads;
import dev.stepback.config.ConfigFile;
import dev.stepback.config.Reload;
import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Health;
import dev.stepback.ops.Metrics;
import dev.stepback.ops.OpsServer;
import dev.stepback.ops.RedactingEncoder;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.AuditedRollbacks;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Housekeeping;
import dev.stepback.rollback.KubernetesRollbacks;
import dev.stepback.rollback.RollbackListener;
import dev.stepback.rollback.RollbackOperator;
import dev.stepback.rollback.Rollbacks;
import dev.stepback.rollback.RolloutWatch;
import dev.stepback.rollback.event.AuditEvents;
import dev.stepback.rollback.event.KubernetesEvents;
import dev.stepback.rollback.group.AuditedGroups;
import dev.stepback.rollback.group.GroupController;
import dev.stepback.rollback.group.GroupedAuthorizer;
import dev.stepback.rollback.group.KubernetesRollbackGroups;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.slack.SlackBot;
import dev.stepback.slack.SlackDirectory;
import dev.stepback.target.TargetType;
import dev.stepback.target.daemonset.DaemonSetTarget;
import dev.stepback.target.deployment.DeploymentTarget;
import dev.stepback.target.job.DataChecks;
import dev.stepback.target.statefulset.StatefulSetTarget;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bot, put together and running. */
public final class Stepback implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Stepback.class);

    private final ConfigFile configuration;
    private final OpsServer ops;
    private final SlackBot slack;
    private final SlackDirectory directory;
    private final RollbackOperator operator;
    private final KubernetesEvents events;
    private final AuditEvents auditEvents;
    private final Housekeeping housekeeping;
    private final Workloads workloads;
    private final RolloutWatch rollouts;

    private Stepback(
            ConfigFile configuration,
            OpsServer ops,
            SlackBot slack,
            SlackDirectory directory,
            RollbackOperator operator,
            KubernetesEvents events,
            AuditEvents auditEvents,
            Housekeeping housekeeping,
            Workloads workloads,
            RolloutWatch rollouts) {
        this.configuration = configuration;
        this.ops = ops;
        this.slack = slack;
        this.directory = directory;
        this.operator = operator;
        this.events = events;
        this.auditEvents = auditEvents;
        this.housekeeping = housekeeping;
        this.workloads = workloads;
        this.rollouts = rollouts;
    }

    /**
     * Starts the bot: returns when it listens, receives from Slack and takes part in the leader election.
     *
     * @param config what the configuration file said when it was checked; the file is followed from here on
     * @param env where the Slack tokens and the name of the configuration file are found
     * @param client stays the caller's to close
     * @throws IOException when the configured address cannot be listened on, or the audit record not be written
     */
    public static Stepback start(StepbackConfig config, Map<String, String> env, KubernetesClient client)
            throws IOException {
        AuditLog.checkFile(env);
        Clock clock = Clock.systemUTC();
        Metrics metrics = new Metrics();
        ConfigFile configuration = ConfigFile.follow(config, env);
        Redactor redactor = new Redactor(
                () -> configuration.config().redaction().secretNames(),
                () -> configuration.config().redaction().allowed(),
                OwnSecrets.of(env, client.getConfiguration()));
        RedactingEncoder.use(redactor);
        Health health = new Health(redactor::text);
        health.note("configuration", configuration::problem);
        String replica = env.getOrDefault("HOSTNAME", "");
        AuditEvents auditEvents =
                new AuditEvents(client, Access.ownNamespace(config, client), replica, redactor, clock);
        Audit audit = new AuditLog(Access.cluster(config, client), replica, redactor, clock).and(auditEvents);
        configuration.listen(reload -> audit.record(event(reload)));
        DataChecks dataChecks = new ConfiguredChecks(configuration::config, Access.cluster(config, client));
        List<TargetType> targets = List.of(
                new DeploymentTarget(client, redactor, clock, dataChecks),
                StatefulSetTarget.of(client, redactor, clock, dataChecks),
                DaemonSetTarget.of(client, redactor, clock, dataChecks));
        SlackDirectory directory = SlackDirectory.of(env, metrics);
        health.note("directory", directory::problem);
        Access access = Access.of(configuration, directory, config, client, targets, audit, clock);
        Authorizer authorizer = access.authorizer();
        Rollbacks rollbacks =
                new AuditedRollbacks(new KubernetesRollbacks(client, config, authorizer, targets, clock), audit);
        RollbackGroups groups =
                new AuditedGroups(new KubernetesRollbackGroups(client, config, authorizer, clock), audit);
        RolloutWatch rollouts = new RolloutWatch(targets, clock);
        Workloads workloads = Workloads.start(client, config, rollouts);
        Dispatcher dispatcher = new Dispatcher(
                workloads,
                rollbacks,
                groups,
                targets,
                authorizer,
                access.locks(),
                config,
                audit,
                redactor::text,
                person -> directory.zone(person.id()),
                clock);

        SlackBot slack = new SlackBot(
                configuration::config,
                env,
                dispatcher::dispatch,
                rollbacks,
                groups,
                targets,
                authorizer,
                redactor,
                audit,
                metrics,
                clock);
        health.register("slack", slack::healthProblem);
        health.register("workloads", () -> workloads.synced() ? "" : "the workloads have not been read yet");
        OpsServer ops = OpsServer.start(
                new InetSocketAddress(config.server().address(), config.server().port()),
                health,
                metrics,
                config.slack().mode() == StepbackConfig.Slack.Mode.HTTP
                        ? Optional.of(slack.httpHandler())
                        : Optional.empty());
        KubernetesEvents events = new KubernetesEvents(client, redactor, clock);
        GroupController controller =
                new GroupController(client, config, targets, authorizer, slack.groupListener(), clock);
        RollbackListener listener = slack.listener().and(events);
        RollbackOperator operator = RollbackOperator.start(
                client,
                config,
                targets,
                new GroupedAuthorizer(authorizer, client),
                listener,
                controller,
                metrics,
                audit,
                clock);
        configuration.listen(reload -> {
            if (operator.leading()) { // once, not by every replica
                slack.tellOperators(reload.sentence());
            }
        });
        slack.drawOnlyWhile(operator::leading);
        rollouts.start(operator::leading);
        Housekeeping housekeeping =
                new Housekeeping(client, config, targets, controller, listener, operator::leading, audit, clock);
        housekeeping.start();
        health.register("cluster", operator.health());
        slack.start();
        log.info("Stepback is up, http on port {}", ops.port());
        return new Stepback(
                configuration, ops, slack, directory, operator, events, auditEvents, housekeeping, workloads, rollouts);
    }

    /** What is recorded of a configuration file that has changed. */
    static AuditEvent event(Reload reload) {
        return reload.inForce()
                ? new AuditEvent.PolicyChange(reload.sentence())
                : new AuditEvent.PolicyRefusal(reload.sentence());
    }

    /** The port of health, metrics and, in HTTP mode, of Slack's deliveries. */
    public int port() {
        return ops.port();
    }

    public boolean leading() {
        return operator.leading();
    }

    /** Takes no more work, finishes the write that is under way, and gives up the Lease. */
    @Override
    public void close() {
        Shutdown.inTurn(
                configuration::close,
                slack::stopReceiving,
                rollouts::close,
                housekeeping::close,
                operator::close,
                events::close,
                slack::close,
                directory::close,
                workloads::close,
                auditEvents::close,
                ops::close);
    }
}
