package dev.stepback.rollback.event;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How many Events denials may cause: whoever is denied something can be denied it again and again, and must not flood the API
 * server by it. Of the same denial one Event is written in {@link #WINDOW}, and the next one counts those in between; of one
 * person, and of all together, only so many. A clock that is set back makes nobody wait for longer. Safe for use by several
 * threads.
 */
final class DenialLimit {
    static final Duration WINDOW = Duration.ofMinutes(10);
    static final int PER_PERSON = 10;
    static final int TOGETHER = 100;

    /**
     * An Event that may be written.
     *
     * @param since when the first denial was that it speaks for
     * @param count for how many it speaks
     */
    record Admitted(Instant since, int count) {}

    private static final class Window {
        private final Duration from;
        private int events;
        private int untold;
        private @Nullable Instant firstUntold;

        Window(Duration from) {
            this.from = from;
        }
    }

    /** Who has many different things denied makes the oldest be forgotten, and nobody else's be untold. */
    private final Map<Object, Window> same = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Window> eldest) {
            return size() > TOGETHER * PER_PERSON;
        }
    };

    private final Map<String, Window> people = new HashMap<>();
    private Window all = new Window(WINDOW.negated());

    /** How long it has been going, as far as the clock went forward. */
    private Duration going = Duration.ZERO;

    private Instant last = Instant.MAX;

    /**
     * Counts a denial.
     *
     * @param what the same for the same denial
     * @return empty when no Event may be written of it now
     */
    synchronized Optional<Admitted> denied(String person, Object what, Instant now) {
        going = last.isBefore(now) ? going.plus(Duration.between(last, now)) : going;
        last = now;
        if (over(all)) {
            all = new Window(going);
            people.clear();
            same.values().removeIf(w -> over(w) && w.untold == 0);
        }
        Window those = same.get(what);
        if (those == null || (over(those) && those.untold == 0)) {
            those = new Window(going);
            same.put(what, those);
        }
        Window theirs = people.computeIfAbsent(person, p -> new Window(going));
        boolean room = theirs.events < PER_PERSON && all.events < TOGETHER;
        if (room && (those.events == 0 || over(those))) {
            theirs.events++;
            all.events++;
            Window next = new Window(going);
            next.events = 1;
            same.put(what, next);
            return Optional.of(new Admitted(those.firstUntold == null ? now : those.firstUntold, those.untold + 1));
        }
        those.untold++;
        those.firstUntold = those.firstUntold == null ? now : those.firstUntold;
        return Optional.empty();
    }

    private boolean over(Window window) {
        return going.compareTo(window.from.plus(WINDOW)) >= 0;
    }
}
