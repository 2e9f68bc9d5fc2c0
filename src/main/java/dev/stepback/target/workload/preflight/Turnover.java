package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.target.Kind;
import dev.stepback.target.workload.Borrowed;

/**
 * How many pods a rollout replaces, and how many at a time.
 *
 * @param pods that are replaced
 * @param surge how many there may be beyond those that are wanted
 * @param unavailable how many of those that are wanted may be missing
 * @param why the fields that say so; may be empty
 */
record Turnover(int pods, int surge, int unavailable, String why) {

    static Turnover of(Preflight.Subject subject) {
        JsonNode object = subject.workload().object();
        JsonNode spec = object.path("spec");
        return switch (subject.workload().ref().kind()) {
            case DEPLOYMENT -> deployment(subject, spec);
            case STATEFULSET -> statefulSet(spec, subject.patch().replaced(Borrowed.PARTITION));
            case DAEMONSET -> daemonSet(object);
        };
    }

    private static Turnover deployment(Preflight.Subject subject, JsonNode spec) {
        int replicas = spec.path("replicas").asInt(1);
        JsonNode strategy = spec.path("strategy");
        if (strategy.path("type").asText().equals("Recreate")) {
            return new Turnover(replicas, 0, replicas, "Recreate");
        }
        JsonNode borrowed = subject.patch().replaced(Borrowed.MAX_SURGE);
        JsonNode surge =
                borrowed.isMissingNode() ? strategy.path("rollingUpdate").path("maxSurge") : borrowed;
        JsonNode missing = strategy.path("rollingUpdate").path("maxUnavailable");
        int more = part(surge, "25%", replicas, true);
        int less = part(missing, "25%", replicas, false);
        // The controller does so too: otherwise nothing would ever happen.
        int atLeastOne = more == 0 && less == 0 ? 1 : less;
        return new Turnover(
                replicas,
                more,
                Math.min(replicas, atLeastOne),
                "maxSurge %s, maxUnavailable %s".formatted(surge.asText("25%"), missing.asText("25%")));
    }

    /** @param back the partition that is put back together with the template; may be missing */
    private static Turnover statefulSet(JsonNode spec, JsonNode back) {
        JsonNode rolling = spec.path("updateStrategy").path("rollingUpdate");
        int replicas = spec.path("replicas").asInt(1);
        int now = rolling.path("partition").asInt(0);
        int partition = Math.min(now, back.asInt(now));
        JsonNode missing = rolling.path("maxUnavailable");
        return new Turnover(
                Math.max(0, replicas - partition),
                0,
                Math.max(1, part(missing, "1", replicas, false)),
                missing.isMissingNode() ? "" : "maxUnavailable " + missing.asText());
    }

    private static Turnover daemonSet(JsonNode object) {
        JsonNode strategy = object.path("spec").path("updateStrategy");
        int pods = object.path("status").path("desiredNumberScheduled").asInt(0);
        if (strategy.path("type").asText().equals("OnDelete")) {
            return new Turnover(pods, 0, 1, "");
        }
        JsonNode surge = strategy.path("rollingUpdate").path("maxSurge");
        JsonNode missing = strategy.path("rollingUpdate").path("maxUnavailable");
        int more = part(surge, "0", pods, true);
        int less = part(missing, "1", pods, true);
        return new Turnover(pods, more, more == 0 ? Math.max(1, less) : less, "maxUnavailable " + missing.asText("1"));
    }

    /** A number, or a percentage of the pods. */
    static int part(JsonNode value, String fallback, int pods, boolean up) {
        String text = value.isMissingNode() || value.isNull() ? fallback : value.asText();
        try {
            if (!text.endsWith("%")) {
                return Math.min(pods, Integer.parseInt(text));
            }
            long hundredths = (long) pods * Integer.parseInt(text.substring(0, text.length() - 1));
            return (int) Math.min(pods, (hundredths + (up ? 99 : 0)) / 100);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    int atATime() {
        return Math.max(1, Math.min(pods, surge + unavailable));
    }

    /** How often the rollout waits for pods to become ready. */
    int rounds() {
        return (pods + atATime() - 1) / atATime();
    }

    /** What is left to do when some of the pods run what they shall run already. */
    Turnover without(int done) {
        return new Turnover(Math.max(0, pods - done), surge, unavailable, why);
    }

    /** As in {@code 10 pods, one at a time (maxSurge 1, maxUnavailable 0)}. */
    String words(Kind kind) {
        String each = kind == Kind.DAEMONSET ? "pods on as many nodes" : "pods";
        return paced(pods == 1 ? "1 pod" : pods + " " + each);
    }

    /** As in {@code 2 of 10 pods, the others still run revision 3, one at a time (maxSurge 1, maxUnavailable 0)}. */
    String words(int all, long revision) {
        String wanted = all == 1
                ? "Its pod still runs"
                : all == 2
                        ? "Both pods that are wanted still run"
                        : "All %d pods that are wanted still run".formatted(all);
        return pods == 0
                ? "%s revision %d".formatted(wanted, revision)
                : paced("%d of %d pods, the others still run revision %d".formatted(pods, all, revision));
    }

    private String paced(String count) {
        String pace = pods == 1
                ? ""
                : atATime() == 1
                        ? ", one at a time"
                        : atATime() >= pods ? ", all at once" : ", up to %d at a time".formatted(atATime());
        return count + pace + (why.isEmpty() ? "" : " (" + why + ")");
    }
}
