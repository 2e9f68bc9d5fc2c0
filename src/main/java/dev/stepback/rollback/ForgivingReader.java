package dev.stepback.rollback;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads objects one by one, so that one that this version does not understand (a newer version wrote it, or somebody by hand
 * past the schema) spoils no list and ends no watch. It has neither spec nor status then: nobody sees it, and nothing is
 * done with it. The log names it once.
 *
 * @param <S> the spec, a record
 * @param <T> the status
 */
public abstract class ForgivingReader<R extends CustomResource<S, T>, S, T> extends StdDeserializer<R> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(ForgivingReader.class);
    private static final int MAX_WHY = 300;

    /** The uids of those that were complained about. */
    private static final Cache<String, Boolean> TOLD =
            Caffeine.newBuilder().maximumSize(1_000).build();

    private final transient Supplier<R> blank;
    private final Class<S> specType;
    private final Class<T> statusType;
    private final transient Set<String> known;

    protected ForgivingReader(Class<R> type, Supplier<R> blank, Class<S> specType, Class<T> statusType) {
        super(type);
        this.blank = blank;
        this.specType = specType;
        this.statusType = statusType;
        this.known = Arrays.stream(specType.getRecordComponents())
                .map(c -> c.getName())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** What keeps it from being understood, in words; null for nothing. */
    protected abstract @Nullable String missing(S spec, @Nullable T status);

    @Override
    public final R deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        ObjectCodec codec = parser.getCodec();
        JsonNode json = codec.readTree(parser);
        ObjectMeta metadata = codec.treeToValue(json.path("metadata"), ObjectMeta.class);
        R object = blank.get();
        object.setMetadata(metadata == null ? new ObjectMeta() : metadata);
        object.setSpec(null);
        object.setStatus(null);
        try {
            S spec = codec.treeToValue(json.path("spec"), specType);
            T status = codec.treeToValue(json.path("status"), statusType);
            String why = notUnderstood(json.path("spec"), spec, status);
            if (why == null) {
                object.setSpec(spec);
                object.setStatus(status);
            } else {
                tell(object, why);
            }
        } catch (JsonProcessingException e) {
            tell(object, e.getOriginalMessage());
        }
        return object;
    }

    private @Nullable String notUnderstood(JsonNode json, @Nullable S spec, @Nullable T status) {
        if (spec == null) {
            // A watch's bookmark has none, nor has a copy of one that was complained about before.
            return json.isObject() ? "no spec" : "";
        }
        List<String> unknown = json.properties().stream()
                .map(field -> field.getKey())
                .filter(name -> !known.contains(name))
                .toList();
        return unknown.isEmpty() ? missing(spec, status) : "unknown in its spec: " + String.join(", ", unknown);
    }

    /** Whether none is null. */
    protected static boolean all(@Nullable Object... parts) {
        return Stream.of(parts).allMatch(Objects::nonNull);
    }

    private void tell(R object, String why) {
        ObjectMeta metadata = object.getMetadata();
        String uid = String.valueOf(metadata.getUid());
        if (!why.isEmpty() && TOLD.asMap().putIfAbsent(uid, true) == null) {
            LOG.atWarn()
                    .addKeyValue(object.getSingular(), metadata.getName())
                    .log(
                            "left alone, because this version does not understand it: {}/{}: {}",
                            metadata.getNamespace(),
                            metadata.getName(),
                            OneLine.of(why, MAX_WHY));
        }
    }
}
