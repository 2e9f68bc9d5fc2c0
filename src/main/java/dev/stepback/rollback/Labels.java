package dev.stepback.rollback;

import dev.stepback.target.TargetRef;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;

/** Names and labels of Rollbacks and what belongs to them, within the lengths that Kubernetes allows. */
public final class Labels {
    static final String KIND = "stepback.dev/target-kind";
    static final String NAME = "stepback.dev/target-name";

    private static final int MAX_LABEL = 63;
    private static final int MAX_NAME = 253;
    private static final int HASH = 10;
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");

    private Labels() {}

    /** The labels by which the Rollbacks of a target are found. */
    static Map<String, String> of(TargetRef target) {
        return Map.of(KIND, target.kind().apiName(), NAME, shortened(target.name(), MAX_LABEL));
    }

    /** The name of the Rollback for a request: the same for every delivery of it. */
    static String rollbackName(NewRollback request) {
        return uniqueName(request.target().name(), request.target() + "\n" + request.deliveryKey());
    }

    /** A name that begins like this and is the same for the same key. */
    static String uniqueName(String beginning, String key) {
        String suffix = "-" + hash(key);
        return cut(beginning, MAX_NAME - suffix.length()) + suffix;
    }

    /** The value of a label that stands for a name. */
    static String value(String name) {
        return shortened(name, MAX_LABEL);
    }

    /** The name of an Event about an object of this name: the same for the same key. */
    public static String eventName(String object, String key) {
        String suffix = "." + hash(key);
        return cut(object, MAX_NAME - suffix.length()) + suffix;
    }

    /** The text itself when it may be a label; otherwise its beginning and a hash of it, or the hash alone. */
    private static String shortened(String text, int max) {
        if (!LABEL.matcher(text).matches()) {
            return hash(text);
        }
        return text.length() <= max ? text : cut(text, max - HASH - 1) + "-" + hash(text);
    }

    /** The beginning, which must not end with a separator. */
    private static String cut(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max).replaceAll("[.-]+$", "");
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, HASH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
