package dev.stepback.slack;

import com.github.benmanes.caffeine.cache.Ticker;
import com.slack.api.model.Conversation;
import dev.stepback.ops.Metrics;
import dev.stepback.policy.Answer;
import dev.stepback.policy.Directory;
import dev.stepback.policy.Subject;
import dev.stepback.redaction.Redactor;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * People, user groups and channels as Slack knows them, at most {@link Fresh#OLDEST} old. Needs the scopes {@code users:read}
 * and {@code channels:read}; for user groups {@code usergroups:read}, for e-mail addresses {@code users:read.email}.
 */
public final class SlackDirectory implements Directory, AutoCloseable {
    private static final Duration LONGEST_CALL = Duration.ofSeconds(6);
    private static final Pattern CHANNEL_ID = Pattern.compile("[CGD][A-Z0-9]{2,}");
    private static final String ALL = "all";

    /** So many that what is asked ahead stays well below Slack's limits, with two replicas too. */
    private static final int PEOPLE = 15;

    /** Groups up to this size are looked up as a whole: one of them will click next. */
    private static final int SMALL = 8;

    private static final int GROUPS = 3;
    private static final int CHANNELS = 4;

    private final SlackApi api;
    private final ScheduledExecutorService threads =
            Executors.newScheduledThreadPool(4, Threads.named("slack-directory"));
    private final Fresh<Account> accounts;
    private final Fresh<UserGroups> groups;
    private final Fresh<Set<String>> members;
    private final Fresh<Set<String>> channelNames;
    private volatile @Nullable OwnTeam own;

    private SlackDirectory(SlackApi api, Ticker ticker) {
        this.api = api;
        this.accounts = new Fresh<>("people", PEOPLE, this::account, threads, ticker);
        this.groups = new Fresh<>("user groups", 1, any -> userGroups(), threads, ticker);
        this.members = new Fresh<>("members of user groups", GROUPS, this::members, threads, ticker);
        this.channelNames = new Fresh<>("channels", CHANNELS, this::names, threads, ticker);
    }

    /** @param env holds {@code SLACK_BOT_TOKEN}, and {@code SLACK_API_URL} if need be; nothing is asked for yet */
    public static SlackDirectory of(Map<String, String> env, Metrics metrics) {
        return of(env, metrics, Ticker.systemTicker());
    }

    static SlackDirectory of(Map<String, String> env, Metrics metrics, Ticker ticker) {
        return new SlackDirectory(new SlackApi(env, new Redactor(List.of()), metrics, LONGEST_CALL), ticker);
    }

    @Override
    public Subject subject(String userId, @Nullable String team) {
        return accounts.get(userId)
                .map(account -> account.subject(team))
                .orElseGet(() -> new Subject(userId, userId, Subject.Standing.UNKNOWN, Optional.empty()));
    }

    /** Where somebody's clock is set, as they have told Slack; empty when that is not known. */
    public Optional<ZoneId> zone(String userId) {
        return accounts.get(userId).flatMap(Account::zone);
    }

    @Override
    public Answer inGroup(String group, String userId) {
        return groups.get(ALL)
                .flatMap(known -> known.find(group))
                .flatMap(found -> found.members().or(() -> members.get(found.id())))
                .map(ids -> {
                    if (ids.size() <= SMALL) {
                        accounts.expect(ids);
                    }
                    return Answer.of(ids.contains(userId));
                })
                .orElse(Answer.UNKNOWN);
    }

    /** By the name that the channel has now: who is in it is asked, not where the name leads. */
    @Override
    public Answer sameChannel(String configured, String channelId) {
        if (CHANNEL_ID.matcher(configured).matches() || configured.equals(channelId)) {
            return Answer.of(configured.equals(channelId));
        }
        if (channelId.startsWith("D")) {
            return Answer.NO; // between two people, without a name
        }
        String name = configured.startsWith("#") ? configured.substring(1) : configured;
        return channelNames
                .get(channelId)
                .map(names -> Answer.of(names.contains(name)))
                .orElse(Answer.UNKNOWN);
    }

    /** What cannot be asked of Slack now; empty when all can. */
    public String problem() {
        return Stream.of(accounts.problem(), groups.problem(), members.problem(), channelNames.problem())
                .filter(problem -> !problem.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private Account account(String userId) {
        OwnTeam team = own();
        return Account.of(
                api.call("users.info", m -> m.usersInfo(r -> r.user(userId))).getUser(), team);
    }

    private UserGroups userGroups() {
        return UserGroups.ask(api, own());
    }

    private Set<String> members(String groupId) {
        List<String> users = api.call("usergroups.users.list", m -> m.usergroupsUsersList(r -> r.usergroup(groupId)))
                .getUsers();
        return users == null ? Set.of() : Set.copyOf(users);
    }

    private Set<String> names(String channelId) {
        var channel = api.call("conversations.info", m -> m.conversationsInfo(r -> r.channel(channelId)))
                .getChannel();
        return names(channel);
    }

    /** Not the name without accents that Slack gives too: another channel can bear that one. */
    static Set<String> names(Conversation channel) {
        return Optional.ofNullable(channel.getName()).map(Set::of).orElseGet(Set::of);
    }

    /** A token belongs to one workspace for ever. */
    private OwnTeam own() {
        OwnTeam known = own;
        if (known == null) {
            known = OwnTeam.ask(api);
            own = known;
        }
        return known;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
