package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The objects of one kind, ordered as etcd orders them, and their latest changes. Guarded by the store's lock. */
final class ResourceTable {
    private static final int HISTORY = 20_000;

    private final NavigableMap<String, ObjectNode> objects = new TreeMap<>();
    private final Deque<Change> history = new ArrayDeque<>();
    private final Set<Subscription> subscriptions = new LinkedHashSet<>();
    /** The newest version whose change is no longer known. */
    private long forgotten;

    static String key(@Nullable String namespace, String name) {
        return namespace == null ? name : namespace + "/" + name;
    }

    @Nullable
    ObjectNode get(String key) {
        return objects.get(key);
    }

    List<ObjectNode> list(@Nullable String namespace) {
        Collection<ObjectNode> found = namespace == null
                ? objects.values()
                : objects.subMap(namespace + "/", namespace + "0").values();
        return new ArrayList<>(found);
    }

    void apply(String key, Change change) {
        if (change.type().equals("DELETED")) {
            objects.remove(key);
        } else {
            objects.put(key, change.object());
        }
        history.add(change);
        if (history.size() > HISTORY) {
            forgotten = history.removeFirst().version();
        }
        subscriptions.forEach(subscription -> subscription.offer(change));
    }

    void subscribe(Subscription subscription) {
        subscriptions.add(subscription);
    }

    void unsubscribe(Subscription subscription) {
        subscriptions.remove(subscription);
    }

    /** The changes after a version; an {@code Expired} failure when some of them are forgotten. */
    List<Change> since(long version) {
        if (version < forgotten) {
            throw Failures.expired("too old resource version: " + version + " (" + forgotten + ")");
        }
        List<Change> changes = new ArrayList<>();
        for (Change change : history) {
            if (change.version() > version) {
                changes.add(change);
            }
        }
        return changes;
    }

    void forget(long version) {
        history.clear();
        forgotten = Math.max(forgotten, version);
    }
}
