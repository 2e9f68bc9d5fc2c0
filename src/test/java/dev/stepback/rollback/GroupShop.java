package dev.stepback.rollback;

import static dev.stepback.rollback.Examples.ASKING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.Metrics;
import dev.stepback.rollback.RollbackSpec.Decision.Verdict;
import dev.stepback.rollback.group.GroupController;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.rollback.group.GroupedAuthorizer;
import dev.stepback.rollback.group.KubernetesRollbackGroups;
import dev.stepback.rollback.group.NewGroup;
import dev.stepback.rollback.group.RollbackGroupSpec.Order;
import dev.stepback.rollback.group.RollbackGroups;
import dev.stepback.rollback.group.RollbackGroups.Created;
import dev.stepback.rollback.group.RollbackGroups.Decided;
import dev.stepback.sandbox.cluster.RecordedRequest;
import dev.stepback.target.Kind;
import dev.stepback.target.PlanOptions;
import dev.stepback.target.TargetRef;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** A cluster with three Deployments that are rolled back together, whose rollouts go as the test says. */
abstract class GroupShop {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final Shop shop = new Shop();
    final RollbackGroups groups =
            new KubernetesRollbackGroups(shop.client, StepbackConfig.defaults(), shop.authorizer, Clock.systemUTC());
    final GroupController controller = new GroupController(
            shop.client,
            Shop.config(),
            List.of(new FakeTarget(shop.client)),
            shop.authorizer,
            v -> {},
            Clock.systemUTC());
    final List<AutoCloseable> open = new ArrayList<>();

    GroupShop() {
        deployment("cart");
        deployment("payments");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable part : open) {
            part.close();
        }
        shop.close();
    }

    void engine() {
        open.add(RollbackOperator.start(
                shop.client,
                Shop.config(),
                List.of(new FakeTarget(shop.client)),
                new GroupedAuthorizer(shop.authorizer, shop.client),
                r -> {},
                controller,
                new Metrics(),
                shop.audit,
                Clock.systemUTC(),
                Shop.SHORT));
    }

    Created create(String key, Order order, String... names) {
        return groups.create(new NewGroup(
                key,
                Stream.of(names)
                        .map(n -> new NewGroup.Wish(
                                new TargetRef("production", Kind.DEPLOYMENT, n), OptionalLong.empty()))
                        .toList(),
                order,
                Optional.empty(),
                PlanOptions.NONE,
                "crashes",
                ASKING,
                new RollbackSpec.Origin("C1", null),
                null));
    }

    String request(Order order, String... names) {
        Created created = create("key", order, names);
        assertThat(created).isInstanceOf(Created.Ok.class);
        return ((Created.Ok) created).view().group().getMetadata().getName();
    }

    GroupView view(String name) {
        return groups.find("production", name).orElseThrow();
    }

    String hash(String name) {
        return Objects.requireNonNull(view(name).group().statusOrInitial().hash());
    }

    Decided approve(String name, Actor by) {
        return groups.decide("production", name, NewDecision.click(Verdict.Approved, by, hash(name)));
    }

    GroupView awaitPhase(String name, Phase phase) {
        until(() -> view(name).group().statusOrInitial().phase() == phase);
        return view(name);
    }

    static void until(Callable<Boolean> condition) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(condition);
    }

    /** Names of the Deployments that were changed, in the order of the changes. */
    List<String> undone() {
        return shop.cluster.requests().stream()
                .filter(r -> r.verb().equals("patch") && r.query().contains("fieldManager=undo"))
                .map(RecordedRequest::name)
                .toList();
    }

    void rollout(String state, String... names) {
        for (String name : names) {
            annotate(name, FakeTarget.ROLLOUT, state);
        }
    }

    void annotate(String name, String annotation, String value) {
        shop.client
                .apps()
                .deployments()
                .inNamespace("production")
                .withName(name)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(annotation, value));
    }

    void deployment(String name) {
        shop.client.resource("""
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: %s
              namespace: production
              annotations: {test/release: bad, test/rollout: 0 of 3}
            spec:
              selector: {matchLabels: {app: %s}}
              template:
                metadata: {labels: {app: %s}}
                spec: {containers: [{name: app, image: shop:1}]}
            """.formatted(name, name, name)).create();
    }
}
