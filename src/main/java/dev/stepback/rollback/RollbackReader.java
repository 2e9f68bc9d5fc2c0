package dev.stepback.rollback;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.stepback.target.Plan;
import dev.stepback.target.PlannedRevision;
import dev.stepback.target.PlannedStep;
import dev.stepback.text.OneLine;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads Rollbacks one by one, so that one that this version does not understand (a newer version wrote it, or somebody by
 * hand past the schema) spoils no list and ends no watch. It has neither spec nor status then: nobody sees it, and nothing is
 * done with it.
 */
final class RollbackReader extends StdDeserializer<Rollback> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(RollbackReader.class);
    private static final int MAX_WHY = 300;
    private static final Set<String> SPEC = Arrays.stream(RollbackSpec.class.getRecordComponents())
            .map(c -> c.getName())
            .collect(Collectors.toUnmodifiableSet());

    /** The uids of those that were complained about. */
    private static final Cache<String, Boolean> TOLD =
            Caffeine.newBuilder().maximumSize(1_000).build();

    RollbackReader() {
        super(Rollback.class);
    }

    @Override
    public Rollback deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        ObjectCodec codec = parser.getCodec();
        JsonNode json = codec.readTree(parser);
        ObjectMeta metadata = codec.treeToValue(json.path("metadata"), ObjectMeta.class);
        Rollback rollback = new Rollback();
        rollback.setMetadata(metadata == null ? new ObjectMeta() : metadata);
        rollback.setSpec(null);
        rollback.setStatus(null);
        try {
            RollbackSpec spec = codec.treeToValue(json.path("spec"), RollbackSpec.class);
            RollbackStatus status = codec.treeToValue(json.path("status"), RollbackStatus.class);
            String missing = missing(json, spec, status);
            if (missing == null) {
                rollback.setSpec(spec);
                rollback.setStatus(status);
            } else {
                tell(rollback.getMetadata(), missing);
            }
        } catch (JsonProcessingException e) {
            tell(rollback.getMetadata(), e.getOriginalMessage());
        }
        return rollback;
    }

    /** What keeps it from being understood; null for nothing. */
    private static @Nullable String missing(
            JsonNode json, @Nullable RollbackSpec spec, @Nullable RollbackStatus status) {
        if (spec == null) {
            // A copy of one that was complained about before has none either.
            return json.path("spec").isObject() ? "no spec" : "";
        }
        List<String> unknown = json.path("spec").properties().stream()
                .map(field -> field.getKey())
                .filter(name -> !SPEC.contains(name))
                .toList();
        if (!unknown.isEmpty()) {
            return "unknown in its spec: " + String.join(", ", unknown);
        }
        boolean whole = all(spec.target(), spec.reason(), spec.requestedBy(), spec.origin())
                && all(spec.target().kind(), spec.target().name())
                && all(
                        spec.requestedBy().id(),
                        spec.requestedBy().name(),
                        spec.origin().channel())
                && spec.decisions().stream().allMatch(RollbackReader::whole)
                && spec.choices().stream().allMatch(RollbackReader::whole);
        if (!whole) {
            return "something is missing in its spec";
        }
        return status == null || status.plan() == null || whole(status.plan())
                ? null
                : "something is missing in its plan";
    }

    private static boolean whole(RollbackSpec.Decision decision) {
        return all(decision.verdict(), decision.by(), decision.at(), decision.planHash())
                && all(decision.by().id(), decision.by().name());
    }

    private static boolean whole(RollbackSpec.Choice choice) {
        return all(choice.by(), choice.at(), choice.planHash())
                && all(choice.by().id(), choice.by().name());
    }

    private static boolean whole(Plan plan) {
        return all(plan.hash(), plan.targetUid(), plan.from(), plan.to())
                && all(plan.changes(), plan.findings(), plan.steps())
                && whole(plan.from())
                && whole(plan.to())
                && plan.steps().stream().allMatch(RollbackReader::whole);
    }

    private static boolean whole(PlannedRevision revision) {
        return all(revision.id(), revision.images(), revision.changeCause());
    }

    private static boolean whole(PlannedStep step) {
        return all(step.type(), step.description(), step.parameters());
    }

    private static boolean all(@Nullable Object... parts) {
        return Stream.of(parts).allMatch(Objects::nonNull);
    }

    private static void tell(ObjectMeta metadata, String why) {
        String uid = String.valueOf(metadata.getUid());
        if (!why.isEmpty() && TOLD.asMap().putIfAbsent(uid, true) == null) {
            LOG.atWarn()
                    .addKeyValue("rollback", metadata.getName())
                    .log(
                            "left alone, because this version does not understand it: {}/{}: {}",
                            metadata.getNamespace(),
                            metadata.getName(),
                            OneLine.of(why, MAX_WHY));
        }
    }
}
