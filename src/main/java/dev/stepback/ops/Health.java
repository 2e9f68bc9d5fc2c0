package dev.stepback.ops;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The conditions that must hold before the bot takes traffic. Safe for use by several threads. */
public final class Health {
    private final Map<String, Supplier<String>> checks = new ConcurrentHashMap<>();

    /** @param problem says what is wrong, or is empty while all is well; must answer at once */
    public void register(String name, Supplier<String> problem) {
        checks.put(name, problem);
    }

    /** What is wrong, by the name of the check; empty when ready. */
    public Map<String, String> problems() {
        Map<String, String> problems = new TreeMap<>();
        checks.forEach((name, check) -> {
            String problem = check.get();
            if (!problem.isEmpty()) {
                problems.put(name, problem);
            }
        });
        return problems;
    }
}
