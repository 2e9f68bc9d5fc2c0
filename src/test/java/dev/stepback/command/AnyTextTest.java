package dev.stepback.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.audit.Audit;
import dev.stepback.config.StepbackConfig;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.group.FakeGroups;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Whatever is typed, there is an answer, and it repeats little of what was typed. */
class AnyTextTest {

    @Property(tries = 2_000, shrinking = ShrinkingMode.BOUNDED)
    void anyText_isAnswered(@ForAll("texts") String text) {
        FakeTarget cluster = new FakeTarget();
        cluster.add("production", "checkout", 3);
        cluster.add("staging", "checkout", 2);
        cluster.add("production", "history", 2);
        Dispatcher dispatcher = new Dispatcher(
                cluster,
                new FakeRollbacks(),
                new FakeGroups(),
                List.of(cluster),
                new HiddenNamespaces(),
                new FakeLocks(),
                StepbackConfig.defaults(),
                Audit.NONE,
                t -> t,
                Zones.UNKNOWN,
                Clock.systemUTC());

        Reply reply = dispatcher.dispatch(new Invocation(text, new Actor(new Person("U1", "a"), "C1"), null, "key"));

        assertThat(reply).isNotNull();
        if (reply instanceof Reply.NotUnderstood not) {
            assertThat(not.problem()).isNotBlank().hasSizeLessThan(500);
            assertThat(not.instead()).isNotBlank().hasSizeLessThan(200);
            assertThat(not.understood()).hasSizeLessThan(500);
            assertThat(CommandParser.parse(not.instead(), t -> t, Asked.inUtc(Instant.now())))
                    .isNotInstanceOf(Command.NotUnderstood.class);
        } else if (reply instanceof Reply.NotFound notFound) {
            assertThat(notFound.wanted()).hasSizeLessThan(300);
            assertThat(notFound.remaining()).hasSizeLessThan(600);
        } else if (reply instanceof Reply.Refused refused) {
            assertThat(refused.why()).doesNotContain("inside Stepback");
        }
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> words = Arbitraries.of(
                "checkout",
                "production/checkout",
                "deployment/history",
                "deploy",
                "sts",
                "history",
                "diff",
                "status",
                "cancel",
                "list",
                "help",
                "rollback",
                "undo",
                "to",
                "revision",
                "because",
                "3",
                "0",
                "-1",
                "3..5",
                "#2",
                "-n",
                "-l",
                "app=shop",
                "(a,b)",
                "in",
                "order",
                "together",
                "--namespace=",
                "--to-revision=",
                "-nx",
                "\u2014to-revision=2",
                "<!channel>",
                "<@U1|me>",
                "<http://a.b|a.b>",
                "&amp;",
                "*bold*",
                "\u201Cquoted\u201D",
                "a/b/c/d",
                "//",
                "…",
                "<",
                "|",
                ">");
        Arbitrary<String> noise = Arbitraries.strings().ofMaxLength(30);
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(6, words),
                        net.jqwik.api.Tuple.of(1, noise),
                        net.jqwik.api.Tuple.of(1, words.map(w -> w.repeat(40))))
                .list()
                .ofMaxSize(9)
                .map(parts -> String.join(" ", parts));
    }
}
