package dev.stepback.target;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A kind of workload that can be rolled back, with the names that kubectl accepts for it. */
public enum Kind {
    DEPLOYMENT(
            "Deployment",
            "apps",
            "deployments",
            List.of("deployment", "deployments", "deploy", "deployment.apps", "deployments.apps")),
    STATEFULSET(
            "StatefulSet",
            "apps",
            "statefulsets",
            List.of("statefulset", "statefulsets", "sts", "statefulset.apps", "statefulsets.apps")),
    DAEMONSET(
            "DaemonSet",
            "apps",
            "daemonsets",
            List.of("daemonset", "daemonsets", "ds", "daemonset.apps", "daemonsets.apps"));

    private final String apiName;
    private final String group;
    private final String plural;
    private final List<String> names;

    Kind(String apiName, String group, String plural, List<String> names) {
        this.apiName = apiName;
        this.group = group;
        this.plural = plural;
        this.names = names;
    }

    /** The name in the Kubernetes API, such as {@code Deployment}. */
    @JsonValue
    public String apiName() {
        return apiName;
    }

    /** Whether Kubernetes has a field that makes its rollouts stand still: being paused, or the partition. */
    public boolean canStandStill() {
        return this == DEPLOYMENT || this == STATEFULSET;
    }

    /** The API group, such as {@code apps}. */
    public String group() {
        return group;
    }

    /** The resource, such as {@code deployments}. */
    public String plural() {
        return plural;
    }

    /** The name as kubectl prints it, such as {@code deployment}. */
    public String lowerCase() {
        return apiName.toLowerCase(Locale.ROOT);
    }

    /** The kind that kubectl would understand by {@code name}: singular, plural or short name, in any case. */
    public static Optional<Kind> parse(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        for (Kind kind : values()) {
            if (kind.names.contains(wanted)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    @JsonCreator
    static Kind fromApiName(String apiName) {
        return parse(apiName).orElseThrow(() -> new IllegalArgumentException("unknown kind " + apiName));
    }
}
