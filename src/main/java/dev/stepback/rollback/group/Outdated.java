package dev.stepback.rollback.group;

import dev.stepback.rollback.Approval;
import dev.stepback.rollback.Approvals;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Members;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Rollback;
import dev.stepback.target.Plan;
import dev.stepback.target.TargetType;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out, right before a group begins, which of its plans no longer fit their targets. Each Rollback finds that out for
 * itself, too, before its own change; but by then the others have begun, of what was approved as a whole.
 */
final class Outdated {
    private final List<TargetType> targets;
    private final Authorizer authorizer;

    Outdated(List<TargetType> targets, Authorizer authorizer) {
        this.targets = List.copyOf(targets);
        this.authorizer = authorizer;
    }

    /**
     * What has changed, and by whom, for people; empty when all plans still hold.
     *
     * @param approvals by which it begins: the targets are read as whoever let it go last
     * @throws KubernetesClientException when a target cannot be read right now
     */
    Optional<String> of(GroupView view, Approvals approvals) {
        List<String> changed = new ArrayList<>();
        for (Rollback member : view.planned()) {
            Plan plan = member.statusOrInitial().plan();
            if (plan != null && !Members.begun(member)) {
                changed(member, plan, approvals).ifPresent(why -> changed.add(Sentence.about(member, why)));
            }
        }
        return changed.isEmpty() ? Optional.empty() : Optional.of(Sentence.outdated(changed));
    }

    private Optional<String> changed(Rollback member, Plan plan, Approvals approvals) {
        Person by = Approval.responsible(approvals.counted(), member);
        try {
            return targets.stream()
                    .filter(type -> type.kind() == member.target().kind())
                    .findFirst()
                    .flatMap(type -> authorizer.acting(by).on(type).changedSince(member.target(), plan));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return Optional.empty(); // its own Rollback says who lacks what
            }
            throw e;
        }
    }
}
