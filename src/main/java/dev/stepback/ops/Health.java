package dev.stepback.ops;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The conditions that must hold before the bot takes traffic. Safe for use by several threads. */
public final class Health {
    private final UnaryOperator<String> redaction;
    private final Map<String, Supplier<String>> checks = new ConcurrentHashMap<>();
    private final Map<String, Supplier<String>> notes = new ConcurrentHashMap<>();

    /** Shows what checks say as it is. */
    public Health() {
        this(UnaryOperator.identity());
    }

    /** @param redaction masks what must not be shown: whoever reaches the port can read it */
    public Health(UnaryOperator<String> redaction) {
        this.redaction = redaction;
    }

    /** @param problem says what is wrong, or is empty while all is well; must answer at once */
    public void register(String name, Supplier<String> problem) {
        checks.put(name, problem);
    }

    /**
     * Something that operators should know although the bot can do its work.
     *
     * @param note is empty while there is nothing to say; must answer at once
     */
    public void note(String name, Supplier<String> note) {
        notes.put(name, note);
    }

    /** The notes that say something. */
    Map<String, String> notes() {
        Map<String, String> said = states(notes);
        said.values().removeIf(String::isEmpty);
        return said;
    }

    /** Every check by its name, with what is wrong; empty when all is well with it. */
    public Map<String, String> states() {
        return states(checks);
    }

    private Map<String, String> states(Map<String, Supplier<String>> checks) {
        Map<String, String> states = new TreeMap<>();
        checks.forEach((name, check) -> states.put(name, state(check)));
        return states;
    }

    private String state(Supplier<String> check) {
        try {
            return redaction.apply(check.get());
        } catch (RuntimeException e) {
            return redaction.apply("the check itself failed: " + e);
        }
    }
}
