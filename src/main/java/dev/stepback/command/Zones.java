package dev.stepback.command;

import dev.stepback.rollback.Person;
import java.time.ZoneId;
import java.util.Optional;

/** Knows where people's clocks are set. */
@FunctionalInterface
public interface Zones {
    /** Knows nothing of anybody. */
    Zones UNKNOWN = person -> Optional.empty();

    /** The person's time zone; empty when it is not known now. */
    Optional<ZoneId> of(Person person);
}
