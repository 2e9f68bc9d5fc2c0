package dev.stepback.policy;

import java.util.Optional;

/** What a rule may let somebody do. Whoever may ask, approve or break the glass may also look. */
public enum Permission {
    VIEW("view", "look at %s"),
    REQUEST("request", "ask for a rollback of %s"),
    APPROVE("approve", "approve a rollback of %s"),
    BREAK_GLASS("breakGlass", "roll back %s without an approval"),
    CONFIGURE("configure", "lock or unlock rollbacks in %s");

    private final String key;
    private final String phrase;

    Permission(String key, String phrase) {
        this.key = key;
        this.phrase = phrase;
    }

    /** As it is written in the configuration. */
    public String key() {
        return key;
    }

    /** The permission that is written so; upper and lower case matter. */
    public static Optional<Permission> parse(String key) {
        for (Permission permission : values()) {
            if (permission.key.equals(key)) {
                return Optional.of(permission);
            }
        }
        return Optional.empty();
    }

    /** Whether who has this has {@code other} too. */
    boolean includes(Permission other) {
        return this == other || (other == VIEW && this != CONFIGURE);
    }

    /** What comes after "You may not". */
    String phrase(String place) {
        return phrase.formatted(place);
    }
}
