package dev.stepback.rollback.group;

import dev.stepback.config.StepbackConfig;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Authorizer;
import dev.stepback.rollback.Members;
import dev.stepback.rollback.NewChoice;
import dev.stepback.rollback.NewDecision;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackSpec.Cancellation;
import dev.stepback.rollback.RollbackSpec.Choice;
import dev.stepback.rollback.RollbackSpec.Decision;
import dev.stepback.rollback.RollbackSpec.Midway;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import dev.stepback.rollback.Ruling;
import dev.stepback.target.Operation;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Groups as custom resources; the API server is the only memory. */
public final class KubernetesRollbackGroups implements RollbackGroups {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesRollbackGroups.class);

    private final Groups groups;
    private final Members members;
    private final StepbackConfig config;
    private final Authorizer authorizer;
    private final Clock clock;

    public KubernetesRollbackGroups(
            KubernetesClient client, StepbackConfig config, Authorizer authorizer, Clock clock) {
        this.groups = new Groups(client);
        this.members = new Members(client);
        this.config = config;
        this.authorizer = authorizer;
        this.clock = clock;
    }

    @Override
    public Created create(NewGroup request) {
        List<TargetRef> targets =
                request.targets().stream().map(NewGroup.Wish::target).toList();
        for (TargetRef target : targets) {
            var authorization = authorizer.mayRequest(request.requestedBy(), target, Operation.UNDO);
            if (!authorization.allowed()) {
                return new Created.Denied(target, authorization.why());
            }
        }
        String name = Members.groupName(targets.get(0), request.deliveryKey());
        Optional<GroupView> earlier = groups.view(request.namespace(), name);
        if (earlier.isPresent()) {
            return new Created.Ok(earlier.get(), true);
        }
        for (TargetRef target : targets) {
            if (request.reason().isBlank() && authorizer.needsReason(target)) {
                return new Created.NeedsReason(target);
            }
            Optional<Rollback> open = members.open(target);
            if (open.isPresent() && !name.equals(open.get().getSpec().group())) {
                return new Created.AlreadyOpen(open.get());
            }
        }
        Optional<RollbackGroup> created = groups.create(group(name, request));
        created.ifPresent(g -> log(g, request.requestedBy(), "rollback of several requested"));
        return created.<Created>map(g -> new Created.Ok(new GroupView(g, Map.of()), false))
                .orElseGet(() ->
                        new Created.Ok(groups.view(request.namespace(), name).orElseThrow(), true));
    }

    private RollbackGroup group(String name, NewGroup request) {
        RollbackGroup group = new RollbackGroup();
        group.setMetadata(new ObjectMetaBuilder()
                .withNamespace(request.namespace())
                .withName(name)
                .build());
        group.setSpec(request.spec(config.rollback().deadline()));
        return group;
    }

    @Override
    public Decided decide(String namespace, String name, NewDecision decision) {
        return groups.lookAndTry(namespace, name, view -> decide(view, decision))
                .orElseGet(Decided.Gone::new);
    }

    @Override
    public Decided choose(String namespace, String name, NewChoice choice) {
        return groups.lookAndTry(namespace, name, view -> choose(view, choice)).orElseGet(Decided.Gone::new);
    }

    private Decided decide(GroupView view, NewDecision wanted) {
        Ruling ruling = Ruling.on(new GroupMatter(view, authorizer), wanted, clock.instant());
        return carryOut(view, wanted.by(), wanted.verdict().name(), ruling);
    }

    private Decided choose(GroupView view, NewChoice wanted) {
        return carryOut(
                view, wanted.by(), "choice", Ruling.on(new GroupMatter(view, authorizer), wanted, clock.instant()));
    }

    private Decided carryOut(GroupView view, Actor by, String wish, Ruling ruling) {
        RollbackGroupSpec spec = view.group().getSpec();
        if (ruling instanceof Ruling.Take take) {
            List<Decision> decisions = new ArrayList<>(spec.decisions());
            decisions.add(take.decision());
            return recorded(view, by, spec.withDecisions(decisions), "decided: " + wish);
        } else if (ruling instanceof Ruling.Choose choose) {
            List<Choice> choices = new ArrayList<>(spec.choices());
            choices.add(choose.choice());
            return recorded(view, by, spec.withChoices(choices), choose.said());
        } else if (ruling instanceof Ruling.Denied denied) {
            log(view.group(), by, "denied: " + wish);
            return new Decided.Denied(denied.why());
        } else if (ruling instanceof Ruling.TooLate late) {
            return new Decided.TooLate(view, late.why());
        } else if (ruling instanceof Ruling.NeedsTyping typing) {
            return new Decided.NeedsTyping(view, typing.expected());
        }
        return new Decided.AlreadyRecorded(view);
    }

    private Decided recorded(GroupView view, Actor by, RollbackGroupSpec spec, String event) {
        RollbackGroup written = groups.update(view.group(), spec);
        log(written, by, event);
        return new Decided.Recorded(new GroupView(written, view.byName()));
    }

    @Override
    public Decided cancel(String namespace, String name, Actor by) {
        return groups.lookAndTry(namespace, name, view -> cancel(view, by)).orElseGet(Decided.Gone::new);
    }

    private Decided cancel(GroupView view, Actor by) {
        for (Rollback member : view.all()) {
            var authorization = authorizer.mayCancel(by, member);
            if (!authorization.allowed()) {
                log(view.group(), by, "cancellation denied");
                return new Decided.Denied(authorization.why());
            }
        }
        RollbackGroupStatus status = view.group().statusOrInitial();
        if (view.group().getSpec().cancellation() != null) {
            return new Decided.AlreadyRecorded(view);
        }
        if (status.phase().terminal() || status.ending() != null) {
            return new Decided.TooLate(view, "There is nothing left to stop: what has not begun does not begin.");
        }
        boolean left =
                view.members().size() < view.size() || view.members().stream().anyMatch(r -> !Members.begun(r));
        if (!left) {
            return new Decided.TooLate(view, "All of them have begun already; what runs is seen through.");
        }
        RollbackGroupSpec spec =
                view.group().getSpec().withCancellation(new Cancellation(by.person(), clock.instant()));
        return recorded(view, by, spec, "cancellation requested");
    }

    @Override
    public Decided stop(String namespace, String name, Actor by, Midway midway) {
        return groups.lookAndTry(namespace, name, view -> stop(view, by, midway))
                .orElseGet(Decided.Gone::new);
    }

    private Decided stop(GroupView view, Actor by, Midway midway) {
        List<Rollback> open = view.all().stream()
                .filter(r -> !GroupMoment.phase(r).terminal())
                .toList();
        for (Rollback member : open) {
            boolean paused = midway == Midway.Pause && Members.begun(member);
            var authorization = paused ? authorizer.mayStop(by, member) : authorizer.mayCancel(by, member);
            if (!authorization.allowed()) {
                log(view.group(), by, "stop denied");
                return new Decided.Denied(authorization.why()
                        + " All of the targets are stopped together, and this is about " + member.target() + ".");
            }
        }
        if (view.group().getSpec().stop() != null) {
            return new Decided.AlreadyRecorded(view);
        }
        Optional<String> tooLate = nothingToStop(view, open, midway);
        if (tooLate.isPresent()) {
            return new Decided.TooLate(view, tooLate.get());
        }
        Cancellation stop = new Cancellation(by.person(), clock.instant(), midway);
        return recorded(view, by, view.group().getSpec().withStop(stop), "stop requested: " + midway);
    }

    private static Optional<String> nothingToStop(GroupView view, List<Rollback> open, Midway midway) {
        Phase phase = view.group().statusOrInitial().phase();
        if (phase != Phase.RUNNING) {
            return Optional.of("No rollout is under way that could be stopped: it is " + phase.apiName() + ".");
        }
        if (open.isEmpty()) {
            return Optional.of("None of them runs any more.");
        }
        boolean seenThrough = midway == Midway.Pause
                && open.stream()
                        .allMatch(r -> Members.begun(r)
                                && (r.statusOrInitial().patchedAt() != null ? !r.stoppable() : !r.canStandStill()));
        return seenThrough
                ? Optional.of("None of what runs can be stopped in the middle; it is seen through.")
                : Optional.empty();
    }

    @Override
    public Optional<GroupView> find(String namespace, String name) {
        return groups.view(namespace, name);
    }

    @Override
    public List<RollbackGroup> all() {
        return groups.all(config.kubernetes().namespaces());
    }

    @Override
    public Optional<RollbackGroup> updateCard(String namespace, String name, UnaryOperator<CardStatus> change) {
        return groups.lookAndTry(namespace, name, view -> {
            RollbackGroupStatus status = view.group().statusOrInitial();
            CardStatus card = change.apply(status.card());
            return card.equals(status.card())
                    ? view.group()
                    : groups.updateStatus(view.group(), status.with(s -> s.card = card));
        });
    }

    private static void log(RollbackGroup group, Actor by, String event) {
        LOG.atInfo()
                .addKeyValue("group", group.getMetadata().getName())
                .addKeyValue("user", by.id())
                .log(event);
    }
}
