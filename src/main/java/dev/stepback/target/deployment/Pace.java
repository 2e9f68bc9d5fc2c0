package dev.stepback.target.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.stepback.target.Finding;
import dev.stepback.target.workload.Borrowed;
import dev.stepback.target.workload.Room;
import dev.stepback.target.workload.Room.Count;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a rollout is made fast: its maxSurge is raised so far that all new pods start at once, or as many as there is room for.
 *
 * @param borrowed what is set differently for the rollout; empty when nothing has to be, or can be
 * @param finding what is worth knowing about that
 */
record Pace(Optional<Borrowed> borrowed, Optional<Finding> finding) {
    /** As the Deployment's strategy says. */
    static final Pace USUAL = new Pace(Optional.empty(), Optional.empty());

    private static final String CHECK = "fast";
    private static final JsonNode ALL = TextNode.valueOf("100%");

    /**
     * Where the nodes' room is not known, the quotas alone limit it: the old pods stay until new ones are ready, so pods that
     * find no node do no worse than wait, and who typed it wants speed. An API server that does not even tell the quotas in
     * time has trouble enough without a burst of pods.
     *
     * @param room for pods of the restored template
     */
    static Pace fast(Workload workload, Room room) {
        JsonNode spec = workload.deployment().path("spec");
        if (spec.path("strategy").path("type").asText().equals("Recreate")) {
            return none("with Recreate all new pods start at once anyway");
        }
        JsonNode now = workload.deployment().at(Borrowed.MAX_SURGE);
        if (now.isMissingNode()) {
            return none("its strategy has no maxSurge that could be raised");
        }
        JsonNode former = former(workload, now);
        int replicas = spec.path("replicas").asInt(1);
        int surge = pods(former, replicas);
        if (replicas == 0) {
            return none("it is scaled to 0");
        }
        if (surge >= replicas) {
            return none("with maxSurge %s all new pods start at once anyway".formatted(former.asText()));
        }
        if (room.quotas() instanceof Count.Late late) {
            return none("the room in the quotas could not be counted within %d s; ask again to have it tried once more"
                    .formatted(late.waited().toSeconds()));
        }
        int most = Math.min(replicas, room.pods().orElse(replicas));
        if (most <= surge) {
            return none("there is %s, and maxSurge is %s already".formatted(room(most), former.asText()));
        }
        JsonNode meanwhile = most == replicas ? ALL : IntNode.valueOf(most);
        return new Pace(
                Optional.of(new Borrowed(Borrowed.MAX_SURGE, former, meanwhile)),
                Optional.of(finding(room, most, replicas)));
    }

    /** Who wants it fast shall know that it is not, or was so before. */
    private static Pace none(String why) {
        return new Pace(Optional.empty(), Optional.of(Finding.warn(CHECK, "Fast changes nothing: " + why + ".")));
    }

    private static String room(int pods) {
        return pods == 0
                ? "no room for more pods"
                : "room for %d more %s only".formatted(pods, pods == 1 ? "pod" : "pods");
    }

    /** What it really is, where a Rollback that is no more has left its own value behind. */
    private static JsonNode former(Workload workload, JsonNode now) {
        return Borrowed.on(workload.deployment())
                .map(Borrowed.Noted::borrowed)
                .filter(b ->
                        b.path().equals(Borrowed.MAX_SURGE) && b.meanwhile().equals(now))
                .map(Borrowed::former)
                .orElse(now);
    }

    private static Finding finding(Room room, int most, int replicas) {
        String unknown = Stream.of(unknown("quotas", room.quotas()), unknown("nodes", room.nodes()))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" and "));
        if (unknown.isEmpty()) {
            return most < replicas
                    ? Finding.warn(
                            CHECK,
                            "There is room for %d of %d new pods at once; the others follow as old ones stop."
                                    .formatted(most, replicas))
                    : Finding.pass(CHECK, "There is room for %d more pods.".formatted(replicas));
        }
        String known = most < replicas ? "At most %d of %d new pods start at once. ".formatted(most, replicas) : "";
        return Finding.warn(
                CHECK,
                "%sWhether %s have room for %d more pods is not known: those that find none wait for old ones to stop."
                        .formatted(known, unknown, most));
    }

    private static Optional<String> unknown(String what, Count count) {
        if (count instanceof Count.Late late) {
            return Optional.of(
                    "%s (not counted within %d s)".formatted(what, late.waited().toSeconds()));
        }
        if (count instanceof Count.Uncounted) {
            return Optional.of(what + " (what is in use is not counted yet)");
        }
        return count instanceof Count.Unread ? Optional.of(what + " (cannot be looked at)") : Optional.empty();
    }

    /** As in {@code , all new pods at once (maxSurge 25% → 100%, put back afterwards)}. */
    static String words(Borrowed borrowed) {
        return ", %s at once (maxSurge %s → %s, put back afterwards)"
                .formatted(
                        borrowed.meanwhile().equals(ALL)
                                ? "all new pods"
                                : "up to %s new pods"
                                        .formatted(borrowed.meanwhile().asText()),
                        borrowed.former().asText(),
                        borrowed.meanwhile().asText());
    }

    /** A percentage is of the replicas, rounded up as the Deployment controller does. */
    private static int pods(JsonNode value, int replicas) {
        if (value.isInt()) {
            return value.asInt();
        }
        try {
            int percent = Integer.parseInt(value.asText().replace("%", "").trim());
            return (int) Math.min(Integer.MAX_VALUE, ((long) replicas * percent + 99) / 100);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
