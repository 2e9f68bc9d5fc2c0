package dev.stepback.slack;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.slack.api.methods.response.auth.AuthTestResponse;
import com.slack.api.model.ConversationType;
import com.slack.api.model.User;
import dev.stepback.rollback.Person;
import dev.stepback.rollback.Rollback;
import dev.stepback.rollback.RollbackStatus.CardStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is asked of Slack now and then: names, memberships, permalinks. Never throws; an unknown answer is the kinder one. */
final class Workspace {
    private static final Logger LOG = LoggerFactory.getLogger(Workspace.class);

    private static final Pattern CHANNEL_ID = Pattern.compile("[CGD][A-Z0-9]{2,}");
    private static final int MAX_PAGES = 20;

    private final SlackApi api;
    private final Cache<String, Boolean> members = remembered(Duration.ofSeconds(30));
    private final Cache<String, String> names = remembered(Duration.ofHours(1));
    private final Cache<String, String> links = remembered(Duration.ofHours(1));
    private final Cache<String, String> channels = remembered(Duration.ofHours(1));
    private volatile @Nullable AuthTestResponse self;

    Workspace(SlackApi api) {
        this.api = api;
    }

    /** Whether messages of the bot reach the channel; true when Slack does not say. */
    boolean isMember(String channel) {
        Boolean known = members.getIfPresent(channel);
        if (known != null) {
            return known;
        }
        try {
            var info = api.call("conversations.info", m -> m.conversationsInfo(r -> r.channel(channel)))
                    .getChannel();
            boolean member = info.isMember() || info.isIm() || info.isMpim();
            if (member) {
                members.put(channel, true);
            }
            return member;
        } catch (SlackFailure.Refused e) {
            return !e.error().equals("channel_not_found") && !e.error().equals("not_in_channel");
        } catch (SlackFailure e) {
            LOG.info("membership of {} is not known: {}", channel, e.getMessage());
            return true;
        }
    }

    /** Whether a configured name or id means this channel. */
    boolean isSame(String configured, String channel) {
        return configured.equals(channel) || channelId(configured).equals(channel);
    }

    /** The id of a channel that is configured by name or id; what was configured when Slack does not know it. */
    String channelId(String configured) {
        if (CHANNEL_ID.matcher(configured).matches()) {
            return configured;
        }
        String name = configured.startsWith("#") ? configured.substring(1) : configured;
        String known = channels.getIfPresent(name);
        if (known == null) {
            askChannels();
            known = channels.getIfPresent(name);
        }
        return known == null ? configured : known;
    }

    private void askChannels() {
        try {
            String cursor = "";
            for (int page = 0; page < MAX_PAGES && cursor != null; page++) {
                String from = cursor;
                var response = api.call(
                        "conversations.list",
                        m -> m.conversationsList(r -> r.cursor(from.isEmpty() ? null : from)
                                .excludeArchived(true)
                                .types(List.of(ConversationType.PUBLIC_CHANNEL, ConversationType.PRIVATE_CHANNEL))
                                .limit(500)));
                response.getChannels().forEach(c -> channels.put(c.getName(), c.getId()));
                String next = response.getResponseMetadata() == null
                        ? null
                        : response.getResponseMetadata().getNextCursor();
                cursor = next == null || next.isEmpty() ? null : next;
            }
        } catch (SlackFailure e) {
            LOG.info("the channels are not known: {}", e.getMessage());
        }
    }

    /** The person with the name that the workspace knows, or the id for a name. */
    Person person(String userId) {
        String name = names.getIfPresent(userId);
        if (name == null) {
            name = askName(userId);
            if (!name.equals(userId)) {
                names.put(userId, name);
            }
        }
        return new Person(userId, name);
    }

    private String askName(String userId) {
        try {
            User user = api.call("users.info", m -> m.usersInfo(r -> r.user(userId)))
                    .getUser();
            String display =
                    user.getProfile() == null ? null : user.getProfile().getDisplayName();
            if (display != null && !display.isBlank()) {
                return display;
            }
            return user.getName() == null ? userId : user.getName();
        } catch (SlackFailure e) {
            LOG.info("name of {} is not known: {}", userId, e.getMessage());
            return userId;
        }
    }

    /** Where the rollback's card is. */
    Optional<String> cardLink(Rollback rollback) {
        return cardLink(rollback.statusOrInitial().card());
    }

    Optional<String> cardLink(CardStatus card) {
        return card.channel() == null || card.ts() == null ? Optional.empty() : permalink(card.channel(), card.ts());
    }

    Optional<String> permalink(String channel, String ts) {
        String known = links.getIfPresent(channel + ts);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            String link = api.call(
                            "chat.getPermalink",
                            m -> m.chatGetPermalink(r -> r.channel(channel).messageTs(ts)))
                    .getPermalink();
            links.put(channel + ts, link);
            return Optional.of(link);
        } catch (SlackFailure e) {
            LOG.info("permalink of {} in {} is not known: {}", ts, channel, e.getMessage());
            return Optional.empty();
        }
    }

    /** What has to be typed in a channel to let the bot in. */
    String inviteCommand() {
        return "/invite @" + self().map(AuthTestResponse::getUser).orElse("Stepback");
    }

    /** Whether somebody is this bot; true when Slack does not say, for it must never listen to itself. */
    boolean isSelf(String userId) {
        return self().map(AuthTestResponse::getUserId).map(userId::equals).orElse(true);
    }

    private Optional<AuthTestResponse> self() {
        AuthTestResponse known = self;
        if (known == null) {
            try {
                known = api.call("auth.test", m -> m.authTest(r -> r));
                self = known;
            } catch (SlackFailure e) {
                LOG.info("who I am is not known: {}", e.getMessage());
            }
        }
        return Optional.ofNullable(known);
    }

    private static <V> Cache<String, V> remembered(Duration time) {
        return Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(time).build();
    }
}
