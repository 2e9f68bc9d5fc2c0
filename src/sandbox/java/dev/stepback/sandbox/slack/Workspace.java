package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The workspace: people, channels, messages and what happened to them. Its monitor guards everything that it hands out
 * and makes each Web API call atomic.
 */
final class Workspace {
    static final String TEAM = "T0STEPBACK";
    static final String TEAM_NAME = "Stepback sandbox";
    static final String TEAM_DOMAIN = "stepback-sandbox";
    /** Another workspace, with which a channel is shared. */
    static final String PARTNER_TEAM = "T0PARTNER";

    static final String APP = "A0STEPBACK";
    static final String BOT = "B0STEPBACK";
    static final String BOT_USER = "U0STEPBACK";
    static final String SLACKBOT = "USLACKBOT";

    private final Clock clock;
    private final Map<String, User> users = new LinkedHashMap<>();
    private final Map<String, Channel> channels = new LinkedHashMap<>();
    private final List<UserGroup> userGroups = new ArrayList<>();
    private final Map<String, NavigableMap<String, Message>> messages = new LinkedHashMap<>();
    private final List<Happening> happenings = new ArrayList<>();
    private long lastMicros;

    Workspace(Clock clock) {
        this.clock = clock;
        people();
        add(new Channel(
                "C0INCIDENTS",
                "incidents",
                ids(
                        "U0RESPONDER",
                        "U0LEAD",
                        "U0DEVELOPER",
                        "U0GUEST",
                        "U0CONTRACTOR",
                        "U0FORMER",
                        "U0PIPELINE",
                        BOT_USER)));
        add(new Channel(
                "C0DEPLOYS",
                "deploys",
                ids("U0RESPONDER", "U0LEAD", "U0DEVELOPER", "U0CONTRACTOR", "U0PIPELINE", BOT_USER)));
        add(new Channel("C0RANDOM", "random", ids("U0RESPONDER", "U0LEAD", "U0DEVELOPER", "U0CONTRACTOR")));
        add(Channel.shared("C0PARTNERS", "partners", ids("U0RESPONDER", "U0LEAD", "U0PARTNER", BOT_USER)));
        add(Channel.hidden("C0POSTMORTEM", "postmortem", ids("U0RESPONDER", "U0LEAD")));
        userGroups.add(new UserGroup("S0ONCALL", "oncall", "On call", ids("U0RESPONDER", "U0LEAD")));
        userGroups.add(new UserGroup("S0LEADS", "leads", "Team leads", ids("U0LEAD", "U0FORMER")));
    }

    /** One of each kind. */
    private void people() {
        add(new User(BOT_USER, "stepback", "Stepback", "", User.Role.BOT));
        add(new User(SLACKBOT, "slackbot", "Slackbot", "", User.Role.BOT));
        add(new User("U0RESPONDER", "responder", "Robin Responder", "responder@example.com", User.Role.MEMBER));
        add(new User("U0LEAD", "lead", "Lee Lead", "lead@example.com", User.Role.MEMBER).in("Europe/Berlin"));
        add(new User("U0DEVELOPER", "developer", "Dana Developer", "developer@example.com", User.Role.MEMBER));
        add(new User("U0GUEST", "guest", "Gale Guest", "guest@example.com", User.Role.SINGLE_CHANNEL_GUEST));
        add(new User(
                "U0CONTRACTOR",
                "contractor",
                "Casey Contractor",
                "contractor@example.com",
                User.Role.MULTI_CHANNEL_GUEST));
        add(new User(
                "U0PARTNER",
                "partner",
                "Pat Partner",
                "pat@partner.example",
                User.Role.MEMBER,
                PARTNER_TEAM,
                false,
                "Etc/UTC"));
        add(new User("U0FORMER", "former", "Finn Former", "former@example.com", User.Role.MEMBER).deactivated(true));
        add(new User("U0PIPELINE", "pipeline", "Pipeline", "", User.Role.BOT));
    }

    private static Set<String> ids(String... ids) {
        return new LinkedHashSet<>(List.of(ids));
    }

    /** Something that those who watch the workspace want to hear of. */
    record Happening(
            long sequence,
            String type,
            String channel,
            String ts,
            @Nullable String visibleTo) {}

    synchronized void add(User user) {
        users.put(user.id(), user);
    }

    synchronized void add(Channel channel) {
        channels.put(channel.id(), channel);
        messages.put(channel.id(), new TreeMap<>());
    }

    synchronized List<User> users() {
        return List.copyOf(users.values());
    }

    synchronized List<Channel> channels() {
        return List.copyOf(channels.values());
    }

    synchronized List<UserGroup> userGroups() {
        return List.copyOf(userGroups);
    }

    /** By id, by handle with or without {@code @}. */
    synchronized Optional<User> user(String idOrName) {
        String name = idOrName.startsWith("@") ? idOrName.substring(1) : idOrName;
        return users.values().stream()
                .filter(user -> user.id().equals(name) || user.name().equals(name))
                .findFirst();
    }

    /** By id, by name with or without {@code #}. */
    synchronized Optional<Channel> channel(String idOrName) {
        String name = idOrName.startsWith("#") ? idOrName.substring(1) : idOrName;
        return channels.values().stream()
                .filter(channel -> channel.id().equals(name)
                        || (!channel.direct() && channel.name().equals(name)))
                .findFirst();
    }

    /** The conversation between the bot and one user; made when there is none. */
    synchronized Channel direct(String user) {
        String id = "D" + user.substring(1);
        Channel known = channels.get(id);
        if (known != null) {
            return known;
        }
        Channel direct = new Channel(id, "", ids(user, BOT_USER));
        add(direct);
        return direct;
    }

    /** The next timestamp, which is never given twice. */
    synchronized String nextTs() {
        Instant now = clock.instant();
        long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
        lastMicros = Math.max(micros, lastMicros + 1);
        return "%010d.%06d".formatted(lastMicros / 1_000_000, lastMicros % 1_000_000);
    }

    synchronized Optional<Message> message(String channel, String ts) {
        return Optional.ofNullable(in(channel).get(ts));
    }

    /** Those of a channel, oldest first, ephemeral ones included. */
    synchronized List<Message> messages(String channel) {
        return List.copyOf(in(channel).values());
    }

    /** Adds or replaces. */
    synchronized void put(Message message) {
        boolean known = in(message.channel()).put(message.ts(), message) != null;
        happened(known ? "message_changed" : "message", message.channel(), message.ts(), message.visibleTo());
    }

    synchronized void remove(Message message) {
        in(message.channel()).remove(message.ts());
        happened("message_deleted", message.channel(), message.ts(), message.visibleTo());
    }

    private NavigableMap<String, Message> in(String channel) {
        return messages.getOrDefault(channel, new TreeMap<>());
    }

    /** A message from Slack itself that one user sees. */
    synchronized Message tell(String user, String channel, String text, @Nullable String threadTs) {
        ObjectNode body = Json.object()
                .put("type", "message")
                .put("user", SLACKBOT)
                .put("username", "Slackbot")
                .put("text", text);
        String ts = nextTs();
        body.put("ts", ts).put("is_ephemeral", true);
        if (threadTs != null) {
            body.put("thread_ts", threadTs);
        }
        Message message = new Message(channel, ts, threadTs, user, SLACKBOT, body);
        put(message);
        return message;
    }

    synchronized void happened(String type, String channel, String ts, @Nullable String visibleTo) {
        happenings.add(new Happening(happenings.size() + 1L, type, channel, ts, visibleTo));
        notifyAll();
    }

    /** What happened after the given sequence number, waiting for at most {@code patience} until there is something. */
    synchronized List<Happening> happeningsAfter(long sequence, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (happenings.size() <= sequence) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return List.of();
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return List.copyOf(happenings.subList((int) Math.max(0, sequence), happenings.size()));
    }

    Clock clock() {
        return clock;
    }

    /** Every message there is. */
    synchronized Collection<Message> everything() {
        return messages.values().stream().flatMap(in -> in.values().stream()).toList();
    }
}
