package dev.stepback.target;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;

/**
 * The hash that an approval is bound to.
 *
 * <p>It covers the target and its uid, the revision to restore, and every step with its parameters. The undo step's
 * patch carries the current template as its precondition, so the hash covers that too. Findings and descriptions are
 * left out: they inform, they decide nothing.
 */
public final class PlanHash {
    private PlanHash() {}

    /** SHA-256 in lower-case hex over an unambiguous (length-prefixed) encoding of the arguments. */
    public static String of(TargetRef target, String targetUid, long revision, List<PlannedStep> steps) {
        MessageDigest digest = sha256();
        add(digest, target.toString());
        add(digest, targetUid);
        add(digest, Long.toString(revision));
        for (PlannedStep step : steps) {
            add(digest, step.type());
            new TreeMap<>(step.parameters()).forEach((key, value) -> {
                add(digest, key);
                add(digest, value);
            });
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
