package dev.stepback.slack;

import static org.assertj.core.api.Assertions.assertThat;

import com.slack.api.model.User;
import com.slack.api.model.Usergroup;
import dev.stepback.policy.Subject.Standing;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What Slack's records of people and groups mean. */
class AccountTest {
    private static final OwnTeam OWN = new OwnTeam("T1", Optional.of("E1"));

    private static Account account(Consumer<User> change) {
        User user = new User();
        user.setId("U1");
        user.setTeamId("T1");
        user.setName("ana");
        change.accept(user);
        return Account.of(user, OWN);
    }

    private static Standing standing(@Nullable String delivered, Consumer<User> change) {
        return account(change).subject(delivered).standing();
    }

    @Test
    void memberOfTheOwnWorkspace_isMember() {
        assertThat(standing(null, u -> {})).isEqualTo(Standing.MEMBER);
        assertThat(standing("T1", u -> {})).isEqualTo(Standing.MEMBER);
        assertThat(standing("T1", u -> u.setAppUser(true))).isEqualTo(Standing.MEMBER);
    }

    @Test
    void deliveryFromElsewhere_isStricterThanTheRecord() {
        assertThat(standing("T2", u -> {})).isEqualTo(Standing.OTHER_WORKSPACE);
        assertThat(standing("E1", u -> {})).isEqualTo(Standing.OTHER_WORKSPACE);
        assertThat(standing("T1", u -> u.setTeamId("T2"))).isEqualTo(Standing.OTHER_WORKSPACE);
        assertThat(standing("T2", u -> u.setDeleted(true))).isEqualTo(Standing.DEACTIVATED);
    }

    @Test
    void guestsBotsAndStrangers_areWhatTheyAre() {
        assertThat(standing(null, u -> u.setRestricted(true))).isEqualTo(Standing.GUEST);
        assertThat(standing(null, u -> u.setUltraRestricted(true))).isEqualTo(Standing.GUEST);
        assertThat(standing(null, u -> u.setBot(true))).isEqualTo(Standing.BOT);
        assertThat(standing(null, u -> u.setWorkflowBot(true))).isEqualTo(Standing.BOT);
        assertThat(standing(null, u -> u.setConnectorBot(true))).isEqualTo(Standing.BOT);
        assertThat(standing(null, u -> u.setId("USLACKBOT"))).isEqualTo(Standing.BOT);
        assertThat(standing(null, u -> u.setStranger(true))).isEqualTo(Standing.OTHER_WORKSPACE);
    }

    @Test
    void organization_isOwnOnlyThroughTheOwnWorkspace() {
        assertThat(standing(null, u -> grid(u, "E1", List.of("T1", "T2")))).isEqualTo(Standing.MEMBER);
        assertThat(standing("T1", u -> grid(u, "E1", List.of("T2", "T1")))).isEqualTo(Standing.MEMBER);
        assertThat(standing(null, u -> grid(u, "E1", List.of("T2")))).isEqualTo(Standing.OTHER_WORKSPACE);
        assertThat(standing(null, u -> grid(u, "E2", List.of("T1")))).isEqualTo(Standing.OTHER_WORKSPACE);
        assertThat(standing("T2", u -> grid(u, "E1", List.of("T1", "T2")))).isEqualTo(Standing.OTHER_WORKSPACE);
    }

    private static void grid(User user, String enterprise, List<String> teams) {
        user.setTeamId("T2");
        User.EnterpriseUser grid = new User.EnterpriseUser();
        grid.setEnterpriseId(enterprise);
        grid.setTeams(teams);
        user.setEnterpriseUser(grid);
    }

    private static Usergroup group(String id, String handle, String... users) {
        Usergroup group = new Usergroup();
        group.setId(id);
        group.setTeamId("T1");
        group.setHandle(handle);
        group.setDateDelete(0);
        group.setUsers(List.of(users));
        return group;
    }

    @Test
    void groups_areFoundByHandleAndById() {
        UserGroups groups = new UserGroups(List.of(group("S1", "oncall", "U1")), OWN);
        assertThat(groups.find("@oncall").flatMap(UserGroups.Group::members)).contains(Set.of("U1"));
        assertThat(groups.find("S1")).isPresent();
        assertThat(groups.find("oncall")).isEmpty();
        assertThat(groups.find("@S1")).isEmpty();
        assertThat(groups.find("@nobody")).isEmpty();
    }

    @Test
    void disabledForeignAndAmbiguousGroups_areNone() {
        Usergroup disabled = group("S1", "old", "U1");
        disabled.setDateDelete(1_700_000_000);
        Usergroup external = group("S2", "theirs", "U1");
        external.setExternal(true);
        Usergroup elsewhere = group("S3", "elsewhere", "U1");
        elsewhere.setTeamId("T2");
        Usergroup organization = group("S4", "all", "U1");
        organization.setTeamId("E1");
        UserGroups groups = new UserGroups(
                List.of(
                        disabled,
                        external,
                        elsewhere,
                        organization,
                        group("S5", "twice", "U1"),
                        group("S6", "twice", "U1")),
                OWN);
        assertThat(groups.find("@old")).isEmpty();
        assertThat(groups.find("S2")).isEmpty();
        assertThat(groups.find("@elsewhere")).isEmpty();
        assertThat(groups.find("@all")).isPresent();
        assertThat(groups.find("@twice")).isEmpty();
        assertThat(groups.find("S5")).isPresent();
    }

    @Test
    void membersThatAreNotListed_areNotNobody() {
        Usergroup silent = group("S1", "silent");
        silent.setUsers(null);
        Usergroup counted = group("S2", "counted");
        counted.setUserCount(3);
        UserGroups groups = new UserGroups(List.of(silent, counted, group("S3", "empty")), OWN);
        assertThat(groups.find("S1").orElseThrow().members()).isEmpty();
        assertThat(groups.find("S2").orElseThrow().members()).isEmpty();
        assertThat(groups.find("S3").orElseThrow().members()).contains(Set.of());
    }
}
