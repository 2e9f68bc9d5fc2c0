package dev.stepback.slack;

import com.slack.api.model.User;
import dev.stepback.policy.Subject;
import dev.stepback.policy.Subject.Standing;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Somebody as {@code users.info} shows them to the workspace that the app is installed in.
 *
 * <p>On Enterprise Grid, somebody is of that workspace when it is among the workspaces that they belong to; membership of
 * another workspace of the same organization is not enough. An app that is installed for a whole organization has no
 * workspace of its own, so everybody is of another one there.
 */
record Account(
        String id,
        String name,
        Optional<String> email,
        boolean deactivated,
        boolean bot,
        boolean guest,
        boolean own,
        String ownTeam,
        Optional<ZoneId> zone) {
    /** It is not flagged as a bot. */
    private static final String SLACKBOT = "USLACKBOT";

    private static final int MAX_OFFSET = 18 * 3600;

    static Account of(User user, OwnTeam own) {
        User.Profile profile = user.getProfile();
        return new Account(
                user.getId(),
                name(user, profile),
                profile == null
                        ? Optional.empty()
                        : Optional.ofNullable(profile.getEmail()).filter(e -> !e.isBlank()),
                user.isDeleted(),
                user.isBot()
                        || user.isWorkflowBot()
                        || user.isConnectorBot()
                        || user.getId().equals(SLACKBOT),
                user.isRestricted() || user.isUltraRestricted(),
                !user.isStranger() && belongs(user, own),
                own.team(),
                zone(user));
    }

    /** By name, for an offset does not know of summer. */
    private static Optional<ZoneId> zone(User user) {
        try {
            if (user.getTz() != null && !user.getTz().isBlank()) {
                return Optional.of(ZoneId.of(user.getTz()));
            }
        } catch (DateTimeException e) {
            // Slack may know more time zones than this JVM: the offset, then.
        }
        Integer offset = user.getTzOffset();
        return offset == null || Math.abs(offset) > MAX_OFFSET
                ? Optional.empty()
                : Optional.of(ZoneOffset.ofTotalSeconds(offset));
    }

    private static boolean belongs(User user, OwnTeam own) {
        if (own.team().equals(user.getTeamId())) {
            return true;
        }
        User.EnterpriseUser grid = user.getEnterpriseUser();
        if (grid == null || own.enterprise().isEmpty()) {
            return false;
        }
        List<String> teams = grid.getTeams() == null ? List.of() : grid.getTeams();
        return own.enterprise().get().equals(grid.getEnterpriseId()) && teams.contains(own.team());
    }

    private static String name(User user, User.@Nullable Profile profile) {
        String display = profile == null ? null : profile.getDisplayName();
        if (display != null && !display.isBlank()) {
            return display;
        }
        return user.getName() == null ? user.getId() : user.getName();
    }

    /** @param delivered the workspace that a delivery named as theirs; null when it named none */
    Subject subject(@Nullable String delivered) {
        return new Subject(id, name, standing(delivered), email);
    }

    private Standing standing(@Nullable String delivered) {
        if (deactivated) {
            return Standing.DEACTIVATED;
        }
        if (bot) {
            return Standing.BOT;
        }
        if (!own || (delivered != null && !delivered.isEmpty() && !delivered.equals(ownTeam))) {
            return Standing.OTHER_WORKSPACE;
        }
        return guest ? Standing.GUEST : Standing.MEMBER;
    }
}
