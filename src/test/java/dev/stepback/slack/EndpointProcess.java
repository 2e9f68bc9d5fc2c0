package dev.stepback.slack;

import com.slack.api.bolt.App;
import com.slack.api.bolt.AppConfig;
import com.slack.api.bolt.response.Response;
import dev.stepback.ops.Health;
import dev.stepback.ops.Metrics;
import dev.stepback.ops.OpsServer;
import dev.stepback.redaction.Redactor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The bot's HTTP server in a JVM of its own, which a request may take one second to reach: the JDK's server reads its limits
 * once in a process.
 */
final class EndpointProcess implements AutoCloseable {
    static final String SECRET = "signing-secret";

    private final Process process;
    final int port;

    private EndpointProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static EndpointProcess start() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx64m",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Dsun.net.httpserver.maxReqTime=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndpointProcess.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("port ")) {
                return new EndpointProcess(process, Integer.parseInt(line.substring(5)));
            }
        }
        throw new IOException("the server did not start");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    /** Serves until it is killed. */
    public static void main(String[] args) throws Exception {
        App app = new App(
                AppConfig.builder()
                        .requestVerificationEnabled(false)
                        .allEventsApiAutoAckEnabled(true)
                        .build(),
                List.of());
        app.command(Pattern.compile(".*"), (request, context) -> Response.ok());
        Health health = new Health();
        OpsServer server = OpsServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                health,
                new Metrics(),
                Optional.of(new SignedRequests(
                        app,
                        new Outgoing(new Redactor(List.of()), new References("")),
                        SECRET,
                        new Metrics(),
                        Clock.systemUTC())));
        System.out.println("port " + server.port());
        Thread.currentThread().join();
    }
}
