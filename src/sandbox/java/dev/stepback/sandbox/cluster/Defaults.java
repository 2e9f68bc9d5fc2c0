package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** What the API server fills in, so that equal templates are equal JSON whoever wrote them. */
final class Defaults {
    private Defaults() {}

    static void fillIn(ResourceType type, ObjectNode object) {
        switch (type.name()) {
            case "deployments.apps" -> deployment(object);
            case "replicasets.apps", "replicationcontrollers" -> {
                put(spec(object), "replicas", 1);
                template(object);
            }
            case "statefulsets.apps" -> statefulSet(object);
            case "daemonsets.apps" -> daemonSet(object);
            case "jobs.batch" -> {
                JobDefaults.fillIn(object);
                template(object);
            }
            case "pods" -> {
                podSpec(spec(object));
                ObjectNode status = object.withObject("/status");
                put(status, "phase", "Pending");
                put(status, "qosClass", "BestEffort");
            }
            case "services" -> {
                put(spec(object), "type", "ClusterIP");
                put(spec(object), "sessionAffinity", "None");
                spec(object).path("ports").forEach(port -> {
                    put((ObjectNode) port, "protocol", "TCP");
                    if (!port.has("targetPort")) {
                        ((ObjectNode) port).set("targetPort", port.path("port"));
                    }
                });
            }
            case "namespaces" -> {
                put(object.withObject("/status"), "phase", "Active");
                put(object.withObject("/metadata/labels"), "kubernetes.io/metadata.name", Json.name(object));
            }
            case "secrets" -> put(object, "type", "Opaque");
            default -> {}
        }
    }

    private static void deployment(ObjectNode object) {
        ObjectNode spec = spec(object);
        put(spec, "replicas", 1);
        put(spec, "revisionHistoryLimit", 10);
        put(spec, "progressDeadlineSeconds", 600);
        ObjectNode strategy = spec.withObject("/strategy");
        put(strategy, "type", "RollingUpdate");
        if (strategy.path("type").asText().equals("RollingUpdate")) {
            ObjectNode rollingUpdate = strategy.withObject("/rollingUpdate");
            put(rollingUpdate, "maxSurge", "25%");
            put(rollingUpdate, "maxUnavailable", "25%");
        }
        template(object);
    }

    private static void statefulSet(ObjectNode object) {
        ObjectNode spec = spec(object);
        put(spec, "replicas", 1);
        put(spec, "revisionHistoryLimit", 10);
        put(spec, "podManagementPolicy", "OrderedReady");
        ObjectNode strategy = spec.withObject("/updateStrategy");
        // Whoever names the type and nothing else gets no partition.
        if (!strategy.has("type")) {
            put(strategy, "type", "RollingUpdate");
            strategy.withObject("/rollingUpdate");
        }
        if (strategy.path("rollingUpdate") instanceof ObjectNode rolling
                && strategy.path("type").asText().equals("RollingUpdate")) {
            put(rolling, "partition", 0);
        }
        template(object);
    }

    private static void daemonSet(ObjectNode object) {
        ObjectNode spec = spec(object);
        put(spec, "revisionHistoryLimit", 10);
        ObjectNode strategy = spec.withObject("/updateStrategy");
        put(strategy, "type", "RollingUpdate");
        if (strategy.path("type").asText().equals("RollingUpdate")) {
            ObjectNode rollingUpdate = strategy.withObject("/rollingUpdate");
            put(rollingUpdate, "maxSurge", 0);
            put(rollingUpdate, "maxUnavailable", 1);
        }
        template(object);
    }

    private static void template(ObjectNode object) {
        if (object.at("/spec/template").isObject()) {
            podSpec(object.withObject("/spec/template/spec"));
        }
    }

    private static void podSpec(ObjectNode spec) {
        put(spec, "restartPolicy", "Always");
        put(spec, "terminationGracePeriodSeconds", 30);
        put(spec, "dnsPolicy", "ClusterFirst");
        put(spec, "schedulerName", "default-scheduler");
        if (!spec.has("securityContext")) {
            spec.putObject("securityContext");
        }
        if (spec.has("serviceAccountName")) {
            put(spec, "serviceAccount", spec.path("serviceAccountName").asText());
        }
        for (String list : List.of("containers", "initContainers")) {
            for (JsonNode container : spec.path(list)) {
                if (container instanceof ObjectNode known) {
                    container(known);
                }
            }
        }
        for (JsonNode volume : spec.path("volumes")) {
            for (String source : List.of("configMap", "secret")) {
                if (volume.path(source) instanceof ObjectNode known) {
                    put(known, "defaultMode", 420);
                }
            }
        }
    }

    private static void container(ObjectNode container) {
        String image = container.path("image").asText("");
        String lastPart = image.substring(image.lastIndexOf('/') + 1);
        boolean latest = !image.contains("@") && (!lastPart.contains(":") || lastPart.endsWith(":latest"));
        put(container, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
        put(container, "terminationMessagePath", "/dev/termination-log");
        put(container, "terminationMessagePolicy", "File");
        if (!container.has("resources")) {
            container.putObject("resources");
        }
        container.path("ports").forEach(port -> put((ObjectNode) port, "protocol", "TCP"));
        for (String name : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            if (container.path(name) instanceof ObjectNode probe) {
                put(probe, "timeoutSeconds", 1);
                put(probe, "periodSeconds", 10);
                put(probe, "successThreshold", 1);
                put(probe, "failureThreshold", 3);
                if (probe.path("httpGet") instanceof ObjectNode httpGet) {
                    put(httpGet, "scheme", "HTTP");
                    put(httpGet, "path", "/");
                }
            }
        }
        container.path("env").forEach(variable -> {
            if (variable.at("/valueFrom/fieldRef") instanceof ObjectNode reference) {
                put(reference, "apiVersion", "v1");
            }
        });
    }

    private static ObjectNode spec(ObjectNode object) {
        return object.withObject("/spec");
    }

    private static void put(ObjectNode object, String field, String value) {
        if (!object.has(field)) {
            object.put(field, value);
        }
    }

    private static void put(ObjectNode object, String field, int value) {
        if (!object.has(field)) {
            object.put(field, value);
        }
    }
}
