package dev.stepback.slack;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes what Slack keeps for the bot unforgeable: the values of buttons and the metadata of modals. Each bears a code over
 * itself and over what it is for, with a key that comes from the bot's token: every replica has it, nobody else does, and
 * there is no further secret to look after. It says that the bot made the reference, not that anybody may use it.
 */
final class References {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String KEY = "stepback references\n";
    private static final char MARK = '~';

    /** 128 bits: more than anybody can try. */
    private static final int LENGTH = 16;

    private final SecretKeySpec key;

    /** @param token the bot's token */
    References(String token) {
        this.key = new SecretKeySpec((KEY + token).getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    /**
     * The reference with its code.
     *
     * @param purpose the action id, up to its colon, or the callback id
     */
    String signed(String purpose, String reference) {
        return reference + MARK + code(purpose, reference);
    }

    /** What was signed for this purpose; empty when the bot did not make it, or with another token. */
    Optional<String> opened(String purpose, String signed) {
        int mark = signed.lastIndexOf(MARK);
        if (mark < 0) {
            return Optional.empty();
        }
        String reference = signed.substring(0, mark);
        byte[] given = signed.substring(mark + 1).getBytes(StandardCharsets.UTF_8);
        byte[] right = code(purpose, reference).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(right, given) ? Optional.of(reference) : Optional.empty();
    }

    /** What an action id is for: where several buttons of one kind are in one message, a number follows. */
    static String purpose(String actionId) {
        return actionId.split(":", 2)[0];
    }

    private String code(String purpose, String reference) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(purpose.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) '\n');
            byte[] code = mac.doFinal(reference.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(code, 0, LENGTH);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, e);
        }
    }
}
