package dev.stepback.slack;

import com.slack.api.app_backend.interactive_components.payload.BlockActionPayload;
import com.slack.api.app_backend.slash_commands.payload.SlashCommandPayload;
import com.slack.api.app_backend.views.payload.ViewSubmissionPayload;
import com.slack.api.model.event.AppMentionEvent;
import dev.stepback.rollback.Person;
import org.jspecify.annotations.Nullable;

/** Who a delivery says that it comes from, and of which workspace: in shared channels that may be another one. */
final class Senders {
    private Senders() {}

    static Person of(SlashCommandPayload payload) {
        return person(payload.getUserId(), payload.getUserName(), null, payload.getTeamId());
    }

    static Person of(BlockActionPayload payload) {
        var user = payload.getUser();
        var team = payload.getTeam();
        String name = isEmpty(user.getUsername()) ? user.getName() : user.getUsername();
        return person(user.getId(), name, user.getTeamId(), team == null ? null : team.getId());
    }

    static Person of(ViewSubmissionPayload payload) {
        var user = payload.getUser();
        var team = payload.getTeam();
        String name = isEmpty(user.getUsername()) ? user.getName() : user.getUsername();
        return person(user.getId(), name, user.getTeamId(), team == null ? null : team.getId());
    }

    /** @param known the author with the name that the workspace knows; events name nobody */
    static Person of(AppMentionEvent event, Person known) {
        String team = isEmpty(event.getUserTeam()) ? event.getSourceTeam() : event.getUserTeam();
        return person(known.id(), known.name(), team, event.getTeam());
    }

    /** The person's own workspace before the one that the delivery came through. */
    private static Person person(String id, @Nullable String name, @Nullable String own, @Nullable String through) {
        String team = isEmpty(own) ? through : own;
        return new Person(id, name == null || name.isEmpty() ? id : name, isEmpty(team) ? null : team);
    }

    private static boolean isEmpty(@Nullable String text) {
        return text == null || text.isEmpty();
    }
}
