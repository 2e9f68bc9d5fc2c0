package dev.stepback.policy;

import dev.stepback.target.Operation;
import java.util.Optional;

/** What a rule may let somebody do. Whoever may ask, approve or break the glass may also look. */
public enum Permission {
    VIEW("view"),
    REQUEST("request"),
    APPROVE("approve"),
    BREAK_GLASS("breakGlass"),
    CONFIGURE("configure");

    private final String key;

    Permission(String key) {
        this.key = key;
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

    /**
     * What comes after "You may not".
     *
     * @param operation what is to be done there
     */
    public String phrase(Operation operation, String place) {
        boolean undo = operation == Operation.UNDO;
        return switch (this) {
            case VIEW -> "look at " + place;
            case REQUEST -> undo ? "ask for a rollback of " + place : "ask to " + operation.lowerCase() + " " + place;
            case APPROVE -> "approve a " + operation.noun() + " of " + place;
            case BREAK_GLASS -> (undo ? "roll back " : operation.lowerCase() + " ") + place + " without an approval";
            case CONFIGURE -> "lock or unlock rollbacks in " + place;
        };
    }
}
