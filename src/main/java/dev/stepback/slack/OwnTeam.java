package dev.stepback.slack;

import java.util.Optional;

/**
 * The workspace that the app is installed in.
 *
 * @param team its id; of the organization when the app is installed for all of it
 * @param enterprise id of the Enterprise Grid organization, if it is in one
 */
record OwnTeam(String team, Optional<String> enterprise) {

    /** @throws SlackFailure when Slack does not say */
    static OwnTeam ask(SlackApi api) {
        var auth = api.call("auth.test", m -> m.authTest(r -> r));
        if (auth.getTeamId() == null) {
            throw new SlackFailure.Unreachable("auth.test", "named no workspace");
        }
        return new OwnTeam(
                auth.getTeamId(), Optional.ofNullable(auth.getEnterpriseId()).filter(id -> !id.isEmpty()));
    }

    boolean isOwn(String teamOrEnterprise) {
        return team.equals(teamOrEnterprise) || enterprise.equals(Optional.of(teamOrEnterprise));
    }
}
