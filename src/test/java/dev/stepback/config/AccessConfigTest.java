package dev.stepback.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.policy.ApprovalRule;
import dev.stepback.policy.Policy;
import dev.stepback.policy.Rule;
import dev.stepback.policy.ScopedApproval;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sections {@code access} and {@code approvals}: what is not understood is a mistake, never left out in silence. */
class AccessConfigTest {

    @Test
    void allProblemsOfRules_areReportedAtOnceWithTheirLines() {
        assertThat(problems("""
            access:
              rules:
                - who: [membres, U0LEAD]
                  may: [view, aprove]
                  chanels: [incidents]
                - may: [view]
                  who: []
                  namespaces: [Production, ok]
                  kinds: [gadget]
                  names: "checkout*"
                  clusters: ["[a-z]*"]
                  labels: {tier: critical}
                  channels: [Incidents]
                - who: members
                - who: [U0LEAD]
                  may: [configure]
                  names: [checkout]
                -
                - nobody
              channels:
                - cluster: prod
                - channel: shop
                - {channel: shop, cluster: "prod-*"}
            """))
                .containsExactly(
                        "f.yaml:3: access.rules[0].who[0]: \"membres\" is not somebody; write members, U0123ABCD,"
                                + " name@example.com, \"@group\" or S0123ABCD",
                        "f.yaml:4: access.rules[0].may[1]: \"aprove\" is not a permission; write view, request,"
                                + " approve, breakGlass or configure",
                        "f.yaml:5: access.rules[0].chanels: is not a known key; did you mean channels?",
                        "f.yaml:7: access.rules[1].who: must name somebody; write members, U0123ABCD,"
                                + " name@example.com, \"@group\" or S0123ABCD",
                        "f.yaml:8: access.rules[1].namespaces[0]: \"Production\" is not a namespace; write production,"
                                + " \"shop-*\" or \"shop-?\"",
                        "f.yaml:9: access.rules[1].kinds[0]: \"gadget\" is not a kind that I can roll back; write"
                                + " deployment, statefulset or daemonset",
                        "f.yaml:10: access.rules[1].names: must be a list, such as [a, b]",
                        "f.yaml:11: access.rules[1].clusters[0]: \"[a-z]*\" is not a cluster; write prod or \"prod-*\"",
                        "f.yaml:12: access.rules[1].labels: must be a label selector; write tier=critical or"
                                + " \"tier in (critical, high), !canary\"",
                        "f.yaml:13: access.rules[1].channels[0]: \"Incidents\" is not a channel; write deploys,"
                                + " \"#deploys\" or C0123ABCD",
                        "f.yaml:14: access.rules[2].who: must be a list, such as [a, b]",
                        "f.yaml:14: access.rules[2].may: must name a permission; write view, request, approve,"
                                + " breakGlass or configure",
                        "f.yaml:16: access.rules[3].may: configure is about whole namespaces: give it in a rule without"
                                + " kinds, names and labels",
                        "f.yaml:18: access.rules[4]: must be a mapping of keys to values",
                        "f.yaml:19: access.rules[5]: must be a mapping of keys to values",
                        "f.yaml:19: access.rules[5].who: must name somebody; write members, U0123ABCD,"
                                + " name@example.com, \"@group\" or S0123ABCD",
                        "f.yaml:19: access.rules[5].may: must name a permission; write view, request, approve,"
                                + " breakGlass or configure",
                        "f.yaml:21: access.channels[0].channel: must be there: a channel; write deploys, \"#deploys\""
                                + " or C0123ABCD",
                        "f.yaml:22: access.channels[1].channel: is bound to nothing; write cluster, namespaces or both",
                        "f.yaml:23: access.channels[2].cluster: \"prod-*\" is not a cluster; write prod",
                        "f.yaml:23: access.channels[2].channel: is bound to nothing; write cluster, namespaces or"
                                + " both");
    }

    @Test
    void allProblemsOfApprovals_areReportedAtOnceWithTheirLines() {
        assertThat(problems("""
            approvals:
              default:
                required: 11
                from: [anybody]
                expiry: 8d
                requireReason: sometimes
                quietHours:
                  from: 22:00
                  to: "25:00"
                  zone: Berlin
                  required: no
              rules:
                - namespaces: [payments]
                  required: 3
                  from: [U0LEAD, lead@example.com]
                - quietHours: {days: [someday, mon], from: 08:00, to: 08:00}
                - quietHours: {days: [tue], to: 08:00, form: 09:00}
                - {namespaces: [], names: [a], typeToConfirm: "1"}
            """))
                .containsExactly(
                        "f.yaml:3: approvals.default.required: \"11\" is not a number from 0 to 10",
                        "f.yaml:4: approvals.default.from[0]: \"anybody\" is not somebody; write members, U0123ABCD,"
                                + " name@example.com, \"@group\" or S0123ABCD",
                        "f.yaml:5: approvals.default.expiry: \"8d\" is not a duration between 10s and 7d; write 90s,"
                                + " 15m or 1h30m",
                        "f.yaml:6: approvals.default.requireReason: \"sometimes\" is not a truth value; write true or"
                                + " false",
                        "f.yaml:8: approvals.default.quietHours.from: has no effect without days; write days: [mon,"
                                + " tue, wed, thu, fri, sat, sun]",
                        "f.yaml:9: approvals.default.quietHours.to: \"25:00\" is not a time of day; write 22:00",
                        "f.yaml:10: approvals.default.quietHours.zone: \"Berlin\" is not a time zone; write UTC or"
                                + " Europe/Berlin",
                        "f.yaml:11: approvals.default.quietHours.required: \"no\" is not a number from 0 to 10, or"
                                + " refuse",
                        "f.yaml:15: approvals.rules[0].from: names 2 of the 3 people whose approvals are required",
                        "f.yaml:16: approvals.rules[1].quietHours.days[0]: \"someday\" is not a day; write mon, tue,"
                                + " wed, thu, fri, sat or sun",
                        "f.yaml:16: approvals.rules[1].quietHours.to: must differ from \"from\"; for whole days write"
                                + " from: 00:00 and to: 24:00",
                        "f.yaml:17: approvals.rules[2]: is never reached, because a rule above it is about every"
                                + " target",
                        "f.yaml:17: approvals.rules[2].quietHours.form: is not a known key; did you mean from?",
                        "f.yaml:18: approvals.rules[3]: is never reached, because a rule above it is about every"
                                + " target",
                        "f.yaml:18: approvals.rules[3].typeToConfirm: \"1\" is not a truth value; write true or false");
    }

    @Test
    void withoutRules_membersHaveTheDefaults_andAnEmptyListGrantsNothing() {
        assertThat(policy("access: {channels: []}")).isEqualTo(Policy.DEFAULT);
        assertThat(policy("access: {rules: []}").rules()).isEmpty();
    }

    @Test
    void approvalRules_inheritFromTheDefault_whereverItStands() {
        ApprovalRule inherited = policy("""
            approvals:
              rules:
                - {namespaces: [a], expiry: 5m}
              default: {required: 2, from: [U0LEAD, U0ADMIN], requireReason: true, typeToConfirm: true, expiry: 1h}
            """).approvals().stream()
                .map(ScopedApproval::rule)
                .findFirst()
                .orElseThrow();
        assertThat(inherited.required()).isEqualTo(2);
        assertThat(inherited.from()).hasSize(2);
        assertThat(inherited.requireReason()).isTrue();
        assertThat(inherited.typeToConfirm()).isTrue();
        assertThat(inherited.expiry()).hasMinutes(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Members",
                "MEMBERS",
                "member",
                "members ",
                "all",
                "everyone",
                "*",
                "@",
                "@*",
                "@everyone",
                "@here",
                "@channel",
                "@On-Call",
                "@on call",
                "oncall",
                "u0123abcd",
                "U0123abcd",
                "U0*",
                "U1",
                "U0123ABCD ",
                "\uFF35" + "0123ABCD",
                "B0123ABCD",
                "T0123ABCD",
                "SRE",
                "<@U0123ABCD>",
                "<!subteam^S0123ABCD>",
                "lead@",
                "lead@example",
                "*@example.com",
                "lead@exämple.com",
                "l\u0435ad@example.com",
                "\u212Aim@example.com",
                "lead@example.com,kim@example.com",
                "Lead <lead@example.com>",
                "lead@example.com\u200B",
                "null",
                "true",
                ""
            })
    void whatIsNobody_isAMistake(String who) {
        String quoted = "\"" + who.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        assertThat(problems("access: {rules: [{who: [" + quoted + "], may: [view]}]}"))
                .singleElement()
                .asString()
                .startsWith("f.yaml:1: access.rules[0].who[0]: ");
        assertThat(problems("approvals: {default: {from: [" + quoted + "]}}")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"View", "VIEW", "break_glass", "breakglass", "BREAK_GLASS", "*", "all", "admin", "\u212Aview", ""
            })
    void unknownPermission_isAMistake(String may) {
        assertThat(problems("access: {rules: [{who: [members], may: [\"" + may + "\"]}]}"))
                .hasSize(1);
    }

    /** Whatever YAML can do to a value beside writing it down is not done, and not left out in silence either. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "access: {rules: [{who: [!!null U0LEAD], may: [view]}]}",
                "access: {rules: [{who: [!member U0LEAD], may: [view]}]}",
                "access: {rules: !!set {a, b}}",
                "access: {rules: [{who: [!!binary VTBMRUFE], may: [view]}]}",
                "approvals: {default: {required: !!null 2}}",
                "approvals: {default: {requireReason: !!timestamp true}}",
                "base: &b {who: [members], may: [view]}\naccess: {rules: [{<<: *b, may: [approve]}]}",
                "access: {rules: [{<<: {may: [view]}, who: [members]}]}",
                "access: {rules: [{who: [members], may: [view], who: [U0LEAD]}]}",
                "access: {rules: [{who: [members], may: [view], \"who\": [U0LEAD]}]}",
                "access: {rules: &r [*r]}",
                "access: &a {rules: [{who: [members], may: [view], channels: *a}]}",
                "access: {rules: []}\naccess: {rules: [{who: [members], may: [approve]}]}",
                "access: {rules: []}\n---\naccess: {rules: [{who: [members], may: [approve]}]}",
                "access: {rules: [{who: [[members]], may: [view]}]}",
                "access: {rules: {who: [members], may: [view]}}",
                "access: {? [rules] : []}",
                "access: {\"rules\\u200b\": []}"
            })
    void tricksOfYaml_areMistakes(String yaml) {
        assertThat(problems(yaml)).isNotEmpty();
    }

    /** Whoever has commented out the values, or left a template without any, did not mean "everything". */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "access:\n  # rules: []\n",
                "access:\n  rules:\n    # - who: [U0LEAD]\n",
                "access: {channels: }",
                "access: {rules: [{who: [members], may: [view], namespaces: }]}",
                "access: {rules: [{who: [members], may: [view], clusters: null}]}",
                "access: {rules: [{who: [members], may: [view], kinds: null}]}",
                "access: {rules: [{who: [members], may: [view], names: }]}",
                "access: {rules: [{who: [members], may: [view], labels: }]}",
                "access: {rules: [{who: [members], may: [view], channels: }]}",
                "access: {channels: [{channel: shop, cluster: prod, namespaces: }]}",
                "access: {channels: [{channel: shop, cluster: , namespaces: [shop]}]}",
                "approvals:\n",
                "approvals: {rules: }",
                "approvals: {default: }",
                "approvals: {default: {from: }}",
                "approvals: {rules: [{names: [a], namespaces: }]}"
            })
    void keyWithoutItsValue_isAMistakeWhereItWouldOpenUp(String yaml) {
        assertThat(problems(yaml))
                .singleElement()
                .asString()
                .endsWith("has no value; leave the key out if that is meant");
    }

    @Test
    void anchors_standForWhatTheyName() {
        List<Rule> rules = policy("""
            access:
              rules:
                - {who: &leads [U0LEAD, "@leads"], may: [request]}
                - {who: *leads, may: [approve]}
            """).rules();
        assertThat(rules.get(1).who()).isEqualTo(rules.get(0).who());
    }

    @Test
    void valuesThatLookLikeOthers_areTakenAsText() {
        assertThat(problems("access: {rules: [{who: [members], may: [view], namespaces: [null, 007]}]}"))
                .containsExactly(
                        "f.yaml:1: access.rules[0].namespaces[0]: \"null\" is not a namespace; write production,"
                                + " \"shop-*\" or \"shop-?\"");
        assertThat(policy("access: {rules: [{who: [members], may: [view], namespaces: [007, 1e3, on, 0x1f]}]}")
                        .rules()
                        .get(0)
                        .scope()
                        .namespaces())
                .hasToString("[007, 1e3, on, 0x1f]");
    }

    private static Policy policy(String yaml) {
        Checked<StepbackConfig> checked = ConfigLoader.load(yaml, "f.yaml", Map.of());
        assertThat(checked.problems()).isEmpty();
        return checked.valid().orElseThrow().policy();
    }

    private static List<String> problems(String yaml) {
        return ConfigLoader.load(yaml, "f.yaml", Map.of()).problems().stream()
                .map(Problem::toString)
                .toList();
    }
}
