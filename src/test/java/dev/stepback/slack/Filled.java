package dev.stepback.slack;

import dev.stepback.rollback.Members;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec;
import dev.stepback.rollback.RollbackStatus;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.Pieces;
import dev.stepback.rollback.group.RollbackGroup;
import dev.stepback.rollback.group.RollbackGroupSpec;
import dev.stepback.rollback.group.RollbackGroupStatus;
import dev.stepback.slack.card.Samples;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Records of any type with the same text in every field that can hold one; by reflection, so that no new field is forgotten. */
public final class Filled {
    /** What Stepback, Slack or Kubernetes made up: no text from outside gets there. */
    private static final Set<String> REFERENCES = Set.of(
            "hash",
            "planHash",
            "id",
            "uid",
            "targetUid",
            "channel",
            "thread",
            "ts",
            "team",
            "type",
            "namespace",
            "follows",
            "rollback",
            "group",
            "word",
            "operation",
            "verdict",
            "since",
            "cluster");

    private final String text;

    public Filled(String text) {
        this.text = text;
    }

    /** One of each of the types that a sealed type permits. */
    <T> List<T> each(Class<T> sealed) {
        return Arrays.stream(sealed.getPermittedSubclasses())
                .map(type -> sealed.cast(of("", type)))
                .toList();
    }

    public Rollback rollback(Phase phase) {
        Rollback rollback = new Rollback();
        rollback.setMetadata(new ObjectMetaBuilder()
                .withNamespace("production")
                .withName("checkout-x7k2p")
                .withUid("6f0c8d8e-0000-4000-8000-000000000001")
                .withCreationTimestamp(Samples.NOW.minusSeconds(60).toString())
                .build());
        rollback.setSpec((RollbackSpec) of("", RollbackSpec.class));
        RollbackStatus status = (RollbackStatus) of("", RollbackStatus.class);
        rollback.setStatus(status.with(s -> s.phase = phase));
        return rollback;
    }

    /** A group of one, whose Rollback is in the same phase. */
    GroupView group(Phase phase) {
        RollbackGroup group = new RollbackGroup();
        group.setMetadata(new ObjectMetaBuilder()
                .withNamespace("production")
                .withName("checkout-and-more-x7k2p")
                .withCreationTimestamp(Samples.NOW.minusSeconds(60).toString())
                .build());
        group.setSpec((RollbackGroupSpec) of("", RollbackGroupSpec.class));
        RollbackGroupStatus status = (RollbackGroupStatus) of("", RollbackGroupStatus.class);
        group.setStatus(status.with(s -> {
            s.phase = phase;
            s.ending = null;
        }));
        Rollback member = rollback(phase);
        member.getMetadata().setName(Members.name(group, Samples.CHECKOUT));
        return Pieces.view(group, member);
    }

    private Object of(String name, Type type) {
        if (type instanceof ParameterizedType generic) {
            return container(name, generic);
        }
        Class<?> plain = (Class<?>) type;
        if (plain == String.class) {
            return REFERENCES.contains(name) ? "0123456789abcdef" : text;
        } else if (plain == TargetRef.class) {
            return Samples.CHECKOUT;
        } else if (plain == RollbackSpec.TargetName.class) {
            return new RollbackSpec.TargetName(Samples.CHECKOUT.kind(), Samples.CHECKOUT.name());
        } else if (plain == Rollback.class) {
            return rollback(Phase.FAILED);
        } else if (plain == RollbackGroupSpec.Target.class) {
            return new RollbackGroupSpec.Target(Samples.CHECKOUT.kind(), Samples.CHECKOUT.name(), 3L, null);
        } else if (plain == RollbackGroup.class) {
            return group(Phase.FAILED).group();
        } else if (plain == GroupView.class) {
            return group(Phase.FAILED);
        } else if (plain == Instant.class) {
            return Samples.NOW;
        } else if (plain == OptionalLong.class) {
            return OptionalLong.of(3);
        } else if (plain == int.class || plain == Integer.class) {
            return 3;
        } else if (plain == long.class || plain == Long.class) {
            return 3L;
        } else if (plain == boolean.class || plain == Boolean.class) {
            return true;
        } else if (plain.isEnum()) {
            return plain.getEnumConstants()[0];
        } else if (plain.isSealed()) {
            return of(name, plain.getPermittedSubclasses()[0]);
        } else if (plain.isRecord()) {
            return record(plain);
        }
        throw new IllegalArgumentException("teach this test to make a " + plain);
    }

    private Object container(String name, ParameterizedType type) {
        Type[] of = type.getActualTypeArguments();
        if (type.getRawType() == List.class) {
            return List.of(of(name, of[0]));
        } else if (type.getRawType() == Optional.class) {
            return Optional.of(of(name, of[0]));
        } else if (type.getRawType() == Map.class) {
            return Map.of(of(name, of[0]), of(name, of[1]));
        }
        throw new IllegalArgumentException("teach this test to make a " + type);
    }

    private Object record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = Arrays.stream(components)
                .map(c -> of(c.getName(), c.getGenericType()))
                .toArray();
        try {
            Constructor<?> canonical = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            canonical.setAccessible(true);
            return canonical.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type, e);
        }
    }
}
