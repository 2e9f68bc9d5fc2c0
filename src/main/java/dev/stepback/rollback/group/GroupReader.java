package dev.stepback.rollback.group;

import dev.stepback.rollback.ForgivingReader;
import org.jspecify.annotations.Nullable;

/** Reads groups. */
final class GroupReader extends ForgivingReader<RollbackGroup, RollbackGroupSpec, RollbackGroupStatus> {
    private static final long serialVersionUID = 1L;

    GroupReader() {
        super(RollbackGroup.class, RollbackGroup::new, RollbackGroupSpec.class, RollbackGroupStatus.class);
    }

    @Override
    protected @Nullable String missing(RollbackGroupSpec spec, @Nullable RollbackGroupStatus status) {
        boolean whole = all(spec.order(), spec.reason(), spec.requestedBy(), spec.origin())
                && all(
                        spec.requestedBy().id(),
                        spec.requestedBy().name(),
                        spec.origin().channel())
                && spec.targets().stream().allMatch(t -> all(t.kind(), t.name()))
                && spec.decisions().stream().allMatch(d -> all(d.verdict(), d.by(), d.at(), d.planHash()))
                && spec.choices().stream().allMatch(c -> all(c.by(), c.at(), c.planHash()))
                && (spec.stop() == null
                        || all(spec.stop().by(), spec.stop().at(), spec.stop().midway()));
        return whole ? null : "something is missing in its spec";
    }
}
