package dev.stepback.rollback;

import static dev.stepback.rollback.CheckedShop.DB;
import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEADING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A StatefulSet's rollout that is stopped where it is, and goes on. */
class StopHereTest {
    private static final String BROKEN = "8.0.2-unready";

    private final CheckedShop shop = new CheckedShop();

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @Test
    void rolloutUnderWay_standsStillByItsPartition_andIsResumed() {
        shop.checks = List.of();
        shop.database("8.0.1", 3);
        broken();
        String name = shop.open(request("first", Operation.UNDO, OptionalLong.of(3)));
        shop.approve(name);
        awaitImages("8.0.1", "8.0.1", BROKEN);

        shop.cluster.faults().dropAnswers(1, "patch", "statefulsets.apps");
        assertThat(shop.rollbacks.stop("production", name, LEADING, RollbackSpec.Midway.Pause))
                .isInstanceOf(Rollbacks.Decided.Recorded.class);
        RollbackStatus stopped = shop.awaitPhase(name, Phase.CANCELLED);
        RollbackStatus.Standstill standstill = Objects.requireNonNull(stopped.standstill());
        assertThat(standstill.message()).contains("(partition 0 → 2). Pod db-2 is not ready, and with OrderedReady");
        assertThat(standstill.resumable()).isTrue();
        assertThat(partition()).isEqualTo(2);

        List<String> untouched = uids();
        String resume = shop.open(request("second", Operation.RESUME, OptionalLong.empty()));
        shop.approve(resume);
        await().atMost(Duration.ofSeconds(30)).until(() -> shop.status(resume).rollout() != null);
        assertThat(partition()).isZero();
        assertThat(shop.rollbacks.stop("production", resume, LEADING, RollbackSpec.Midway.Pause))
                .isInstanceOf(Rollbacks.Decided.Recorded.class);
        shop.awaitPhase(resume, Phase.CANCELLED);
        assertThat(partition()).isEqualTo(2);

        String back = shop.open(request("third", Operation.UNDO, OptionalLong.of(4)));
        shop.approve(back);
        shop.awaitPhase(back, Phase.SUCCEEDED);
        assertThat(images()).containsOnly("8.0.1");
        assertThat(partition()).isZero();
        assertThat(uids().subList(0, 2)).as("db-0 and db-1").isEqualTo(untouched.subList(0, 2));
    }

    /** A revision 3 whose pods do not get ready, left behind. */
    private void broken() {
        shop.deploy(BROKEN);
        awaitImages("8.0.1", "8.0.1", BROKEN);
        shop.deploy("8.0.1");
        shop.client.pods().inNamespace("production").withName("db-2").delete();
        awaitImages("8.0.1", "8.0.1", "8.0.1");
        shop.awaitUpdated();
    }

    private static NewRollback request(String delivery, Operation operation, OptionalLong revision) {
        return new NewRollback(
                delivery,
                DB,
                operation,
                revision,
                Optional.empty(),
                PlanOptions.NONE,
                "",
                ASKING,
                new RollbackSpec.Origin("C1", null),
                null);
    }

    private void awaitImages(String... images) {
        await().atMost(Duration.ofSeconds(30)).until(() -> images().equals(List.of(images)));
    }

    private List<String> uids() {
        return pods().map(pod -> pod.getMetadata().getUid()).toList();
    }

    private Stream<Pod> pods() {
        return shop.client.pods().inNamespace("production").list().getItems().stream()
                .sorted(Comparator.comparing((Pod pod) -> pod.getMetadata().getName()));
    }

    private List<String> images() {
        return pods().map(pod -> pod.getSpec().getContainers().get(0).getImage().substring("mysql:".length()))
                .toList();
    }

    private int partition() {
        return Objects.requireNonNull(shop.client
                .apps()
                .statefulSets()
                .inNamespace("production")
                .withName("db")
                .require()
                .getSpec()
                .getUpdateStrategy()
                .getRollingUpdate()
                .getPartition());
    }
}
