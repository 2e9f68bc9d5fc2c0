package dev.stepback.stage;

import dev.stepback.sandbox.slack.SandboxSlack;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The bot in a JVM of its own, with the options that the image sets. */
public final class BotProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> OPTIONS =
            List.of("-XX:+UseSerialGC", "-XX:MaxRAM=384m", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError");

    private final Process process;
    private final Path log;
    private final HttpClient http = HttpClient.newHttpClient();
    private final URI root;

    private BotProcess(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        root = URI.create("http://127.0.0.1:" + port);
    }

    /**
     * Returns at once; {@link #awaitReady} waits.
     *
     * @param namespaces those that are served; empty for all
     * @param more options for the JVM besides those of the image
     */
    public static BotProcess start(
            Path kubeconfig, SandboxSlack slack, List<String> namespaces, String leaseNamespace, String... more)
            throws IOException {
        int port = freePort();
        Path config = Stage.written("""
            kubernetes:
              namespaces: %s
              leaseNamespace: %s
            server:
              address: 127.0.0.1
              port: %d
            """.formatted(namespaces, leaseNamespace, port));
        Path log = Stage.written("");
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.command().addAll(OPTIONS);
        builder.command().addAll(List.of(more));
        builder.command().addAll(List.of("-cp", classPath(), "dev.stepback.Main"));
        builder.environment().putAll(Stage.environment(slack));
        builder.environment().put("KUBECONFIG", kubeconfig.toString());
        builder.environment().put("STEPBACK_CONFIG", config.toString());
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        return new BotProcess(builder.start(), log, port);
    }

    /** Maven runs this in its own JVM, with a class loader for the project. */
    private static String classPath() {
        if (BotProcess.class.getClassLoader() instanceof URLClassLoader loader) {
            return Arrays.stream(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(File.pathSeparator));
        }
        return System.getProperty("java.class.path");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Returns once {@code /readyz} answers 200. */
    public void awaitReady() throws IOException, InterruptedException {
        await(this::ready, "the bot did not become ready");
    }

    /** Returns once it has printed this. */
    public void awaitLogged(String words) throws IOException, InterruptedException {
        await(() -> log().contains(words), "the bot did not say: " + words);
    }

    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    /** Another process may answer at its port, so it has to live, too. */
    private void await(Condition condition, String otherwise) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (!process.isAlive() || !condition.holds()) {
            if (!process.isAlive() || System.nanoTime() - start > PATIENCE.toNanos()) {
                String state = process.isAlive() ? "" : ", it has ended";
                throw new IllegalStateException(otherwise + state + "; its log:\n" + log());
            }
            Thread.sleep(10);
        }
    }

    private boolean ready() throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(root.resolve("/readyz"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Sends SIGTERM. */
    public void tellToStop() {
        process.destroy();
    }

    public Process process() {
        return process;
    }

    /** All that it has printed. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** What it has taken of the CPU since it began, as exactly as the system says it. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** Resident memory in MiB. */
    public double residentMebibytes() throws IOException, InterruptedException {
        Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", String.valueOf(process.pid())).start();
        String kibibytes = new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        ps.waitFor();
        return Long.parseLong(kibibytes.strip()) / 1024.0;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
