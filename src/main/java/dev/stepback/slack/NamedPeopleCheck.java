package dev.stepback.slack;

import com.slack.api.model.User;
import dev.stepback.policy.Subject;
import dev.stepback.slack.SlackCheck.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Looks up everybody whom the rules name. Who is not found has no rights through that name. */
final class NamedPeopleCheck {
    /** Slack limits look-ups; a policy of more names than this is long. */
    private static final int MOST = 40;

    private final SlackApi api;
    private final Workspace workspace;
    private final NamedPeople named;
    private final List<Row> rows = new ArrayList<>();

    NamedPeopleCheck(SlackApi api, Workspace workspace, NamedPeople named) {
        this.api = api;
        this.workspace = workspace;
        this.named = named;
    }

    /** @param scopes what the token may do */
    List<Row> run(Set<String> scopes) {
        if (!named.groups().isEmpty()) {
            scope(
                    scopes,
                    "usergroups:read",
                    "to know who is in " + String.join(", ", named.groups()),
                    "until then these groups grant nothing to anybody");
        }
        if (named.addresses()) {
            scope(
                    scopes,
                    "users:read.email",
                    "to know whose e-mail address is in the rules",
                    "until then rules that name people by e-mail address grant nothing");
        }
        try {
            OwnTeam own = OwnTeam.ask(api);
            if (scopes.contains("usergroups:read") && !named.groups().isEmpty()) {
                groups(own);
            }
            named.users().stream().limit(MOST).forEach(id -> user(own, id));
            if (scopes.contains("users:read.email")) {
                named.emails().stream().limit(MOST).forEach(address -> email(own, address));
            }
            named.channels().stream().limit(MOST).forEach(this::channel);
        } catch (SlackFailure e) {
            rows.add(new Row("people of the rules", false, e.getMessage()));
        }
        return rows;
    }

    private void scope(Set<String> scopes, String scope, String use, String cost) {
        boolean ok = scopes.contains(scope);
        rows.add(new Row(
                "scope " + scope, ok, ok ? use : "missing; add it and reinstall the app, " + use + "; " + cost));
    }

    private void groups(OwnTeam own) {
        UserGroups known;
        try {
            known = UserGroups.ask(api, own);
        } catch (SlackFailure e) {
            rows.add(new Row("user groups", false, e.getMessage() + "; until this works groups grant nothing"));
            return;
        }
        for (String group : named.groups()) {
            rows.add(known.find(group)
                    .map(found -> new Row("group " + group, true, members(found)))
                    .orElseGet(() -> new Row(
                            "group " + group,
                            false,
                            "Slack knows no enabled group of this name, or several: it grants nothing")));
        }
    }

    private static String members(UserGroups.Group group) {
        int count = group.members().map(Set::size).orElse(-1);
        return count < 0 ? "known" : count == 1 ? "1 member" : count + " members";
    }

    private void user(OwnTeam own, String id) {
        try {
            User user =
                    api.call("users.info", m -> m.usersInfo(r -> r.user(id))).getUser();
            rows.add(found("user " + id, Account.of(user, own)));
        } catch (SlackFailure e) {
            rows.add(new Row("user " + id, false, e.getMessage()));
        }
    }

    private void email(OwnTeam own, String address) {
        try {
            User user = api.call("users.lookupByEmail", m -> m.usersLookupByEmail(r -> r.email(address)))
                    .getUser();
            rows.add(found(address, Account.of(user, own)));
        } catch (SlackFailure e) {
            rows.add(new Row(address, false, e.getMessage()));
        }
    }

    private static Row found(String item, Account account) {
        Subject subject = account.subject(null);
        return switch (subject.standing()) {
            case DEACTIVATED -> new Row(item, false, "@" + subject.name() + ", deactivated: may do nothing");
            case MEMBER -> new Row(item, true, "@" + subject.name());
            case GUEST -> new Row(item, true, "@" + subject.name() + ", a guest");
            case BOT -> new Row(item, true, "@" + subject.name() + ", a bot");
            default -> new Row(item, true, "@" + subject.name() + ", of another workspace");
        };
    }

    private void channel(String channel) {
        String item = "channel " + channel + " of the rules";
        try {
            String id = workspace.channelId(channel);
            api.call("conversations.info", m -> m.conversationsInfo(r -> r.channel(id)));
            rows.add(new Row(item, true, id));
        } catch (SlackFailure e) {
            rows.add(new Row(item, false, e.getMessage() + "; if it is private, invite the bot"));
        }
    }
}
