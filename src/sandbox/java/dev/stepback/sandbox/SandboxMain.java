package dev.stepback.sandbox;

import dev.stepback.sandbox.cluster.controller.KubeletTiming;
import java.net.BindException;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the sandbox and runs until it is interrupted. */
@Command(
        name = "sandbox",
        description = "A local Slack and a local cluster, with the bot.",
        mixinStandardHelpOptions = true)
public final class SandboxMain implements Callable<Integer> {
    @Option(names = "--port", defaultValue = "8085", description = "The page's port (default: 8085).")
    private int port;

    @Option(
            names = "--only",
            description = "Start only this half: slack (the cluster is then your own, found as kubectl finds it) or"
                    + " cluster (Slack is then your own, with its tokens from the environment).")
    private @Nullable String only;

    @Option(names = "--no-bot", description = "Do not start the bot; print the environment that it needs.")
    private boolean noBot;

    public static void main(String[] args) {
        // Must be set before the JDK's server is first used: without it each small answer waits for an acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.exit(new CommandLine(new SandboxMain()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        String half = only == null ? "" : only.toLowerCase(Locale.ROOT);
        if (!half.isEmpty() && !half.equals("slack") && !half.equals("cluster")) {
            System.err.println("--only takes slack or cluster, not " + only);
            return CommandLine.ExitCode.USAGE;
        }
        Sandbox.Options options = new Sandbox.Options(
                port, !half.equals("cluster"), !half.equals("slack"), !noBot, KubeletTiming.visible(), System.getenv());
        try (Sandbox sandbox = Sandbox.start(options)) {
            System.out.println("Sandbox:    " + sandbox.address());
            if (sandbox.cluster().isPresent()) {
                System.out.println(
                        "Kubeconfig: curl -s " + sandbox.address() + "/sandbox/kubeconfig > sandbox.kubeconfig");
            }
            if (noBot) {
                // Only what belongs to the local Slack: tokens of a real one stay out of the terminal.
                new TreeMap<>(sandbox.environment())
                        .forEach((name, value) -> System.out.println("export " + name + "=" + value));
            }
            System.out.println("Stop it with Ctrl-C.");
            new CountDownLatch(1).await();
        } catch (IllegalArgumentException e) {
            System.err.println("The bot does not start: " + e.getMessage() + ".");
            return CommandLine.ExitCode.SOFTWARE;
        } catch (BindException e) {
            System.err.println("Port " + port + " is taken. Stop what listens there, or choose another with --port.");
            return CommandLine.ExitCode.SOFTWARE;
        }
        return CommandLine.ExitCode.OK;
    }
}
