package dev.stepback.rollback.lock;

import static dev.stepback.policy.Permission.CONFIGURE;
import static dev.stepback.policy.Permission.REQUEST;
import static dev.stepback.rollback.Examples.ASKING;
import static dev.stepback.rollback.Examples.LEAD;
import static dev.stepback.rollback.Examples.LEADING;
import static dev.stepback.rollback.Examples.SECONDING;
import static dev.stepback.rollback.Policies.may;
import static dev.stepback.rollback.Policies.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.policy.Scope;
import dev.stepback.rollback.Examples;
import dev.stepback.rollback.Policies;
import dev.stepback.rollback.Shop;
import dev.stepback.rollback.lock.Locks.Changed;
import dev.stepback.rollback.lock.Locks.State;
import dev.stepback.target.Operation;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LocksTest {
    private static final Optional<String> PRODUCTION = Optional.of("production");
    private static final Optional<String> EVERYTHING = Optional.empty();
    private final Shop shop = new Shop();
    private final LockMap map = new LockMap(shop.client, "default");

    @BeforeEach
    void leadMayConfigure() {
        shop.policy = Policies.of(rule(1), may("members", REQUEST), may(LEAD.id(), CONFIGURE));
    }

    @AfterEach
    void close() throws Exception {
        shop.close();
    }

    @Test
    void lock_isKeptInTheClusterUntilItIsUnlocked() {
        assertThat(map.state("production")).isEqualTo(new State.Open());
        assertThat(shop.locks.lock(LEADING, PRODUCTION, " migrations ")).isInstanceOf(Changed.Locked.class);
        // Another replica, or the same one after a restart.
        Locks other = new KubernetesLocks(
                new LockMap(Shop.client(shop.cluster.kubeconfig()), "default"), shop.authorizer, Clock.systemUTC());
        assertThat(other.current()).singleElement().satisfies(lock -> {
            assertThat(lock.namespace()).isEqualTo(PRODUCTION);
            assertThat(lock.by()).isEqualTo(LEAD);
            assertThat(lock.reason()).isEqualTo("migrations");
        });
        assertThat(map.state("production")).isInstanceOf(State.Locked.class);
        assertThat(map.state("staging")).isEqualTo(new State.Open());
        assertThat(other.unlock(LEADING, PRODUCTION)).isInstanceOf(Changed.Unlocked.class);
        assertThat(map.state("production")).isEqualTo(new State.Open());
    }

    @Test
    void lockOfEverything_closesEveryNamespace() {
        shop.locks.lock(LEADING, EVERYTHING, "black friday");
        assertThat(map.state("production")).isInstanceOf(State.Locked.class);
        assertThat(map.state("all")).isInstanceOf(State.Locked.class);
        assertThat(shop.locks.unlock(LEADING, PRODUCTION))
                .isInstanceOfSatisfying(
                        Changed.NotLocked.class, not -> assertThat(not.others()).hasSize(1));
        shop.locks.unlock(LEADING, EVERYTHING);
        assertThat(shop.locks.current()).isEmpty();
    }

    @Test
    void secondLock_leavesTheFirst() {
        shop.locks.lock(LEADING, PRODUCTION, "first");
        assertThat(shop.locks.lock(LEADING, PRODUCTION, "second"))
                .isInstanceOfSatisfying(
                        Changed.AlreadyLocked.class,
                        already -> assertThat(already.lock().reason()).isEqualTo("first"));
    }

    @Test
    void lock_needsTheRightAndAReason() {
        assertThat(shop.locks.lock(ASKING, PRODUCTION, "because")).isInstanceOf(Changed.Denied.class);
        assertThat(shop.locks.unlock(SECONDING, PRODUCTION)).isInstanceOf(Changed.Denied.class);
        assertThat(shop.locks.lock(LEADING, PRODUCTION, " ")).isInstanceOf(Changed.Denied.class);
        shop.policy = Policies.of(
                rule(1),
                new dev.stepback.policy.Rule(
                        List.of(new dev.stepback.policy.Who.User(LEAD.id())),
                        Set.of(CONFIGURE),
                        Scope.ofNamespaces("production"),
                        List.of()));
        assertThat(shop.locks.lock(LEADING, EVERYTHING, "because")).isInstanceOf(Changed.Denied.class);
        assertThat(shop.locks.lock(LEADING, PRODUCTION, "because")).isInstanceOf(Changed.Locked.class);
    }

    @Test
    void locksAtOnce_allHold() {
        IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.runAsync(
                        () -> shop.locks.lock(LEADING, Optional.of("ns-" + i), "reason " + i)))
                .toList()
                .forEach(CompletableFuture::join);
        assertThat(shop.locks.current()).hasSize(6);
    }

    @Test
    void whatIsWrittenByHand_locksToo() {
        shop.client
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace("default")
                        .withName("stepback-locks")
                        .endMetadata()
                        .addToData("production", "stop it")
                        .build())
                .create();
        assertThat(map.state("production")).isInstanceOfSatisfying(State.Locked.class, locked -> {
            assertThat(locked.lock().reason()).isEqualTo("stop it");
            assertThat(locked.why()).contains("kubectl").contains("stop it");
        });
        shop.locks.lock(LEADING, Optional.of("staging"), "also");
        assertThat(map.state("production")).isInstanceOf(State.Locked.class);
        assertThat(Objects.requireNonNull(map.read().get("production")).at()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void locksThatCannotBeRead_areClosed() {
        shop.cluster.faults().deny("get", "configmaps");
        assertThat(map.state("production"))
                .isInstanceOfSatisfying(
                        State.Unreadable.class,
                        unreadable -> assertThat(unreadable.why()).contains("HTTP 403"));
        assertThat(shop.authorizer
                        .mayRequest(ASKING, Examples.TARGET, Operation.UNDO)
                        .allowed())
                .isFalse();
    }
}
