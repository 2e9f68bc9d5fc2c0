package dev.stepback.config;

import dev.stepback.policy.Policy;
import dev.stepback.policy.PolicySource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in force. Follows the file: {@code access}, {@code approvals}, {@code notifications}, {@code
 * redaction} and {@code checks} are taken over when it changes, other sections only by a restart. A file with mistakes is not used: what was in
 * force stays, which is logged and told to listeners. Safe for use by several threads; what it hands out never changes.
 *
 * <p>The content is compared, not the time of the change or the file's identity: a mounted ConfigMap changes by a symbolic
 * link above the file. It counts once it was the same twice in a row, so that a half-written file, which could be valid
 * and lack its last rules, is not taken for the whole.
 */
public final class ConfigFile implements PolicySource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigFile.class);
    private static final Duration PERIOD = Duration.ofSeconds(2);

    private final Map<String, String> environment;
    private final StepbackConfig started;
    private final List<Consumer<Reload>> listeners = new CopyOnWriteArrayList<>();
    private final @Nullable ScheduledExecutorService timer;

    private volatile StepbackConfig config;
    private volatile String problem = "";

    /** What the last look saw, and what was decided on; only used by whoever looks. */
    private @Nullable FileText seen;

    private @Nullable FileText decided;

    /** @param timer null when nobody looks but the caller */
    ConfigFile(StepbackConfig started, Map<String, String> environment, @Nullable ScheduledExecutorService timer) {
        this.started = started;
        this.config = started;
        this.environment = Map.copyOf(environment);
        this.timer = timer;
    }

    /**
     * Follows the file that {@value ConfigLoader#VARIABLE} names; without it the configuration stays as it is.
     *
     * @param started what the file said at the start; what has changed since is noticed
     */
    public static ConfigFile follow(StepbackConfig started, Map<String, String> environment) {
        return follow(started, environment, PERIOD);
    }

    static ConfigFile follow(StepbackConfig started, Map<String, String> environment, Duration period) {
        Optional<Path> file = ConfigLoader.file(environment);
        if (file.isEmpty()) {
            return new ConfigFile(started, environment, null);
        }
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "configuration");
            thread.setDaemon(true);
            return thread;
        });
        ConfigFile followed = new ConfigFile(started, environment, timer);
        timer.scheduleWithFixedDelay(
                () -> followed.lookSafely(file.get()), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        return followed;
    }

    /** All of it, as it is now. */
    public StepbackConfig config() {
        return config;
    }

    @Override
    public Policy policy() {
        return config.policy();
    }

    /** What is wrong with the file, without values; empty while it is in force. */
    public String problem() {
        return problem;
    }

    /** Is told of every change from now on, on the thread that follows the file: it must return at once. */
    public void listen(Consumer<Reload> listener) {
        listeners.add(listener);
    }

    @Override
    public void close() {
        if (timer != null) {
            timer.shutdownNow();
        }
    }

    private void lookSafely(Path file) {
        try {
            look(file);
        } catch (RuntimeException e) {
            LOG.error("the configuration could not be looked at", e);
        }
    }

    /** Looks at the file once. */
    synchronized void look(Path file) {
        FileText now = FileText.read(file);
        boolean settled = now.equals(seen);
        seen = now;
        if (settled && !now.equals(decided)) {
            decided = now;
            decide(now, file.toString());
        }
    }

    private void decide(FileText text, String source) {
        if (!(text instanceof FileText.Content content)) {
            LOG.warn("{} {}; what was in force stays", source, text);
            refuse("The configuration file cannot be read");
            return;
        }
        Checked<StepbackConfig> checked = ConfigLoader.load(content.text(), source, environment);
        if (checked.valid().isEmpty()) {
            LOG.warn("the configuration has mistakes and is not used; what was in force stays\n{}", checked);
            refuse("The configuration file has mistakes" + where(checked.problems()));
            return;
        }
        StepbackConfig read = checked.valid().get();
        // Nobody means "all as by default" by a file that has lost its content.
        if (ConfigLoader.isEmpty(content.text()) && !read.equals(config)) {
            LOG.warn("{} is empty; what was in force stays", source);
            refuse("The configuration file is empty");
            return;
        }
        take(read);
    }

    private void refuse(String what) {
        problem = what + ". It is not used, what was in force stays; the log says more.";
        tell(new Reload(false, List.of(), problem));
    }

    private void take(StepbackConfig read) {
        StepbackConfig before = config;
        boolean wasBad = !problem.isEmpty();
        config = started.with(c -> {
            c.policy = read.policy();
            c.notifications = read.notifications();
            c.redaction = read.redaction();
            c.checks = read.checks();
        });
        problem = "";
        List<String> changed = changed(before, config);
        List<String> waiting = waiting(read);
        List<String> sentences = new ArrayList<>();
        if (!changed.isEmpty()) {
            sentences.add("The configuration file was read again; changed: " + String.join(", ", changed) + ".");
        } else if (wasBad) {
            sentences.add("The configuration file is in order again.");
        }
        if (!waiting.isEmpty()) {
            sentences.add("Changed too, but only in force after a restart: " + String.join(", ", waiting) + ".");
        }
        if (!sentences.isEmpty()) {
            String sentence = String.join(" ", sentences);
            LOG.info("{}", sentence);
            tell(new Reload(true, changed, sentence));
        }
    }

    private static List<String> changed(StepbackConfig before, StepbackConfig after) {
        List<String> changed = new ArrayList<>();
        Policy old = before.policy();
        Policy current = after.policy();
        if (!old.rules().equals(current.rules()) || !old.channels().equals(current.channels())) {
            changed.add("access");
        }
        if (!old.approvalByDefault().equals(current.approvalByDefault())
                || !old.approvals().equals(current.approvals())) {
            changed.add("approvals");
        }
        if (!before.notifications().equals(after.notifications())) {
            changed.add("notifications");
        }
        if (!before.redaction().equals(after.redaction())) {
            changed.add("redaction");
        }
        if (!before.checks().equals(after.checks())) {
            changed.add("checks");
        }
        return changed;
    }

    /** The sections that only a restart takes over. */
    private List<String> waiting(StepbackConfig read) {
        List<String> waiting = new ArrayList<>();
        if (!read.slack().equals(started.slack())) {
            waiting.add("slack");
        }
        if (!read.kubernetes().equals(started.kubernetes())) {
            waiting.add("kubernetes");
        }
        if (!read.rollback().equals(started.rollback())) {
            waiting.add("rollback");
        }
        if (!read.limits().equals(started.limits())) {
            waiting.add("limits");
        }
        if (!read.retention().equals(started.retention())) {
            waiting.add("retention");
        }
        if (!read.server().equals(started.server())) {
            waiting.add("server");
        }
        return waiting;
    }

    /** Where the first mistake is. Values stay in the log: this goes to Slack. */
    private static String where(List<Problem> problems) {
        Problem first = problems.get(0);
        String line = first.line() == 0 ? "" : ": line " + first.line();
        String path = first.path().isEmpty() ? "" : ", " + first.path();
        String more = problems.size() == 1 ? "" : ", and " + (problems.size() - 1) + " more";
        return line + path + more;
    }

    private void tell(Reload reload) {
        for (Consumer<Reload> listener : listeners) {
            try {
                listener.accept(reload);
            } catch (RuntimeException e) {
                LOG.error("the change of the configuration could not be told", e);
            }
        }
    }
}
