package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the API server adds to a Job: numbers, and the labels by which its pods are found. */
final class JobDefaults {
    private static final String UID = "batch.kubernetes.io/controller-uid";

    private JobDefaults() {}

    static void fillIn(ObjectNode job) {
        ObjectNode spec = job.withObject("/spec");
        if (!spec.has("completions") && !spec.has("parallelism")) {
            spec.put("completions", 1);
        }
        put(spec, "parallelism", 1);
        put(spec, "backoffLimit", 6);
        if (!spec.has("completionMode")) {
            spec.put("completionMode", "NonIndexed");
        }
        if (!spec.has("suspend")) {
            spec.put("suspend", false);
        }
        if (!spec.path("manualSelector").asBoolean()) {
            String uid = Json.uid(job);
            ObjectNode labels =
                    spec.withObject("/template").withObject("/metadata").withObject("/labels");
            labels.put("controller-uid", uid);
            labels.put("job-name", Json.name(job));
            labels.put(UID, uid);
            labels.put("batch.kubernetes.io/job-name", Json.name(job));
            if (!spec.has("selector")) {
                spec.withObject("/selector").withObject("/matchLabels").put(UID, uid);
            }
        }
    }

    private static void put(ObjectNode object, String field, int value) {
        if (!object.has(field)) {
            object.put(field, value);
        }
    }
}
