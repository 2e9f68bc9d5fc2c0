package dev.stepback.redaction;

import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Tells by its name whether something is a secret: of a variable, a flag, a header, an annotation, a field. */
final class SecretNames {
    private static final int LONGEST = 200;

    /** Says where a secret is, how long it lasts or whether there is one; not what it is. */
    private static final Pattern ABOUT = Pattern.compile("(?i)(?:[_.-]|(?<=[a-z])(?=[A-Z]))"
            + "(?:file|path|dir|ttl|timeout|enabled|disabled|required|expiry|expiration|interval|seconds|minutes"
            + "|url|uri|host|port|endpoint|kubeconfig|mode|type|name)$");

    /** Words of sentences, what Kubernetes calls its resources and Slack its methods: no names of values. */
    private static final Pattern PROSE = Pattern.compile("(?i)un?auth(?:ori[sz]ed|enticated)|author(?:s|ity)?"
            + "|passed|passes|passing|passive|compass|secrets|tokens|sessions|cookies|.*\\.k8s\\.io|auth\\.test");

    /** Numbers that look random under these names are worth reading. */
    private static final Pattern FINGERPRINT = Pattern.compile(
            "(?i)commit|revision|sha(?:1|256|512)?(?![a-z])|digest|checksum|hash(?!i)|fingerprint|etag|version|release"
                    + "|build|image|tag(?![a-z])|trace|span|uu?id(?![a-z])|guid|git");

    /** Says nothing of a secret, whatever it is the value of. */
    private static final Pattern HARMLESS = Pattern.compile(
            "(?i)|true|false|yes|no|on|off|null|none|nil|<nil>|<none>|\\$\\([\\w.-]+\\)|\\$\\{[\\w.-]+}|\\$[A-Z_]+|•+");

    private final Supplier<List<Pattern>> names;
    private final Supplier<List<Pattern>> allowed;

    SecretNames(Supplier<List<Pattern>> names, Supplier<List<Pattern>> allowed) {
        this.names = names;
        this.allowed = allowed;
    }

    boolean isSecret(String name) {
        String tested = name.length() <= LONGEST ? name : name.substring(name.length() - LONGEST);
        return names.get().stream().anyMatch(p -> p.matcher(tested).find())
                && !ABOUT.matcher(tested).find()
                && !PROSE.matcher(tested).matches()
                && !isAllowed(tested);
    }

    /** Whether the operators said that this name, or this value, is no secret. */
    boolean isAllowed(String nameOrValue) {
        return nameOrValue.length() <= LONGEST
                && allowed.get().stream().anyMatch(p -> p.matcher(nameOrValue).matches());
    }

    static boolean isFingerprint(String name) {
        return FINGERPRINT
                .matcher(name.length() <= LONGEST ? name : name.substring(0, LONGEST))
                .find();
    }

    /** Nothing, a truth value, or a reference to something else. */
    static boolean isHarmless(String value) {
        return value.length() <= LONGEST && HARMLESS.matcher(value).matches();
    }
}
