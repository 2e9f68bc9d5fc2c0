package dev.stepback.sandbox.cluster.controller;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which revision a StatefulSet comes from and which one it shall come to. */
final class StatefulSetRevisions {
    private static final String HASH_LABEL = "controller.kubernetes.io/hash";

    private final ControllerHistory history;

    StatefulSetRevisions(ControllerHistory history) {
        this.history = history;
    }

    /**
     * @param current what the pods below the partition are made from; the same as {@code update} when no rollout is going on
     * @param update the revision of the present template
     * @param collisions names that were found taken so far
     */
    record Pair(TemplateRevision current, TemplateRevision update, int collisions) {}

    /** Finds the two, and writes, or numbers anew, the revision of the present template. */
    Pair find(StatefulSet set, ObjectNode json) {
        Map<String, String> selector = set.getSpec().getSelector().getMatchLabels();
        history.adopt(set, selector);
        List<TemplateRevision> known = history.of(set, selector);
        StatefulSetStatus status = set.getStatus();
        int collisions = status == null || status.getCollisionCount() == null ? 0 : status.getCollisionCount();
        ObjectNode data = TemplateRevision.patchOf(json);
        List<TemplateRevision> equal =
                known.stream().filter(revision -> revision.hasData(data)).toList();
        TemplateRevision update;
        if (equal.isEmpty()) {
            while (true) {
                try {
                    update = create(set, data, ControllerHistory.nextNumber(known), collisions);
                    break;
                } catch (ControllerHistory.NameTaken e) {
                    collisions++;
                }
            }
        } else {
            TemplateRevision newest = known.get(known.size() - 1);
            TemplateRevision found = equal.get(equal.size() - 1);
            update = newest.hasData(data) ? newest : history.renumber(found, ControllerHistory.nextNumber(known));
        }
        String name = status == null ? null : status.getCurrentRevision();
        TemplateRevision made = update;
        TemplateRevision current = known.stream()
                .filter(revision -> revision.name().equals(name))
                .findFirst()
                .map(found -> found.name().equals(made.name()) ? made : found)
                .orElse(update);
        return new Pair(current, update, collisions);
    }

    private TemplateRevision create(StatefulSet set, ObjectNode data, long number, int collisions) {
        Map<String, String> labels = set.getSpec().getTemplate().getMetadata().getLabels();
        return history.create(set, labels, HASH_LABEL, hash(data, collisions), data, number);
    }

    private static String hash(ObjectNode data, int collisions) {
        ObjectNode hashed = JsonNodeFactory.instance.objectNode();
        hashed.set("data", data);
        return PodTemplates.hash(hashed, collisions);
    }

    /** The revision of a set's present template, as it would be written. */
    static ObjectNode make(StatefulSet set, ObjectNode json, long number) {
        Map<String, String> labels = set.getSpec().getTemplate().getMetadata().getLabels();
        ObjectNode data = TemplateRevision.patchOf(json);
        return ControllerHistory.make(set, labels, HASH_LABEL, hash(data, 0), data, number);
    }

    /** Keeps what runs and what is rolled out, and of the others as many as the set says. */
    void truncate(StatefulSet set, Pair pair, List<Pod> pods) {
        Set<String> live = new HashSet<>(List.of(pair.current.name(), pair.update.name()));
        pods.forEach(pod -> live.add(StatefulPods.revisionOf(pod)));
        Integer limit = set.getSpec().getRevisionHistoryLimit();
        List<TemplateRevision> all =
                new ArrayList<>(history.of(set, set.getSpec().getSelector().getMatchLabels()));
        history.truncate(all, live, limit == null ? 10 : limit);
    }
}
