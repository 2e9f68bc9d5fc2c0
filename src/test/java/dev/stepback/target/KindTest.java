package dev.stepback.target;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KindTest {

    @ParameterizedTest
    @CsvSource({
        "deploy, DEPLOYMENT",
        "deployments.apps, DEPLOYMENT",
        "sts, STATEFULSET",
        "StatefulSet, STATEFULSET",
        "statefulsets, STATEFULSET",
        "statefulset.apps, STATEFULSET",
        "ds, DAEMONSET",
        "daemonsets, DAEMONSET",
        "DaemonSet.apps, DAEMONSET",
    })
    void kubectlsNames_areUnderstood(String name, Kind kind) {
        assertThat(Kind.parse(name)).contains(kind);
    }

    @Test
    void otherNames_areNot() {
        assertThat(Kind.parse("job")).isEmpty();
        assertThat(Kind.parse("statefulset.apps.example.com")).isEmpty();
    }
}
