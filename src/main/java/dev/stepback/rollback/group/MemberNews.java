package dev.stepback.rollback.group;

import dev.stepback.rollback.Rollback;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.util.Set;

/** Wakes a group when one of its Rollbacks has changed. It may miss one: groups look again every few seconds anyway. */
final class MemberNews extends AbstractEventSource<Rollback, RollbackGroup> {

    MemberNews() {
        super(Rollback.class, "members");
    }

    void changed(Rollback rollback) {
        String group = rollback.getSpec().group();
        if (group != null && isRunning()) {
            getEventHandler()
                    .handleEvent(new Event(
                            new ResourceID(group, rollback.getMetadata().getNamespace())));
        }
    }

    @Override
    public Set<Rollback> getSecondaryResources(RollbackGroup group) {
        return Set.of();
    }
}
