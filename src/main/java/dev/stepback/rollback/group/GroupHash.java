package dev.stepback.rollback.group;

import dev.stepback.rollback.Rollback;
import dev.stepback.target.Plan;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Binds an approval of a group to everything that decides what will happen: each target's plan, and their order. */
final class GroupHash {
    private GroupHash() {}

    /** SHA-256 in lower-case hex. A name has no line break, so the lines are unambiguous. */
    static String of(GroupView view) {
        StringBuilder lines = new StringBuilder(view.group().getSpec().order().name());
        for (int i = 0; i < view.size(); i++) {
            lines.append('\n')
                    .append(view.target(i))
                    .append(' ')
                    .append(planHash(view.member(i)).orElse("-"));
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(lines.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    static Optional<String> planHash(Optional<Rollback> member) {
        return member.map(r -> r.statusOrInitial().plan()).map(Plan::hash);
    }
}
