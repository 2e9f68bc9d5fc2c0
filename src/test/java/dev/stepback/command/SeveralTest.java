package dev.stepback.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.audit.AuditEvent;
import dev.stepback.config.StepbackConfig;
import dev.stepback.rollback.Actor;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.group.FakeGroups;
import dev.stepback.rollback.group.NewGroup;
import dev.stepback.rollback.group.RollbackGroupSpec.Order;
import dev.stepback.target.TargetRef;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that name several targets, or labels. */
class SeveralTest {
    private final FakeTarget cluster = new FakeTarget();
    private final FakeGroups groups = new FakeGroups();
    private final FakeRollbacks rollbacks = new FakeRollbacks();
    private final HiddenNamespaces authorizer = new HiddenNamespaces();
    private final List<AuditEvent> audited = new ArrayList<>();
    private final TargetRef checkout = cluster.add("production", "checkout", 3);
    private final TargetRef cart = cluster.add("production", "cart", 2);
    private final TargetRef lab = cluster.add("staging", "lab", 3);
    private final Dispatcher dispatcher = new Dispatcher(
            cluster,
            rollbacks,
            groups,
            List.of(cluster),
            authorizer,
            new FakeLocks(),
            StepbackConfig.defaults(),
            audited::add,
            t -> t,
            Zones.UNKNOWN,
            Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC));

    @Test
    void severalNames_areOneRequestInTheirOrder() {
        assertThat(dispatch("checkout cart in order because all of it crashes"))
                .isInstanceOf(Reply.OpenedTogether.class);

        NewGroup asked = asked();
        assertThat(asked.targets().stream().map(NewGroup.Wish::target)).containsExactly(checkout, cart);
        assertThat(asked.order()).isEqualTo(Order.InOrder);
        assertThat(asked.reason()).isEqualTo("all of it crashes");
        assertThat(asked.origin().channel()).isEqualTo("C1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "checkout cart",
                "checkout cart together",
                "production/checkout deployment/cart checkout",
                "-n production cart checkout",
                "checkout cart fast"
            })
    void withoutOrder_allBeginTogether(String text) {
        assertThat(dispatch(text)).isInstanceOf(Reply.OpenedTogether.class);
        assertThat(asked().order()).isEqualTo(Order.Together);
        assertThat(asked().options().fast()).isEqualTo(text.endsWith("fast"));
    }

    @Test
    void time_isForEachOfThem() {
        assertThat(dispatch("checkout cart to 20m ago"))
                .isInstanceOfSatisfying(
                        Reply.OpenedTogether.class,
                        opened -> assertThat(opened.understood()).startsWith("Each goes back to what ran at"));
        assertThat(asked().toTime()).isPresent();
    }

    @Test
    void sameTargetTwice_isOneRollback() {
        assertThat(dispatch("checkout production/deployment/checkout")).isInstanceOf(Reply.Opened.class);
        assertThat(groups.created).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "checkout histroy | “histroy” is not known here; did you mean “history”? | checkout history",
                "staus checkout | “staus” is not known here; did you mean “status”? | checkout status",
                "checkout partitoin | “partitoin” is not known here; did you mean “partition”? | checkout by partition",
                "checkout togehter | “togehter” is not known here; did you mean “together”? | checkout cart together",
            })
    void wordThatIsNoTarget_isPerhapsAKeyword(String text, String problem, String instead) {
        assertThat(dispatch(text)).isInstanceOfSatisfying(Reply.NotUnderstood.class, not -> {
            assertThat(not.problem()).isEqualTo(problem);
            assertThat(not.instead()).isEqualTo(instead);
        });
        assertThat(groups.created).isEmpty();
    }

    @Test
    void targetThatLooksLikeAKeyword_isATargetAllTheSame() {
        TargetRef stats = cluster.add("production", "stats", 2);

        assertThat(dispatch("checkout stats")).isInstanceOf(Reply.OpenedTogether.class);
        assertThat(asked().targets().get(1).target()).isEqualTo(stats);
    }

    @Test
    void unknownName_keepsAllFromBeingAskedFor() {
        assertThat(dispatch("checkout crat in order because x"))
                .isEqualTo(new Reply.NotFound("crat", List.of(cart), "checkout in order because x"));
        assertThat(groups.created).isEmpty();
    }

    @Test
    void nameInSeveralNamespaces_isAskedAbout() {
        TargetRef other = cluster.add("staging", "cart", 2);

        assertThat(dispatch("checkout cart")).isEqualTo(new Reply.Choose(List.of(cart, other), "checkout"));
    }

    @Test
    void otherNamespace_isAnotherRequest() {
        assertThat(why(dispatch("checkout lab")))
                .contains(
                        "2 namespaces",
                        "`/rollback production/deployment/checkout` or `/rollback staging/deployment/lab`");
    }

    @Test
    void oneThatCannotBeDone_isNamedWithTheCommandForTheOthers() {
        cluster.add("production", "fresh", 1);

        assertThat(why(dispatch("checkout fresh cart in order")))
                .contains(
                        "production/deployment/fresh: unable to find specified revision",
                        "`/rollback production/deployment/checkout production/deployment/cart in order`");
        assertThat(groups.created).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "checkout fresh in order | checkout",
                "checkout fresh cart fast to 20m ago | checkout cart fast",
                "checkout fresh cart in order because it says `no` | checkout cart in order",
                "checkout lab in order fast because x | checkout fast",
                "cart lab checkout to 20m ago in order because x | cart checkout in order",
                "-l both in order fast because x | -n production -l both in order fast",
            })
    void suggestion_isTheSameRequestForTheOthers(String text, String same) {
        cluster.add("production", "fresh", 1);
        cluster.labelled.put("both", Set.of(checkout, cart, lab));

        String typed = why(dispatch(text)).replaceFirst("(?s).*?`/rollback ([^`]+)`.*", "$1");

        dispatch(typed);
        Asking suggested = asking();
        dispatch(same
                + (text.contains("20m ago") ? " to 20m ago" : "")
                + (text.contains("because")
                        ? text.replaceFirst(".*(?= because)", "").replace('`', '\'')
                        : ""));
        assertThat(suggested).isEqualTo(asking());
    }

    private record Asking(
            Object targets, Object order, @Nullable Object time, Object options, String reason) {}

    /** What was asked for last, of one or of several. */
    private Asking asking() {
        if (groups.created.isEmpty()) {
            assertThat(rollbacks.byDelivery).hasSize(1);
            var one = rollbacks.byDelivery.values().iterator().next();
            rollbacks.byDelivery.clear();
            var spec = one.getSpec();
            return new Asking(one.target(), "", spec.toTime(), spec.wantedOptions(), spec.reason());
        }
        NewGroup many = groups.created.remove(groups.created.size() - 1);
        return new Asking(many.targets(), many.order(), many.toTime().orElse(null), many.options(), many.reason());
    }

    @Test
    void pausedOne_isNamedWithTheCommandThatResumesIt() {
        cluster.paused.add(cart);

        assertThat(why(dispatch("checkout cart")))
                .contains(
                        "`/rollback resume production/deployment/cart`", "`/rollback production/deployment/checkout`");
    }

    @Test
    void labels_areThoseOfTheApiServer() {
        cluster.labelled.put("release in (a, b)", Set.of(checkout, cart));

        assertThat(dispatch("-l release in (a, b)")).isInstanceOf(Reply.OpenedTogether.class);

        assertThat(asked().targets().stream().map(NewGroup.Wish::target)).containsExactly(cart, checkout);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-l release=1 in order", "-lrelease=1", "--selector release=1", "--selector=release=1"})
    void labels_areTypedAsForKubectl(String text) {
        cluster.labelled.put("release=1", Set.of(checkout, cart));

        assertThat(dispatch(text)).isInstanceOf(Reply.OpenedTogether.class);
    }

    @Test
    void labelsInSeveralNamespaces_needOne() {
        cluster.labelled.put("release=1", Set.of(checkout, cart, lab));

        assertThat(why(dispatch("-l release=1"))).contains("`/rollback -n production -l release=1`");
        assertThat(dispatch("-l release=1 -n production")).isInstanceOf(Reply.OpenedTogether.class);
    }

    @Test
    void labelsOfWhatMayNotBeSeen_areAsIfTheyWereNotThere() {
        cluster.labelled.put("release=1", Set.of(checkout, lab));
        authorizer.hidden.add("staging");
        authorizer.secret = true;

        assertThat(dispatch("-l release=1"))
                .isInstanceOfSatisfying(
                        Reply.Opened.class,
                        opened -> assertThat(opened.rollback().target()).isEqualTo(checkout));
        authorizer.hidden.add("production");
        assertThat(why(dispatch("-l release=1"))).contains("no Deployment, StatefulSet or DaemonSet has them");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-l | A label selector must follow",
                "-l release==a==b | is not a label selector",
                "-l release=a= | is not a label selector",
                "-l a=b -l c=d | put a comma",
                "checkout -l a=b | use one of them",
                "checkout cart to 3 | belongs to one target",
                "checkout in order | has no order",
                "checkout cart in order together | not possible at once",
                "restart checkout cart | only a rollback takes several",
                "-l a=b status | belongs to a rollback of several",
            })
    void whatDoesNotFitTogether_isSaid(String text, String problem) {
        assertThat(dispatch(text))
                .isInstanceOfSatisfying(
                        Reply.NotUnderstood.class,
                        not -> assertThat(not.problem()).contains(problem));
    }

    @Test
    void moreThanACardShows_areTooMany() {
        List<TargetRef> many = IntStream.range(0, 21)
                .mapToObj(i -> cluster.add("production", "n" + i, 2))
                .toList();
        cluster.labelled.put("app", Set.copyOf(many));

        assertThat(why(dispatch("-l app"))).contains("21 targets", "20 at most");
    }

    private NewGroup asked() {
        assertThat(groups.created).hasSize(1);
        return groups.created.get(0);
    }

    private static String why(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Refused.class);
        return ((Reply.Refused) reply).why();
    }

    private Reply dispatch(String text) {
        return dispatcher.dispatch(new Invocation(text, new Actor(new Person("U1", "responder"), "C1"), null, text));
    }
}
