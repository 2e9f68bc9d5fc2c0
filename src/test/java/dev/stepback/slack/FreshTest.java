package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FreshTest {
    private final AtomicLong now = new AtomicLong();
    private final Ticker ticker = now::get;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(1, Threads.named("fresh"));
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile Fresh.Question<String> slack = key -> key + "!";
    private final Fresh<String> fresh = new Fresh<>("things", 2, this::ask, threads, ticker);

    private String ask(String key) {
        asked.add(key);
        return slack.ask(key);
    }

    /** What was begun is done before time passes. */
    private void pass(Duration time) {
        if (!Thread.currentThread().getName().startsWith("fresh")) {
            try {
                threads.submit(() -> {}).get();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
        now.addAndGet(time.toNanos());
    }

    /** Lets what is remembered of a failure pass. */
    private void awaitAnswer(String expected) {
        await().until(() -> {
            pass(Duration.ofMillis(100));
            return fresh.get("a").equals(Optional.of(expected));
        });
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void answer_isRememberedForHalfAMinute() {
        assertThat(fresh.get("a")).contains("a!");
        pass(Fresh.OLDEST.minusMillis(1));
        assertThat(fresh.get("a")).contains("a!");
        assertThat(asked).containsExactly("a");

        pass(Duration.ofMillis(2));
        slack = key -> "new";
        assertThat(fresh.get("a")).contains("new");
    }

    @Test
    void age_countsFromTheQuestion() {
        slack = key -> {
            pass(Duration.ofSeconds(20));
            return "late";
        };
        assertThat(fresh.get("a")).contains("late");
        pass(Duration.ofSeconds(11));
        slack = key -> "new";
        assertThat(fresh.get("a")).contains("new");
    }

    @Test
    void answerThatGrewOldWhileItWasWaitedFor_isAskedForAgain() {
        slack = key -> {
            if (asked.size() > 1) {
                return "new";
            }
            pass(Duration.ofSeconds(31));
            return "old";
        };
        assertThat(fresh.get("a")).contains("new");
    }

    @Test
    void whatIsUsed_isAskedForAhead() {
        fresh.get("a");
        pass(Duration.ofSeconds(21));
        slack = key -> "new";
        fresh.refresh();
        assertThat(asked).containsExactly("a", "a");

        pass(Duration.ofSeconds(20));
        assertThat(fresh.get("a")).contains("new");
        assertThat(asked).hasSize(2);
    }

    @Test
    void onlyTheLastUsed_areAskedForAhead() {
        fresh.get("a");
        fresh.get("b");
        fresh.get("c");
        pass(Duration.ofSeconds(21));
        asked.clear();
        fresh.refresh();
        assertThat(asked).containsExactly("b", "c");
    }

    @Test
    void whatIsExpected_isAskedForWithoutDrivingOutWhatIsUsed() {
        fresh.get("a");
        fresh.expect(List.of("a", "b", "c"));
        pass(Duration.ofSeconds(1));
        fresh.refresh();
        assertThat(asked).containsExactly("a", "b");
        fresh.get("c");
        fresh.expect(List.of("b"));
        pass(Duration.ofSeconds(21));
        asked.clear();
        fresh.refresh();
        assertThat(asked).containsExactlyInAnyOrder("b", "c");
    }

    @Test
    void nothing_isAskedForWhenNobodyCame_andAllIsWhenSomebodyDoes() {
        fresh.get("a");
        fresh.get("b");
        pass(Duration.ofHours(1));
        asked.clear();
        fresh.refresh();
        assertThat(asked).isEmpty();

        fresh.get("b");
        await().until(() -> asked.contains("a"));
    }

    @Test
    void failure_leavesWhatIsKnownUntilItIsTooOld() {
        fresh.get("a");
        pass(Duration.ofSeconds(21));
        slack = FreshTest::down;
        fresh.refresh();
        assertThat(fresh.get("a")).contains("a!");
        assertThat(fresh.problem()).contains("things cannot be looked up", "users.info");

        pass(Duration.ofSeconds(10));
        assertThat(fresh.get("a")).isEmpty();

        slack = key -> "back";
        assertThat(fresh.get("a")).isEmpty();
        awaitAnswer("back");
        assertThat(fresh.problem()).isEmpty();
    }

    @Test
    void rateLimit_isRespected() {
        slack = key -> {
            throw new SlackFailure.RateLimited("users.info", Duration.ofSeconds(20));
        };
        assertThat(fresh.get("a")).isEmpty();
        slack = key -> "free";
        pass(Duration.ofSeconds(18));
        assertThat(fresh.get("a")).isEmpty();
        assertThat(asked).hasSize(1);
        awaitAnswer("free");
    }

    @Test
    void slowSlack_isNotWaitedForTwice_andItsAnswerIsTaken() {
        CountDownLatch hangs = new CountDownLatch(1);
        slack = key -> {
            await().until(() -> hangs.getCount() == 0);
            return "late";
        };
        assertThat(fresh.get("a")).isEmpty();
        assertThat(fresh.get("a")).isEmpty();
        assertThat(asked).hasSize(1);

        hangs.countDown();
        awaitAnswer("late");
        assertThat(asked).hasSize(1);
    }

    @Test
    void afterTheEnd_thereIsNoAnswer() {
        threads.shutdownNow();
        assertThat(fresh.get("a")).isEmpty();
    }

    private static String down(String key) {
        throw new SlackFailure.Unreachable("users.info", "down");
    }
}
