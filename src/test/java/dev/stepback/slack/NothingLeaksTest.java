package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.Gson;
import dev.stepback.audit.AuditEvent;
import dev.stepback.audit.AuditLog;
import dev.stepback.command.Reply;
import dev.stepback.config.StepbackConfig;
import dev.stepback.ops.RedactingEncoder;
import dev.stepback.redaction.Redactor;
import dev.stepback.rollback.Phase;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.group.GroupView;
import dev.stepback.sandbox.slack.SlackRules;
import dev.stepback.slack.SecretTexts.SecretText;
import dev.stepback.slack.card.Announcements;
import dev.stepback.slack.card.Card;
import dev.stepback.slack.card.Confirmations;
import dev.stepback.slack.card.DiffMessages;
import dev.stepback.slack.card.DiffText;
import dev.stepback.slack.card.GroupAnnouncements;
import dev.stepback.slack.card.GroupCard;
import dev.stepback.slack.card.Mrkdwn;
import dev.stepback.slack.card.Replies;
import dev.stepback.slack.card.Samples;
import dev.stepback.target.Change;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.target.workload.TemplateDiff;
import dev.stepback.text.OneLine;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** Whatever holds a secret, and whoever draws it: what goes out does not. */
public class NothingLeaksTest {
    /** So much of a secret is no accident. */
    private static final int PART = 8;

    private final Redactor redactor =
            new Redactor(StepbackConfig.defaults().redaction().secretNames());
    private final Outgoing outgoing = new Outgoing(redactor, new References(""));

    @Provide
    Arbitrary<SecretText> texts() {
        return SecretTexts.any();
    }

    @Provide
    Arbitrary<String> passwords() {
        return SecretTexts.passwords();
    }

    @Property(tries = 30)
    void everyMessageAndModalOfEveryPhase(@ForAll("texts") SecretText text) {
        Filled filled = new Filled(text.text());
        for (Phase phase : Phase.values()) {
            Rollback rollback = filled.rollback(phase);
            List<Object> drawn = new ArrayList<>();
            drawn.add(Card.of(rollback, Samples.NOW));
            drawn.add(Card.minimal(rollback, Samples.NOW));
            drawn.addAll(Announcements.milestones(rollback, Samples.NOW).values());
            drawn.add(Announcements.outcome(rollback, Samples.NOW, Optional.empty()));
            Announcements.brokenGlass(rollback, true, Optional.empty()).ifPresent(drawn::add);
            drawn.add(Confirmations.approve(rollback, "prod/production/checkout", "ref"));
            drawn.add(Confirmations.breakGlass(rollback, "checkout", "ref"));
            drawn.add(Confirmations.outcome(Mrkdwn.text(text.text(), 1000)));
            drawn.forEach(message -> assertSafe(text, outgoing.body(SlackRules.json(message))));
        }
    }

    @Property(tries = 30)
    void everyMessageAndModalOfSeveralTargets(@ForAll("texts") SecretText text) {
        Filled filled = new Filled(text.text());
        for (Phase phase : Phase.values()) {
            GroupView view = filled.group(phase);
            List<Object> drawn = new ArrayList<>();
            drawn.add(GroupCard.of(view, Samples.NOW));
            drawn.add(GroupCard.minimal(view, Samples.NOW));
            drawn.addAll(GroupAnnouncements.milestones(view, Samples.NOW).values());
            drawn.add(GroupAnnouncements.outcome(view, Samples.NOW, Optional.empty()));
            GroupAnnouncements.brokenGlass(view, true, Optional.empty()).ifPresent(drawn::add);
            drawn.add(DiffMessages.modal(view));
            drawn.forEach(message -> assertSafe(text, outgoing.body(SlackRules.json(message))));
        }
    }

    /** Texts are cut to what Slack allows, in the middle of a secret too. */
    @Property(tries = 100)
    void everyCut(@ForAll("texts") SecretText text, @ForAll @IntRange(min = 1, max = 60) int before) {
        for (int limit : List.of(40, 60, 80, 200)) {
            String filler = "so ".repeat(limit).substring(0, Math.max(0, limit - before));
            for (String cut : List.of(
                    Mrkdwn.line(filler + " " + text.text(), limit),
                    Mrkdwn.code(filler + " " + text.text(), limit),
                    OneLine.of(filler + " " + text.text(), limit))) {
                assertSafe(text, outgoing.body(new Gson().toJson(Map.of("text", cut))));
            }
        }
    }

    @Property(tries = 60)
    void everyAnswer(@ForAll("texts") SecretText text) {
        Replies replies = new Replies("/rollback", r -> Optional.empty());
        for (Reply reply : new Filled(text.text()).each(Reply.class)) {
            assertSafe(text, outgoing.body(SlackRules.json(replies.draw(reply, Samples.NOW))));
        }
    }

    @Property(tries = 60)
    void everyDiff(@ForAll("texts") SecretText text) {
        List<Change> changes = List.of(new Change("p", text.text(), text.text()), new Change(text.text(), null, "a"));
        assertSafe(text, outgoing.body(SlackRules.json(DiffMessages.modal(Samples.CHECKOUT, 5, 4, changes))));
        assertSafe(text, outgoing.body(SlackRules.json(DiffMessages.message(Samples.CHECKOUT, 5, 4, changes))));
        assertSafe(text, outgoing.body(DiffText.file(changes)));
    }

    @Property(tries = 60)
    void everyAuditEvent(@ForAll("texts") SecretText text) {
        Logger logger = (Logger) LoggerFactory.getLogger("audit");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        boolean additive = logger.isAdditive();
        logger.setAdditive(false);
        try {
            AuditLog audit = new AuditLog("test", "bot-1", redactor, Clock.systemUTC());
            new Filled(text.text()).each(AuditEvent.class).forEach(audit::record);
        } finally {
            logger.setAdditive(additive);
            logger.detachAppender(lines);
        }
        assertThat(lines.list).hasSize(AuditEvent.class.getPermittedSubclasses().length);
        lines.list.forEach(line -> assertSafe(text, line.getFormattedMessage()));
    }

    @Property(tries = 30)
    void everyLogLine_asTextAndAsJson(@ForAll("texts") SecretText text) throws Exception {
        RedactingEncoder.use(redactor);
        try {
            for (String format : List.of("text", "json")) {
                assertSafe(text, logged(format, text.text()));
            }
        } finally {
            RedactingEncoder.use(new Redactor(List.of()));
        }
    }

    /** What a target makes of its objects is safe before anybody draws it. */
    @Property(tries = 60)
    void everyFieldOfATemplate(@ForAll("texts") SecretText text, @ForAll("passwords") String password)
            throws Exception {
        ObjectMapper json = new ObjectMapper();
        Map<String, Object> container = Map.of(
                "name", "app",
                "image", text.text(),
                "command", List.of("sh", "-c", text.text()),
                "args", List.of("--db-password", password, text.text()),
                "env",
                        List.of(
                                Map.of("name", "DB_PASSWORD", "value", password),
                                Map.of("name", "PLAIN", "value", text.text())),
                "livenessProbe",
                        Map.of(
                                "httpGet",
                                Map.of("httpHeaders", List.of(Map.of("name", "X-Token", "value", password)))));
        PodTemplate template = new PodTemplate(json.valueToTree(Map.of(
                "metadata",
                Map.of(
                        "annotations",
                        Map.of(
                                "note",
                                text.text(),
                                "vault/token",
                                password,
                                "kubectl.kubernetes.io/last-applied-configuration",
                                "{\"a\":\"" + password + "\"}")),
                "spec",
                Map.of("containers", List.of(container)))));
        PodTemplate empty = new PodTemplate(json.readTree("{\"spec\":{\"containers\":[{\"name\":\"app\"}]}}"));
        TemplateDiff diff = new TemplateDiff(redactor);

        for (List<Change> changes : List.of(diff.between(empty, template), diff.between(template, empty))) {
            assertThat(changes).hasSizeGreaterThanOrEqualTo(9);
            assertSafe(text, changes.toString());
            assertSafe(new SecretText(password, ""), changes.toString());
        }
        assertSafe(text, template.images(redactor).toString());
    }

    private static String logged(String format, String text) throws JoranException {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        context.putProperty("LOG_FORMAT", format);
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Objects.requireNonNull(NothingLeaksTest.class.getResource("/logback.xml")));
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        LoggingEvent event = new LoggingEvent(
                "",
                root,
                Level.WARN,
                "it said {}",
                new IllegalStateException(text, new IllegalArgumentException(text)),
                new Object[] {text});
        event.addKeyValuePair(new KeyValuePair("text", text));
        event.setMDCPropertyMap(Map.of("at", text));
        @SuppressWarnings("unchecked")
        OutputStreamAppender<ILoggingEvent> appender = (OutputStreamAppender<ILoggingEvent>) root.getAppender(format);
        return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
    }

    /** Compared by letters and digits alone: escapes and marks in between make it no safer. */
    public static void assertSafe(SecretText text, String out) {
        String secret = bare(text.secret());
        String shown = bare(out);
        for (int i = 0; i + PART <= secret.length(); i++) {
            String part = secret.substring(i, i + PART);
            if (shown.contains(part)) {
                throw new AssertionError("“" + part + "” of " + text + " is in\n" + out);
            }
        }
    }

    private static String bare(String text) {
        return text.replaceAll("[^A-Za-z0-9]", "");
    }
}
