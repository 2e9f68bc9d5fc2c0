package dev.stepback.rollback.lock;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.lock.Locks.Lock;
import dev.stepback.rollback.lock.Locks.State;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locks as a ConfigMap: a key for each locked namespace, {@value #EVERYTHING} for everything. The value is JSON; whatever
 * else stands there locks too, for somebody wanted to lock.
 */
public final class LockMap {
    private static final Logger LOG = LoggerFactory.getLogger(LockMap.class);
    /** What the ConfigMap is called. */
    public static final String NAME = "stepback-locks";
    /** No namespace can be called so. */
    static final String EVERYTHING = "_all";

    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private final KubernetesClient client;
    private final String namespace;

    /** @param namespace where the ConfigMap is */
    public LockMap(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** Whether rollbacks may start in a namespace now. Never throws: what cannot be read is closed. */
    public State state(String namespace) {
        try {
            Map<String, Lock> locks = read();
            Lock lock = locks.getOrDefault(EVERYTHING, locks.get(namespace));
            return lock == null ? new State.Open() : new State.Locked(lock);
        } catch (KubernetesClientException e) {
            LOG.warn("the locks cannot be read, so nothing may start: {}", e.getMessage());
            return new State.Unreadable("Whether rollbacks are locked cannot be read from the cluster"
                    + (e.getCode() > 0 ? " (HTTP " + e.getCode() + ")" : "")
                    + ", so nothing may start. Try again in a moment.");
        }
    }

    /** As they are now, by key; never from a cache. */
    Map<String, Lock> read() {
        return locks(get());
    }

    /**
     * Changes the locks, looking again whenever somebody else wrote in between.
     *
     * @param change gets the locks as they are now, and returns them as they shall be
     * @return the locks as they were before
     */
    Map<String, Lock> change(UnaryOperator<Map<String, Lock>> change) {
        while (true) {
            ConfigMap now = get();
            Map<String, Lock> before = locks(now);
            Map<String, Lock> after = change.apply(before);
            if (after.equals(before)) {
                return before;
            }
            try {
                write(now, before, after);
                return before;
            } catch (KubernetesClientException e) {
                if (e.getCode() != HttpURLConnection.HTTP_CONFLICT && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                    throw e;
                }
            }
        }
    }

    static String key(Optional<String> namespace) {
        return namespace.orElse(EVERYTHING);
    }

    private @Nullable ConfigMap get() {
        return client.configMaps().inNamespace(namespace).withName(NAME).get();
    }

    private void write(@Nullable ConfigMap now, Map<String, Lock> before, Map<String, Lock> after) {
        Map<String, String> data = new TreeMap<>(data(now));
        before.keySet().forEach(data::remove);
        after.forEach((key, lock) ->
                data.put(key, lock.equals(before.get(key)) ? data(now).getOrDefault(key, "") : json(lock)));
        if (now == null) {
            client.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace)
                            .withName(NAME)
                            .endMetadata()
                            .withData(data)
                            .build())
                    .create();
        } else {
            client.resource(new ConfigMapBuilder(now).withData(data).build())
                    .lockResourceVersion(now.getMetadata().getResourceVersion())
                    .update();
        }
    }

    private static Map<String, Lock> locks(@Nullable ConfigMap map) {
        return data(map).entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> lock(e.getKey(), e.getValue())));
    }

    private static Map<String, String> data(@Nullable ConfigMap map) {
        return map == null || map.getData() == null ? Map.of() : map.getData();
    }

    /** In the order in which they are shown. */
    static List<Lock> sorted(Map<String, Lock> locks) {
        return locks.values().stream()
                .sorted(Comparator.comparing(lock -> lock.namespace().orElse("")))
                .toList();
    }

    private static Lock lock(String key, String text) {
        Optional<String> namespace = key.equals(EVERYTHING) ? Optional.empty() : Optional.of(key);
        try {
            Entry entry = JSON.readValue(text, Entry.class);
            if (entry != null && entry.by() != null && entry.at() != null) {
                Instant at = Instant.parse(entry.at());
                return new Lock(namespace, entry.by(), at, entry.reason() == null ? "" : entry.reason());
            }
        } catch (JsonProcessingException | DateTimeParseException e) {
            // Written by hand: it says what it says.
        }
        return new Lock(namespace, new Person("", "somebody with kubectl"), Instant.EPOCH, text.strip());
    }

    private static String json(Lock lock) {
        try {
            return JSON.writeValueAsString(new Entry(lock.by(), lock.at().toString(), lock.reason()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Entry(
            @Nullable Person by,
            @Nullable String at,
            @Nullable String reason) {}
}
