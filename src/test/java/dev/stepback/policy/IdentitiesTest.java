package dev.stepback.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.policy.Identities.Mapping;
import dev.stepback.policy.Subject.Standing;
import dev.stepback.target.Identity;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentitiesTest {
    private static final Directory SLACK = new Directory() {
        @Override
        public Subject subject(String userId, @Nullable String team) {
            throw new AssertionError();
        }

        @Override
        public Answer inGroup(String group, String userId) {
            return group.equals("@gone")
                    ? Answer.UNKNOWN
                    : Answer.of(group.equals("@oncall") && userId.equals("U00001"));
        }

        @Override
        public Answer sameChannel(String configured, String channelId) {
            throw new AssertionError();
        }
    };

    @Test
    void byDefault_membersAreTheirAddresses() {
        assertThat(Identities.DEFAULT.of(member("U00001", "alice@example.com"), SLACK))
                .isEqualTo(known("alice@example.com"));
        assertThat(Identities.DEFAULT.of(member("U00001", ""), SLACK)).isEqualTo(new Mapping.None());
    }

    @ParameterizedTest
    @EnumSource(
            value = Standing.class,
            names = {"GUEST", "OTHER_WORKSPACE", "BOT", "DEACTIVATED"})
    void byDefault_nobodyElseIsAnybody(Standing standing) {
        Subject subject = new Subject("U00001", "a", standing, Optional.of("alice@example.com"));

        assertThat(Identities.DEFAULT.of(subject, SLACK)).isEqualTo(new Mapping.None());
    }

    /** Whoever runs another workspace gives its people their addresses. */
    @ParameterizedTest
    @EnumSource(
            value = Standing.class,
            names = {"OTHER_WORKSPACE", "BOT"})
    void addressOfOthers_isNoUser_evenWhenTheyAreNamed(Standing standing) {
        Subject subject = new Subject("U00001", "a", standing, Optional.of("lead@example.com"));
        Who named = new Who.User("U00001");

        assertThat(new Identities(List.of(new IdentityRule(List.of(named), Optional.of("{email}"), List.of())))
                        .of(subject, SLACK))
                .isEqualTo(new Mapping.None());
        assertThat(new Identities(List.of(new IdentityRule(List.of(named), Optional.of("ally"), List.of())))
                        .of(subject, SLACK))
                .isEqualTo(known("ally"));
    }

    /** An address becomes a header of a request with the bot's rights. */
    @ParameterizedTest
    @ValueSource(
            strings = {"system:admin", "a@b.c\r\nImpersonate-Group: system:masters", "system:masters@x", "é@example.com"
            })
    void whatIsNoAddress_isNoUser(String email) {
        assertThat(Identities.DEFAULT.of(member("U00001", email), SLACK)).isEqualTo(new Mapping.None());
    }

    /** Rules as {@code who>user+group}, in order; who is a member with the address a@x.io, on call as U00001. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        U00001 | U00001>alice                          | alice
        U00002 | U00001>alice                          | none
        U00001 | a@x.io>alice                          | alice
        U00001 | A@X.IO>alice                          | alice
        U00001 | @oncall>oncall                        | oncall
        U00002 | @oncall>oncall                        | none
        U00001 | U00001>alice members>bob              | alice
        U00002 | U00001>alice members>bob              | bob
        U00001 | members>{email} @oncall>+ops          | a@x.io+ops
        U00002 | members>{email} @oncall>+ops          | a@x.io
        U00001 | members>{email}+devs @oncall>root+ops | a@x.io+devs+ops
        U00001 | @oncall>+ops                          | none
        U00001 | members>oidc:{email}                  | oidc:a@x.io
        U00001 | U00001>alice @gone>bob                | undecided
        U00001 | @gone>bob U00001>alice                | undecided
        U00001 | U00001>alice @gone>+ops               | undecided
        U00001 | U00001,@gone>alice                    | alice
        """)
    void rules_giveTheFirstUserAndAllGroups(String id, String rules, String expected) {
        Identities identities = new Identities(
                List.of(rules.split(" ")).stream().map(IdentitiesTest::rule).toList());

        Mapping mapping = identities.of(member(id, "a@x.io"), SLACK);

        if (expected.equals("none")) {
            assertThat(mapping).isEqualTo(new Mapping.None());
        } else if (expected.equals("undecided")) {
            assertThat(mapping).isEqualTo(new Mapping.Undecided());
        } else {
            String[] parts = expected.split("\\+");
            assertThat(mapping)
                    .isEqualTo(known(
                            parts[0], List.of(parts).subList(1, parts.length).toArray(String[]::new)));
        }
    }

    @Test
    void whileSlackIsSilent_nothingIsDecided() {
        Subject unknown = new Subject("U00001", "a", Standing.UNKNOWN, Optional.empty());

        assertThat(Identities.DEFAULT.of(unknown, SLACK)).isEqualTo(new Mapping.Undecided());
    }

    private static IdentityRule rule(String text) {
        String[] sides = text.split(">");
        String[] gives = sides[1].split("\\+", -1);
        return new IdentityRule(
                List.of(sides[0].split(",")).stream()
                        .map(who -> Who.parse(who).orElseThrow())
                        .toList(),
                Optional.of(gives[0]).filter(user -> !user.isEmpty()),
                List.of(gives).subList(1, gives.length));
    }

    private static Mapping known(String user, String... groups) {
        return new Mapping.Known(new Identity(user, List.of(groups)));
    }

    private static Subject member(String id, String email) {
        return new Subject(id, "a", Standing.MEMBER, Optional.of(email).filter(e -> !e.isEmpty()));
    }
}
