package dev.stepback.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Kind;
import dev.stepback.target.Operation;
import dev.stepback.target.PlanOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandParserTest {
    private static final Asked NOW = Asked.inUtc(Instant.parse("2026-11-21T12:00:00Z"));
    private static final Wanted CHECKOUT = new Wanted(Optional.empty(), Optional.empty(), "checkout");
    private static final Wanted FULL = new Wanted(Optional.of("production"), Optional.of(Kind.DEPLOYMENT), "checkout");

    @ParameterizedTest
    @CsvSource({
        "checkout, checkout",
        "deployment/checkout, deployment/checkout",
        "deploy/checkout, deployment/checkout",
        "Deployment.apps/Checkout, deployment/checkout",
        "deployment checkout, deployment/checkout",
        "production/checkout, production/checkout",
        "production/deployment/checkout, production/deployment/checkout",
        "-n production checkout, production/checkout",
        "checkout -n production, production/checkout",
        "checkout -nproduction, production/checkout",
        "checkout --namespace=production, production/checkout",
        "checkout --namespace production, production/checkout",
        "production/checkout -n production, production/checkout",
        "deployment/history, deployment/history",
        "production/list, production/list",
        "checkout.v2, checkout.v2",
        "checkout checkout, checkout",
    })
    void target_isReadAsKubectlReadsIt(String text, String target) {
        assertThat(rollback(text).target()).hasToString(target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "checkout to 3",
                "checkout to revision 3",
                "checkout revision 3",
                "to 3 checkout",
                "checkout --to-revision=3",
                "checkout --to-revision 3",
                "checkout \u2014to-revision=3",
                "checkout \u2013to-revision=3",
                "Checkout To 3",
                "rollback checkout to 3",
                "undo checkout to 3",
                "rollout undo deployment/checkout --to-revision=3",
                "<@U123> rollback checkout to 3",
                "*checkout* to *3*.",
                "`rollback checkout to 3`",
                "\u201Ccheckout\u201D to 3!",
                "checkout\u00A0to\u00A03",
                "\u200Bcheckout to #3",
            })
    void revision_isReadHoweverItIsWritten(String text) {
        Command.Rollback rollback = rollback(text);
        assertThat(rollback.target().name()).isEqualTo("checkout");
        assertThat(rollback.to()).isEqualTo(OptionalLong.of(3));
    }

    @ParameterizedTest
    @CsvSource({
        "audit, , , ",
        "audit checkout, checkout, , ",
        "checkout audit since 7d, checkout, , P7D",
        "audit since 90m, , , PT90M",
        "Audit Since 2 Weeks, , , P14D",
        "audit since 24 h checkout, checkout, , P1D",
        "since 1w audit -n production, , production, P7D",
        "audit -n production checkout, production/checkout, production, ",
    })
    void audit_takesATargetAndATime(
            String text, @Nullable String target, @Nullable String namespace, @Nullable Duration since) {
        assertThat(parse(text)).isInstanceOfSatisfying(Command.AuditList.class, audit -> {
            assertThat(audit.target().map(Wanted::toString)).isEqualTo(Optional.ofNullable(target));
            assertThat(audit.namespace()).isEqualTo(Optional.ofNullable(namespace));
            assertThat(audit.since()).isEqualTo(Optional.ofNullable(since));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "audit since",
                "audit since yesterday",
                "audit since 0d",
                "audit since 7 checkout",
                "checkout since 7d",
                "list since 7d",
                "audit checkout to 3",
                "audit because of it"
            })
    void audit_notUnderstoodSaysWhatWouldBe(String text) {
        assertThat(parse(text))
                .isInstanceOfSatisfying(
                        Command.NotUnderstood.class,
                        not -> assertThat(parse(not.instead())).isInstanceOf(Command.AuditList.class));
    }

    @Test
    void everything_inAnyOrder() {
        assertThat(parse("--to-revision=3 deploy/checkout -n production because to many errors -n x"))
                .isEqualTo(new Command.Rollback(
                        FULL,
                        Operation.UNDO,
                        OptionalLong.of(3),
                        Optional.empty(),
                        PlanOptions.NONE,
                        "to many errors -n x"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lock production because x | production",
                "lock -n production because x | production",
                "production lock because x | production",
                "@Stepback rollback lock Production because x | production",
                "lock because x |",
            })
    void lock_isOfANamespaceOrOfEverything(String text, @Nullable String namespace) {
        assertThat(parse(text)).isEqualTo(new Command.Lock(Optional.ofNullable(namespace), "x"));
        assertThat(parse(text.replace(" because x", "").replace("lock", "unlock")))
                .isEqualTo(new Command.Unlock(Optional.ofNullable(namespace)));
    }

    @Test
    void reason_isWhatWasTyped() {
        assertThat(rollback("checkout because errors &gt; 5% &amp; rising, see <http://shop.example|shop.example>")
                        .reason())
                .isEqualTo("errors > 5% & rising, see shop.example");
    }

    @Test
    void reason_losesOnlyItsQuotes() {
        assertThat(rollback("checkout because \u201Cit\u2019s *broken*\u201D").reason())
                .isEqualTo("it's *broken*");
    }

    @Test
    void longReason_isCutVisibly() {
        String reason = rollback("checkout because " + "x".repeat(1_000)).reason();
        assertThat(reason).hasSize(CommandParser.MAX_REASON).endsWith("…");
    }

    @Test
    void linkedName_isItsLabel() {
        assertThat(rollback("<http://checkout.io|checkout.io>").target().name()).isEqualTo("checkout.io");
    }

    @Test
    void verbs_standBeforeOrAfterTheTarget() {
        assertThat(parse("checkout history")).isEqualTo(new Command.History(CHECKOUT));
        assertThat(parse("history checkout")).isEqualTo(new Command.History(CHECKOUT));
        assertThat(parse("rollout history deployment/checkout -n production")).isEqualTo(new Command.History(FULL));
        assertThat(parse("status checkout")).isEqualTo(new Command.Status(CHECKOUT));
        assertThat(parse("checkout cancel")).isEqualTo(new Command.Cancel(CHECKOUT));
        assertThat(parse("status deployment/status"))
                .isEqualTo(new Command.Status(new Wanted(Optional.empty(), Optional.of(Kind.DEPLOYMENT), "status")));
    }

    @ParameterizedTest
    @CsvSource({
        "checkout diff, -1, -1",
        "checkout diff 3, -1, 3",
        "diff 3 checkout, -1, 3",
        "diff checkout 3, -1, 3",
        "checkout diff 3 5, 3, 5",
        "checkout diff 3..5, 3, 5",
        "checkout diff 3 to 5, 3, 5",
        "checkout diff to 5, -1, 5",
    })
    void diff_takesUpToTwoRevisions(String text, long from, long to) {
        assertThat(parse(text)).isEqualTo(new Command.Diff(CHECKOUT, number(from), number(to)));
    }

    @Test
    void list_takesANamespace() {
        assertThat(parse("list")).isEqualTo(new Command.ListRollbacks(Optional.empty()));
        assertThat(parse("list -n staging")).isEqualTo(new Command.ListRollbacks(Optional.of("staging")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "help", "Help!", "--help", "rollback", "<@U1>", "help checkout", "history help"})
    void help_isGivenWhenAskedForOrWhenThereIsNothing(String text) {
        assertThat(parse(text)).isEqualTo(new Command.Help());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "checkout to three | not the number of a revision | checkout to 3",
                "checkout to -3 | not the number | checkout to 3",
                "checkout to 0m ago | not the number of a revision, nor a time | checkout to 3",
                "checkout to tomorrow 14:05 | not the number of a revision, nor a time | checkout to 3",
                "checkout to yesterday 14:05 to 3 | or to what ran yesterday, | checkout to 3",
                "checkout in production | a namespace is written “-n production” | -n production checkout",
                "checkout cart in | “in” is followed by “order” | checkout cart in order",
                "in staging checkout | a namespace is written “-n staging” | -n staging checkout",
                "checkout to 0 | counted from 1 | checkout",
                "checkout to 99999999999999999999 | not the number | checkout to 3",
                "checkout to | must follow | checkout to 3",
                "checkout to 3 to 4 | Two revisions | checkout to 3",
                "checkout 3 | to 3 | checkout to 3",
                "checkout because | reason must follow | checkout because error rate is up",
                "checkout cart history | only a rollback takes several | history checkout",
                "resume checkout cart | only a rollback takes several | resume checkout",
                "pause checkout because | reason must follow | pause checkout because error rate is up",
                "restart checkout --force | not known | restart checkout",
                "checkout diff histroy | did you mean “history” | checkout history",
                "staus checkout history | did you mean “status” | checkout status",
                "production/checkout -n staging | Two namespaces | production/checkout",
                "checkout -n a -n b | Two namespaces | -n a checkout",
                "checkout -n | must follow | -n production checkout",
                "job/db | not supported yet; the kinds that are: deployment, statefulset, daemonset | checkout",
                "cj db | not supported yet | deployment/db",
                "production/cj/db | not supported yet | checkout",
                "production/banana/db | not a kind | checkout",
                "a/b/c/d | not of the form | checkout",
                "production//checkout | not of the form | checkout",
                "checkout --force | not known | checkout",
                "checkout --dry-run=server | diff | checkout diff",
                "checkout history status | one at a time | deployment/status history",
                "checkout history to 3 | belongs to a rollback | checkout history",
                "checkout diff 1 2 3 | two revisions at most | checkout diff 1 2",
                "history | target is missing | checkout history",
                "to 3 | target is missing | checkout",
                "check$out | cannot be a name | checkout",
                "lock | Say why | lock because the database is being moved",
                "lock production | Say why | lock production because the database is being moved",
                "lock production because | must follow | lock production because the database is being moved",
                "lock production deploy freeze | One namespace | lock production because the database is being moved",
                "lock deployment/checkout because x | takes a namespace | lock production because the database is"
                        + " being moved",
                "lock production/checkout because x | One namespace | lock production because the database is being"
                        + " moved",
                "lock production to 3 because x | takes a namespace | lock production because the database is being"
                        + " moved",
                "lock production unlock | one at a time | lock production because the database is being moved",
                "list checkout | takes only a namespace | checkout history",
            })
    void whatMakesNoCommand_isAnsweredWithTheRightForm(String text, String problem, String instead) {
        assertThat(parse(text)).isInstanceOfSatisfying(Command.NotUnderstood.class, not -> {
            assertThat(not.problem()).contains(problem);
            assertThat(not.instead()).isEqualTo(instead);
            assertThat(parse(not.instead())).isNotInstanceOf(Command.NotUnderstood.class);
        });
    }

    @Test
    void whatWasUnderstood_isSaid() {
        assertThat(parse("production/checkout to 3 -x"))
                .isInstanceOfSatisfying(
                        Command.NotUnderstood.class,
                        not -> assertThat(not.understood()).isEqualTo("target production/checkout, to revision 3"));
    }

    @Test
    void tooLongText_isRefused() {
        assertThat(parse("a ".repeat(2_000))).isInstanceOf(Command.NotUnderstood.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pause", "resume", "restart"})
    void rolloutSubcommands_areReadInAnyOrder(String word) {
        for (String text : List.of(
                word + " checkout because leaks",
                "checkout " + word + " because leaks",
                "rollout " + word + " checkout because leaks")) {
            assertThat(rollback(text).operation().lowerCase()).isEqualTo(word);
            assertThat(rollback(text).target().name()).isEqualTo("checkout");
            assertThat(rollback(text).reason()).isEqualTo("leaks");
        }
        assertThat(parse(word + " checkout to 3")).isInstanceOf(Command.NotUnderstood.class);
        assertThat(rollback("deployment/" + word).operation()).isEqualTo(Operation.UNDO);
    }

    @Test
    void remaining_makesACompleteCommandBehindATarget() {
        for (String text : new String[] {
            "checkout",
            "checkout to 3",
            "checkout because a b",
            "checkout to 3 because x",
            "checkout history",
            "checkout pause",
            "checkout resume because a b",
            "restart checkout",
            "checkout diff",
            "checkout diff 3",
            "checkout diff 3 5",
            "checkout status",
            "checkout cancel"
        }) {
            Command.OnTarget command = (Command.OnTarget) parse(text);
            assertThat(parse("checkout " + command.remaining())).isEqualTo(command);
        }
    }

    @Test
    void secret_isMaskedBeforeAnythingIsRepeatedOrCut() {
        UnaryOperator<String> safe = new Redactor(List.of(Pattern.compile("password|token")))::text;
        String secret = "hunter2" + "x".repeat(80);
        for (String text : List.of(
                "no: password=" + secret,
                "--password=" + secret + " checkout",
                "checkout to password=" + secret,
                "checkout -n password=" + secret,
                "checkout since token=" + secret,
                "postgres://app:" + secret + "@db/x",
                "checkout history because password=" + secret)) {
            assertThat(CommandParser.parse(text, safe, NOW))
                    .as(text)
                    .isInstanceOfSatisfying(
                            Command.NotUnderstood.class,
                            not -> assertThat(not.toString()).doesNotContain("hunter2"));
        }
    }

    @Test
    void reason_isMaskedBeforeItIsCut() {
        UnaryOperator<String> safe = new Redactor(List.of(Pattern.compile("password|token")))::text;
        String filler = "so ".repeat(164);
        assertThat(CommandParser.parse("checkout because " + filler + "password=hunter2 and more", safe, NOW))
                .isInstanceOfSatisfying(
                        Command.Rollback.class,
                        r -> assertThat(r.reason())
                                .startsWith(filler)
                                .doesNotContain("hun")
                                .hasSizeLessThanOrEqualTo(CommandParser.MAX_REASON));
    }

    private static Command.Rollback rollback(String text) {
        Command command = parse(text);
        assertThat(command).isInstanceOf(Command.Rollback.class);
        return (Command.Rollback) command;
    }

    private static OptionalLong number(long number) {
        return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
    }

    private static Command parse(String text) {
        return CommandParser.parse(text, t -> t, NOW);
    }
}
