package dev.stepback.sandbox.cluster.rbac;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The bearer tokens of this cluster. kubectl sends none over plain HTTP, so the address may carry it too: {@code
 * /token/<token>/api/…}.
 */
public final class Tokens {
    private static final String PREFIX = "token";
    private static final String BEARER = "Bearer ";

    private final SecureRandom random = new SecureRandom();
    private final Map<String, Caller> callers = new ConcurrentHashMap<>();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();

    /** The token of this caller, the same every time. */
    public String of(Caller caller) {
        return tokens.computeIfAbsent(caller.name(), name -> {
            byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            String token = HexFormat.of().formatHex(bytes);
            callers.put(token, caller);
            return token;
        });
    }

    /** What to put before a path so that it carries the token. */
    public static String path(String token) {
        return "/" + PREFIX + "/" + token;
    }

    /** How many segments at the beginning of a path are not Kubernetes' own: none, or two. */
    public static int prefix(List<String> segments) {
        return segments.size() >= 2 && segments.get(0).equals(PREFIX) ? 2 : 0;
    }

    /**
     * The token that a request carries, or nothing. A header counts more than the address.
     *
     * @param authorization the header, empty when there is none
     */
    public static String presented(String authorization, List<String> segments) {
        if (!authorization.isEmpty()) {
            return authorization.startsWith(BEARER) ? authorization.substring(BEARER.length()) : "";
        }
        return prefix(segments) > 0 ? segments.get(1) : "";
    }

    /** Whose token it is; empty for none and for unknown ones. */
    public Optional<Caller> caller(String token) {
        return Optional.ofNullable(callers.get(token));
    }
}
