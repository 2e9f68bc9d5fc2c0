package dev.stepback.target;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.stream.Stream;

/** What is done to a target, with the names of {@code kubectl rollout}'s subcommands. */
public enum Operation {
    /** An earlier revision is restored. */
    UNDO("Undo"),
    /** Rollouts stand still until it is resumed, one that is under way included. */
    PAUSE("Pause"),
    /** The rollout goes on, or what was changed during the pause is rolled out. */
    RESUME("Resume"),
    /** All pods are replaced by new ones of the same template. */
    RESTART("Restart");

    private final String apiName;

    Operation(String apiName) {
        this.apiName = apiName;
    }

    /** The name in the Kubernetes API, such as {@code Restart}. */
    @JsonValue
    public String apiName() {
        return apiName;
    }

    /** As it is typed, such as {@code restart}. */
    public String lowerCase() {
        return apiName.toLowerCase(Locale.ROOT);
    }

    /** As one of them is spoken of: {@code rollback}, {@code restart}. */
    public String noun() {
        return this == UNDO ? "rollback" : lowerCase();
    }

    /** Never guesses: what a newer version asks for must not be done as something else. */
    @JsonCreator
    static Operation fromApiName(String apiName) {
        return Stream.of(values())
                .filter(operation -> operation.apiName.equals(apiName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown operation " + apiName));
    }
}
