package dev.stepback.sandbox.cluster.controller;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a container does, which its image's tag decides. */
enum Behaviour {
    HEALTHY,
    /** Exits with a code that is not 0 soon after each start: the one that the tag names, as in {@code exit3}, else 1. */
    CRASHES,
    /** Is killed for memory soon after each start. */
    RUNS_OUT_OF_MEMORY,
    /** There is no such image. */
    CANNOT_BE_PULLED,
    /** Runs, but its readiness probe never succeeds. */
    NEVER_READY,
    /** Asks for more than any node has. */
    CANNOT_BE_SCHEDULED;

    /** On a pod that crashes whatever its image is. */
    static final String ANNOTATION = "sandbox.stepback.dev/behaviour";

    static final String CRASHING = "crashes";

    private static final Pattern EXIT = Pattern.compile(".*:.*exit([1-9]\\d{0,2}).*");

    /** What a container that {@link #CRASHES} ends with. */
    static int exitCode(Container container) {
        Matcher exit = EXIT.matcher(container.getImage());
        return exit.matches() ? Integer.parseInt(exit.group(1)) : 1;
    }

    /** What a pod's annotation {@value #ANNOTATION} says, else what the image's tag says. */
    static Behaviour of(Pod pod, Container container) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        String said = annotations == null ? null : annotations.get(ANNOTATION);
        return CRASHING.equals(said) ? CRASHES : of(container.getImage());
    }

    static Behaviour of(String image) {
        String name = image.substring(image.lastIndexOf('/') + 1);
        String tag = name.substring(name.indexOf(':') + 1).toLowerCase(Locale.ROOT);
        if (!name.contains(":")) {
            return HEALTHY;
        }
        if (tag.contains("crash") || EXIT.matcher(":" + tag).matches()) {
            return CRASHES;
        }
        if (tag.contains("oom")) {
            return RUNS_OUT_OF_MEMORY;
        }
        if (tag.contains("badpull") || tag.contains("missing")) {
            return CANNOT_BE_PULLED;
        }
        if (tag.contains("neverready") || tag.contains("unready")) {
            return NEVER_READY;
        }
        return tag.contains("unschedulable") ? CANNOT_BE_SCHEDULED : HEALTHY;
    }

    /** What such a container writes to its log, empty if it never runs. */
    String log() {
        return switch (this) {
            case HEALTHY -> "INFO  Listening on port 8080\n";
            case CRASHES -> """
                INFO  Starting
                ERROR Cannot start: required setting ORDER_QUEUE is not set
                INFO  Exiting with code 1
                """;
            case RUNS_OUT_OF_MEMORY -> "INFO  Starting\nINFO  Loading the catalogue into memory\n";
            case NEVER_READY -> "INFO  Listening on port 8080\nWARN  Not ready: no connection to the database\n";
            case CANNOT_BE_PULLED, CANNOT_BE_SCHEDULED -> "";
        };
    }

    boolean restarts() {
        return this == CRASHES || this == RUNS_OUT_OF_MEMORY;
    }
}
