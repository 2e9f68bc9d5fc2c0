package dev.stepback.rollback.group;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads groups one by one, so that one that this version does not understand (a newer version wrote it, or somebody by hand
 * past the schema) spoils no list and ends no watch. It has neither spec nor status then, and nothing is done with it.
 */
final class GroupReader extends StdDeserializer<RollbackGroup> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(GroupReader.class);
    private static final Set<String> SPEC = Arrays.stream(RollbackGroupSpec.class.getRecordComponents())
            .map(c -> c.getName())
            .collect(Collectors.toUnmodifiableSet());

    GroupReader() {
        super(RollbackGroup.class);
    }

    @Override
    public RollbackGroup deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        ObjectCodec codec = parser.getCodec();
        JsonNode json = codec.readTree(parser);
        ObjectMeta metadata = codec.treeToValue(json.path("metadata"), ObjectMeta.class);
        RollbackGroup group = new RollbackGroup();
        group.setMetadata(metadata == null ? new ObjectMeta() : metadata);
        group.setSpec(null);
        group.setStatus(null);
        try {
            RollbackGroupSpec spec = codec.treeToValue(json.path("spec"), RollbackGroupSpec.class);
            RollbackGroupStatus status = codec.treeToValue(json.path("status"), RollbackGroupStatus.class);
            if (understood(json, spec)) {
                group.setSpec(spec);
                group.setStatus(status);
                return group;
            }
        } catch (JsonProcessingException e) {
            LOG.debug("{}", e.getOriginalMessage());
        }
        LOG.atWarn()
                .addKeyValue("group", group.getMetadata().getName())
                .log("left alone, because this version does not understand it");
        return group;
    }

    private static boolean understood(JsonNode json, @Nullable RollbackGroupSpec spec) {
        return spec != null
                && json.path("spec").properties().stream().allMatch(field -> SPEC.contains(field.getKey()))
                && all(spec.order(), spec.reason(), spec.requestedBy(), spec.origin())
                && all(
                        spec.requestedBy().id(),
                        spec.requestedBy().name(),
                        spec.origin().channel())
                && spec.targets().stream().allMatch(t -> all(t.kind(), t.name()))
                && spec.decisions().stream().allMatch(d -> all(d.verdict(), d.by(), d.at(), d.planHash()));
    }

    private static boolean all(@Nullable Object... parts) {
        return Stream.of(parts).allMatch(Objects::nonNull);
    }
}
