package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** The number of a DaemonSet's template, which only the API server writes; an annotation since {@code apps/v1}. */
final class DaemonSetGeneration {
    private static final String ANNOTATION = "deprecated.daemonset.template.generation";

    private DaemonSetGeneration() {}

    static void created(ResourceType type, ObjectNode object) {
        if (isDaemonSet(type)) {
            put(object, 1);
        }
    }

    /** Whatever the client wrote. */
    static void kept(ResourceType type, ObjectNode old, ObjectNode next) {
        if (isDaemonSet(type)) {
            put(next, of(old));
        }
    }

    static void updated(ResourceType type, ObjectNode old, ObjectNode next) {
        if (isDaemonSet(type) && !old.at("/spec/template").equals(next.at("/spec/template"))) {
            put(next, of(old) + 1);
        }
    }

    private static boolean isDaemonSet(ResourceType type) {
        return type.name().equals("daemonsets.apps");
    }

    private static int of(ObjectNode object) {
        return object.path("metadata").path("annotations").path(ANNOTATION).asInt(1);
    }

    private static void put(ObjectNode object, int generation) {
        object.withObject("/metadata").withObject("/annotations").put(ANNOTATION, Integer.toString(generation));
    }
}
