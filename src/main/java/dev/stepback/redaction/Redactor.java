package dev.stepback.redaction;

import java.util.List;
import java.util.regex.Pattern;

/** Masks the values of environment variables whose names look like those of secrets. */
public final class Redactor {
    /** Stands for a masked value. */
    public static final String MASK = "••••••";

    private final List<Pattern> secretNames;

    /** @param secretNames found anywhere in a variable's name, these patterns mark its value as secret */
    public Redactor(List<Pattern> secretNames) {
        this.secretNames = List.copyOf(secretNames);
    }

    public boolean isSecret(String name) {
        return secretNames.stream().anyMatch(p -> p.matcher(name).find());
    }

    /** The value as it may be shown. */
    public String value(String name, String value) {
        return isSecret(name) ? MASK : value;
    }
}
