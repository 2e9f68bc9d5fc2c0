package dev.stepback.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScopeTest {
    private final Facts checkout = Facts.of("prod", new TargetRef("production", Kind.DEPLOYMENT, "checkout"), Map.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deployment",
                "Deployment",
                "deploy",
                "deployments",
                "deployments.apps",
                "dep*",
                "*",
                "D?ployment"
            })
    void kind_isMeantByAnyOfItsNames(String text) {
        assertThat(ofKind(Scope.kind(text).orElseThrow()).matches(checkout)).isEqualTo(Answer.YES);
    }

    @Test
    void otherKind_isNotMeant() {
        assertThat(ofKind(new Glob("statefulset")).matches(checkout)).isEqualTo(Answer.NO);
        assertThat(ofKind(new Glob("deploymen")).matches(checkout)).isEqualTo(Answer.NO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pod", "deploymentt", "deploy-*", "Deployment "})
    void whatMatchesNoKind_isNone(String text) {
        assertThat(Scope.kind(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                "a=b,",
                "a b",
                "a=b=c",
                "a in",
                "a in ()",
                "a in (b",
                "a in b)",
                "a in (b,)",
                "in (a)",
                "a notin",
                "a > 1",
                "!",
                "!a=b",
                "-a",
                "a/b/c=d",
                "a=b c",
                "a=(b)",
                "a=\"b\"",
                "a:b"
            })
    void whatIsNoSelector_isNotGuessed(String text) {
        assertThat(LabelSelector.parse(text)).isEmpty();
    }

    private static Scope ofKind(Glob kind) {
        return new Scope(List.of(), List.of(), List.of(kind), List.of(), LabelSelector.ANY);
    }
}
