package dev.stepback.config;

/**
 * Something that is wrong with the configuration or the environment.
 *
 * @param source the file, or {@code environment}
 * @param line counted from 1; 0 when it is about no line
 * @param path the key with those that it is in, such as {@code rollback.deadline}, or a variable's name; may be empty
 * @param message what is wrong and what to write instead; never a secret's value
 */
public record Problem(String source, int line, String path, String message) {
    @Override
    public String toString() {
        return source + (line > 0 ? ":" + line : "") + ": " + (path.isEmpty() ? "" : path + ": ") + message;
    }
}
