package dev.stepback.audit;

import dev.stepback.redaction.Redactor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record as lines of the logger {@value #LOGGER}, each a JSON object:
 *
 * <table>
 * <caption>Fields, in this order; those that do not apply are left out</caption>
 * <tr><td>{@code logger}</td><td>always {@value #LOGGER}</td></tr>
 * <tr><td>{@code time}</td><td>when it was recorded: ISO 8601, UTC</td></tr>
 * <tr><td>{@code event}</td><td>request, denial, approval, rejection, breakGlass, choice, cancellation, stop, expiry, mutation, outcome,
 * lock, unlock, policyChange, policyRefusal</td></tr>
 * <tr><td>{@code actor}</td><td>{@code id}, {@code name}, {@code team}: who did it; for expiry, mutation and outcome, who had
 * asked</td></tr>
 * <tr><td>{@code channel}</td><td>id of the Slack channel that it came from</td></tr>
 * <tr><td>{@code action}</td><td>what was denied: view, request, approve, reject, breakGlass, choose, cancel, stop, lock,
 * unlock</td></tr>
 * <tr><td>{@code target}</td><td>{@code cluster}, {@code namespace}, {@code kind}, {@code name}; a lock has no kind and name, the
 * lock of everything no namespace</td></tr>
 * <tr><td>{@code rollback}</td><td>name of the Rollback, in the target's namespace</td></tr>
 * <tr><td>{@code group}</td><td>name of the RollbackGroup, when several were asked for together; one line for each</td></tr>
 * <tr><td>{@code operation}</td><td>what it is: Undo, Pause, Resume, Restart</td></tr>
 * <tr><td>{@code toRevision}</td><td>the revision that was asked for, when one was named</td></tr>
 * <tr><td>{@code toTime}</td><td>the time whose revision was asked for, when one was named; ISO 8601 in UTC</td></tr>
 * <tr><td>{@code planHash}</td><td>which plan</td></tr>
 * <tr><td>{@code verdict}</td><td>Approved, Rejected, BrokeGlass; of an outcome its phase, as in Succeeded; of a stop
 * Pause or GoOn; of a choice UpdateLastApplied or KeepLastApplied</td></tr>
 * <tr><td>{@code reason}</td><td>the person's words</td></tr>
 * <tr><td>{@code why}</td><td>Stepback's words: why denied, who approved, what changed</td></tr>
 * <tr><td>{@code replica}</td><td>which replica read a configuration file</td></tr>
 * </table>
 */
public final class AuditLog implements Audit {
    /** Has an appender of its own, see {@code logback.xml}. */
    public static final String LOGGER = "audit";

    /** The environment variable that names the file for the record, in place of standard output. */
    public static final String FILE = "AUDIT_LOG";

    private static final Logger RECORD = LoggerFactory.getLogger(LOGGER);
    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

    private final String cluster;
    private final String replica;
    private final Redactor redactor;
    private final Clock clock;

    /**
     * @param cluster the name by which people know the cluster
     * @param replica the name of this replica
     */
    public AuditLog(String cluster, String replica, Redactor redactor, Clock clock) {
        this.cluster = cluster;
        this.replica = replica;
        this.redactor = redactor;
        this.clock = clock;
    }

    /**
     * Makes sure that the record can be written: a logging library only shrugs at a file that it cannot open.
     *
     * @throws IOException when it cannot; the message says what to do
     */
    public static void checkFile(Map<String, String> environment) throws IOException {
        String file = environment.getOrDefault(FILE, "");
        if (file.isBlank()) {
            return;
        }
        try {
            Files.newOutputStream(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    .close();
        } catch (IOException | RuntimeException e) {
            throw new IOException("the file that " + FILE + " names cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void record(AuditEvent event) {
        try {
            AuditLine line = new AuditLine(event.name(), clock.instant(), cluster, replica, redactor);
            event.describe(line);
            RECORD.info(line.toString());
        } catch (RuntimeException e) {
            LOG.error("a line of the audit record is missing: {}", event.name(), e);
        }
    }
}
