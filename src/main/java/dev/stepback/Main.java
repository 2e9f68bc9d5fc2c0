package dev.stepback;

import dev.stepback.check.ClusterCheck;
import dev.stepback.check.PolicyCheck;
import dev.stepback.check.Row;
import dev.stepback.check.Table;
import dev.stepback.config.Checked;
import dev.stepback.config.ConfigLoader;
import dev.stepback.config.Problem;
import dev.stepback.config.Secrets;
import dev.stepback.config.StepbackConfig;
import dev.stepback.connection.ClusterConnection;
import dev.stepback.ops.Metrics;
import dev.stepback.redaction.Redactor;
import dev.stepback.slack.SlackCheck;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line: {@code java -jar stepback.jar} runs the bot, {@code … check} tries what it needs. */
@Command(
        name = "stepback",
        description = "A Slack bot that rolls Kubernetes back. Without a command it runs until it is told to stop.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
public final class Main implements Callable<Integer> {
    private static final int OK = 0;
    private static final int SOMETHING_MISSING = 1;
    private static final int BAD_CONFIGURATION = 2;

    private final Map<String, String> env;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls anything.
    private CommandSpec spec;

    Main(Map<String, String> env) {
        this.env = env;
    }

    public static void main(String[] args) {
        System.exit(commandLine(System.getenv()).execute(args));
    }

    static CommandLine commandLine(Map<String, String> env) {
        Main main = new Main(env);
        return new CommandLine(main).setExecutionExceptionHandler((failure, command, parsed) -> {
            String why =
                    main.redactor(StepbackConfig.defaults(), Config.empty()).text(String.valueOf(failure.getMessage()));
            command.getErr().println("Stepback could not start: " + why);
            return SOMETHING_MISSING;
        });
    }

    /** Runs the bot until the process is told to stop. */
    @Override
    public Integer call() throws IOException, InterruptedException {
        Optional<StepbackConfig> config = configuration();
        if (config.isEmpty()) {
            return BAD_CONFIGURATION;
        }
        KubernetesClient client = ClusterConnection.client(found(config.get()));
        CompletableFuture<Stepback> bot = new CompletableFuture<>();
        // Who is told to stop while it still starts stops as soon as there is something to stop.
        Runnable forget = Shutdown.whenTold(() -> {
            Optional<Stepback> started = bot.handle((stepback, notStarted) -> Optional.ofNullable(stepback))
                    .join();
            Shutdown.inTurn(() -> started.ifPresent(Stepback::close), client::close);
        });
        try {
            bot.complete(Stepback.start(config.get(), env, client));
        } catch (IOException | RuntimeException e) {
            bot.completeExceptionally(e);
            forget.run();
            throw e;
        }
        new CountDownLatch(1).await();
        return OK;
    }

    /** Prints what the bot needs and whether it has it. */
    @Command(
            name = "check",
            description =
                    "Checks the configuration, Slack's tokens and scopes, the cluster and every permission needed.",
            mixinStandardHelpOptions = true)
    int check() {
        Optional<StepbackConfig> config = configuration();
        if (config.isEmpty()) {
            return BAD_CONFIGURATION;
        }
        List<Row> rows = new ArrayList<>();
        rows.add(new Row("config", env.getOrDefault(ConfigLoader.VARIABLE, "defaults"), true, "valid"));
        SlackCheck.run(config.get(), env, new Metrics())
                .forEach(row -> rows.add(new Row("slack", row.item(), row.ok(), row.detail())));
        Config found = found(config.get());
        // Somebody waits for the table: half a minute of retries tells no more than one.
        found.setRequestRetryBackoffLimit(1);
        try (KubernetesClient client = ClusterConnection.client(found)) {
            rows.addAll(PolicyCheck.run(config.get(), Access.cluster(config.get(), client)));
            rows.addAll(new ClusterCheck(client, config.get()).run());
        }
        Redactor redactor = redactor(config.get(), found);
        out().print(Table.of(rows.stream()
                .map(row -> new Row(row.area(), redactor.text(row.item()), row.ok(), redactor.text(row.detail())))
                .toList()));
        out().flush();
        return rows.stream().allMatch(Row::ok) ? OK : SOMETHING_MISSING;
    }

    /** The configuration, or nothing once every problem has been printed. */
    private Optional<StepbackConfig> configuration() {
        Checked<StepbackConfig> config = ConfigLoader.fromEnvironment(env);
        List<Problem> problems = new ArrayList<>(config.problems());
        config.valid()
                .ifPresent(
                        c -> problems.addAll(Secrets.read(env, c.slack().mode()).problems()));
        PrintWriter err = spec.commandLine().getErr();
        Redactor redactor = redactor(StepbackConfig.defaults(), Config.empty());
        problems.forEach(problem -> err.println(redactor.text(problem.toString())));
        err.flush();
        return problems.isEmpty() ? config.valid() : Optional.empty();
    }

    private Redactor redactor(StepbackConfig config, Config cluster) {
        return new Redactor(
                () -> config.redaction().secretNames(),
                () -> config.redaction().allowed(),
                OwnSecrets.of(env, cluster));
    }

    private static Config found(StepbackConfig config) {
        return Config.autoConfigure(config.kubernetes().context());
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"stepback " + (version == null ? "(not packaged)" : version)};
        }
    }
}
