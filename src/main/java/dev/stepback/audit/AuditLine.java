package dev.stepback.audit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.redaction.Redactor;
import dev.stepback.text.OneLine;
import java.time.Instant;
import java.util.Optional;

/**
 * One line of the record, as JSON. What is empty is left out. Text from outside is bounded, redacted, and has no line breaks
 * and no control characters.
 */
final class AuditLine {
    private static final int MAX_TEXT = 1000;
    private static final int MAX_NAME = 120;

    private final ObjectNode json = JsonNodeFactory.instance.objectNode();
    private final String cluster;
    private final String replica;
    private final Redactor redactor;

    AuditLine(String event, Instant time, String cluster, String replica, Redactor redactor) {
        this.cluster = cluster;
        this.replica = replica;
        this.redactor = redactor;
        // First, so that one can tell the record from the log when both go to standard output.
        json.put("logger", AuditLog.LOGGER).put("time", time.toString()).put("event", event);
    }

    AuditLine by(By by) {
        ObjectNode actor = json.putObject("actor");
        put(actor, "id", OneLine.of(by.id(), MAX_NAME));
        put(actor, "name", OneLine.of(redactor.text(by.name()), MAX_NAME));
        put(actor, "team", OneLine.of(by.team() == null ? "" : by.team(), MAX_NAME));
        put(json, "channel", OneLine.of(by.channel() == null ? "" : by.channel(), MAX_NAME));
        return this;
    }

    AuditLine on(On on) {
        json.putObject("target")
                .put("cluster", cluster)
                .put("namespace", on.target().namespace())
                .put("kind", on.target().kind().apiName())
                .put("name", on.target().name());
        put(json, "rollback", on.rollback() == null ? "" : on.rollback());
        put(json, "group", on.group() == null ? "" : on.group());
        put(json, "operation", on.operation() == null ? "" : on.operation());
        return this;
    }

    /** A namespace, or all of the cluster. */
    AuditLine namespace(Optional<String> namespace) {
        ObjectNode target = json.putObject("target").put("cluster", cluster);
        namespace.ifPresent(n -> target.put("namespace", OneLine.of(n, MAX_NAME)));
        return this;
    }

    AuditLine replica() {
        put(json, "replica", replica);
        return this;
    }

    AuditLine toRevision(long number) {
        json.put("toRevision", number);
        return this;
    }

    AuditLine toTime(Instant time) {
        json.put("toTime", time.toString());
        return this;
    }

    AuditLine planHash(String hash) {
        put(json, "planHash", OneLine.of(hash, MAX_NAME));
        return this;
    }

    AuditLine action(String word) {
        json.put("action", word);
        return this;
    }

    AuditLine verdict(String verdict) {
        json.put("verdict", verdict);
        return this;
    }

    AuditLine reason(String words) {
        put(json, "reason", safe(words));
        return this;
    }

    AuditLine why(String sentence) {
        put(json, "why", safe(sentence));
        return this;
    }

    private String safe(String text) {
        return OneLine.of(redactor.text(text), MAX_TEXT);
    }

    private static void put(ObjectNode to, String key, String value) {
        if (!value.isEmpty()) {
            to.put(key, value);
        }
    }

    @Override
    public String toString() {
        return json.toString();
    }
}
