package dev.stepback.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** What holds for every policy and every question. */
class PolicyPropertyTest {

    /** Somebody wants something, from somewhere. */
    record Question(Subject subject, Permission permission, Facts facts, Optional<String> channel) {
        Verdict to(Policy policy) {
            return policy.allows(subject, permission, facts, channel, DIRECTORY);
        }
    }

    @Property
    void emptyPolicy_allowsNobodyAnything(@ForAll("questions") Question question) {
        Verdict verdict = question.to(policy(List.of(), List.of()));
        assertThat(verdict.allowed()).isFalse();
        assertThat(verdict.why()).isNotEmpty();
    }

    @Property
    void anotherRule_takesNothingAway(
            @ForAll("rules") List<Rule> rules,
            @ForAll("rule") Rule another,
            @ForAll("bindings") List<ChannelBinding> bindings,
            @ForAll("questions") Question question) {
        List<Rule> more = new ArrayList<>(rules);
        more.add(another);
        if (question.to(policy(rules, bindings)).allowed()) {
            assertThat(question.to(policy(more, bindings)).allowed()).isTrue();
        }
    }

    @Property
    void orderOfRules_changesNeitherAnswerNorReason(
            @ForAll("rules") List<Rule> rules,
            @ForAll("bindings") List<ChannelBinding> bindings,
            @ForAll("questions") Question question,
            @ForAll Random random) {
        List<Rule> shuffled = new ArrayList<>(rules);
        Collections.shuffle(shuffled, random);
        assertThat(question.to(policy(shuffled, bindings))).isEqualTo(question.to(policy(rules, bindings)));
    }

    @Property
    void whatIsGranted_isGrantedByOneRuleAlone(
            @ForAll("rules") List<Rule> rules, @ForAll("questions") Question question) {
        boolean together = question.to(policy(rules, List.of())).allowed();
        boolean alone = rules.stream()
                .anyMatch(rule -> question.to(policy(List.of(rule), List.of())).allowed());
        assertThat(together).isEqualTo(alone);
    }

    /** Only who may look from somewhere hears that it is the channel that is in the way. */
    @Property
    void elsewhere_isNeverSaidOfWhatNoRuleGrants(
            @ForAll("rules") List<Rule> rules,
            @ForAll("bindings") List<ChannelBinding> bindings,
            @ForAll("questions") Question question) {
        Verdict verdict = question.to(policy(rules, bindings));
        List<Rule> anywhere = rules.stream()
                .map(rule -> new Rule(rule.who(), rule.may(), rule.scope(), List.of()))
                .toList();
        if (verdict.elsewhere()) {
            assertThat(verdict.allowed() || verdict.undecided()).isFalse();
            assertThat(question.to(policy(anywhere, List.of())).allowed()).isTrue();
        }
    }

    @Property
    void binding_neverGives(
            @ForAll("rules") List<Rule> rules,
            @ForAll("binding") ChannelBinding binding,
            @ForAll("questions") Question question) {
        boolean free = question.to(policy(rules, List.of())).allowed();
        boolean bound = question.to(policy(rules, List.of(binding))).allowed();
        assertThat(bound && !free).isFalse();
    }

    @Property
    void deactivatedAndUnknownPeople_haveNothing(
            @ForAll("rules") List<Rule> rules, @ForAll("questions") Question question) {
        for (Subject.Standing standing : List.of(Subject.Standing.DEACTIVATED, Subject.Standing.UNKNOWN)) {
            Subject s = question.subject();
            Subject out = new Subject(s.id(), s.name(), standing, s.email());
            Question asked = new Question(out, question.permission(), question.facts(), question.channel());
            assertThat(asked.to(policy(rules, List.of())).allowed()).isFalse();
        }
    }

    @Property
    void lessStanding_neverHasMore(@ForAll("rules") List<Rule> rules, @ForAll("questions") Question question) {
        boolean before = true;
        for (Subject.Standing standing : List.of(
                Subject.Standing.MEMBER,
                Subject.Standing.GUEST,
                Subject.Standing.OTHER_WORKSPACE,
                Subject.Standing.DEACTIVATED)) {
            Subject s = question.subject();
            Subject now = new Subject(s.id(), s.name(), standing, s.email());
            boolean allowed = new Question(now, question.permission(), question.facts(), question.channel())
                    .to(policy(rules, List.of()))
                    .allowed();
            assertThat(allowed && !before).isFalse();
            before = allowed;
        }
    }

    @Property
    void knowingLess_neverAllowsMore(@ForAll("rules") List<Rule> rules, @ForAll("questions") Question question) {
        Facts facts = question.facts();
        Facts unread = new Facts(facts.cluster(), facts.target(), Optional::empty);
        Question blind = new Question(question.subject(), question.permission(), unread, question.channel());
        Policy policy = policy(rules, List.of());
        boolean allowed = blind.to(policy).allowed();
        assertThat(allowed && !question.to(policy).allowed()).isFalse();
    }

    @Property
    void globs_matchAsRegularExpressionsWould(@ForAll("globs") String glob, @ForAll("names") String name) {
        String regex = glob.replace(".", "\\.").replace("*", ".*").replace('?', '.');
        assertThat(new Glob(glob).matches(name)).isEqualTo(name.matches(regex));
    }

    @Provide
    Arbitrary<String> globs() {
        return Arbitraries.strings().withChars("ab.*?").ofMaxLength(7);
    }

    @Provide
    Arbitrary<String> names() {
        return Arbitraries.strings().withChars("ab.").ofMaxLength(9);
    }

    @Provide
    Arbitrary<List<Rule>> rules() {
        return rule().list().ofMaxSize(5);
    }

    @Provide
    Arbitrary<Rule> rule() {
        Arbitrary<Who> who = Arbitraries.of(
                new Who.Members(),
                new Who.User("U00001"),
                new Who.User("U00002"),
                new Who.Email("one@example.com"),
                new Who.Group("@one"),
                new Who.Group("@shaky"));
        Arbitrary<Set<Permission>> may = Arbitraries.of(Permission.class).set().ofMaxSize(3);
        return Combinators.combine(who.list().ofMaxSize(2), may, scope(), channels())
                .as(Rule::new);
    }

    private static Arbitrary<List<String>> channels() {
        return Arbitraries.of("C00001", "one", "lost").list().ofMaxSize(1);
    }

    private static Arbitrary<Scope> scope() {
        return Combinators.combine(
                        some("eu", "*"), some("shop", "shop-*", "*"), some("deployment"), some("cart", "c*"), labels())
                .as(Scope::new);
    }

    private static Arbitrary<LabelSelector> labels() {
        return Arbitraries.of("", "tier=critical", "tier!=critical", "!tier")
                .map(text -> LabelSelector.parse(text).orElse(LabelSelector.ANY));
    }

    private static Arbitrary<List<Glob>> some(String... globs) {
        return Arbitraries.of(globs).map(Glob::new).list().ofMaxSize(1);
    }

    @Provide
    Arbitrary<List<ChannelBinding>> bindings() {
        return binding().list().ofMaxSize(2);
    }

    @Provide
    Arbitrary<ChannelBinding> binding() {
        return Combinators.combine(
                        Arbitraries.of("C00001", "one", "lost"),
                        Arbitraries.of("eu", "us").optional(),
                        some("shop"))
                .as(ChannelBinding::new);
    }

    @Provide
    Arbitrary<Question> questions() {
        Arbitrary<Subject> subject = Combinators.combine(
                        Arbitraries.of("U00001", "U00002", "U00003"),
                        Arbitraries.frequencyOf(
                                Tuple.of(3, Arbitraries.just(Subject.Standing.MEMBER)),
                                Tuple.of(1, Arbitraries.of(Subject.Standing.class))),
                        Arbitraries.of("one@example.com", "One@Example.com", "two@example.com")
                                .optional())
                .as((id, standing, email) -> new Subject(id, "somebody", standing, email));
        Arbitrary<Map<String, String>> labels =
                Arbitraries.of(Map.of(), Map.of("tier", "critical"), Map.of("tier", "low"));
        Arbitrary<Facts> facts = Combinators.combine(
                        Arbitraries.of("eu", "us"),
                        Arbitraries.of("shop", "shop-eu", "other"),
                        Arbitraries.of("cart", "db"),
                        labels)
                .as((cluster, namespace, name, l) ->
                        Facts.of(cluster, new TargetRef(namespace, Kind.DEPLOYMENT, name), l));
        return Combinators.combine(
                        subject,
                        Arbitraries.of(Permission.class),
                        facts,
                        Arbitraries.of("C00001", "C00002", "D00001").optional())
                .as(Question::new);
    }

    private static Policy policy(List<Rule> rules, List<ChannelBinding> bindings) {
        return new Policy(rules, bindings, ApprovalRule.DEFAULT, List.of());
    }

    private static final Directory DIRECTORY = new Directory() {
        @Override
        public Subject subject(String userId, @Nullable String team) {
            throw new UnsupportedOperationException("the policy does not look people up");
        }

        @Override
        public Answer inGroup(String group, String userId) {
            return group.equals("@shaky") ? Answer.UNKNOWN : Answer.of(userId.equals("U00003"));
        }

        @Override
        public Answer sameChannel(String configured, String channelId) {
            return configured.equals("lost")
                    ? Answer.UNKNOWN
                    : Answer.of(
                            configured.equals(channelId) || (configured.equals("one") && channelId.equals("C00002")));
        }
    };
}
