package dev.stepback.sandbox.slack;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Triggers: each lets the app open one modal, within three seconds. */
final class Triggers {
    static final Duration LIFETIME = Duration.ofSeconds(3);

    /**
     * @param user who clicked or typed
     * @param view the modal that it came from; null when it did not come from one
     */
    record Trigger(String user, @Nullable String view, Instant made) {}

    private final Clock clock;
    private final Map<String, Trigger> open = new HashMap<>();
    private final Map<String, Trigger> used = new HashMap<>();
    private int count;

    Triggers(Clock clock) {
        this.clock = clock;
    }

    synchronized String make(String user, @Nullable String view) {
        count++;
        String id = count + "." + clock.millis() + "."
                + UUID.randomUUID().toString().replace("-", "");
        open.put(id, new Trigger(user, view, clock.instant()));
        return id;
    }

    /** @throws SlackError when it was used before, is too old or was never given */
    synchronized Trigger exchange(String id) {
        if (used.containsKey(id)) {
            throw new SlackError("exchanged_trigger_id");
        }
        Trigger trigger = open.get(id);
        if (trigger == null) {
            throw new SlackError("invalid_trigger_id");
        }
        if (clock.instant().isAfter(trigger.made().plus(LIFETIME))) {
            throw new SlackError("expired_trigger_id");
        }
        open.remove(id);
        used.put(id, trigger);
        return trigger;
    }
}
