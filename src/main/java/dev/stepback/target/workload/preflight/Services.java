package dev.stepback.target.workload.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.stepback.target.Finding;
import dev.stepback.target.workload.ApiServer;
import dev.stepback.target.workload.Json;
import dev.stepback.target.workload.PodTemplate;
import dev.stepback.text.OneLine;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Whether the Services that send traffic to the pods now will send it to the restored ones. */
final class Services {
    static final String CHECK = "services";

    private final ApiServer api;

    Services(ApiServer api) {
        this.api = api;
    }

    List<Finding> findings(Preflight.Subject subject) {
        PodTemplate now = subject.workload().template();
        PodTemplate restored = subject.restored();
        List<Finding> findings = new ArrayList<>();
        int fine = 0;
        for (ObjectNode service :
                api.list("/api/v1/namespaces/" + subject.workload().ref().namespace() + "/services")) {
            if (!selects(service, now)) {
                continue;
            }
            int before = findings.size();
            if (!selects(service, restored)) {
                findings.add(Finding.warn(
                        CHECK,
                        "Service %s will not find the restored pods, so they get no traffic from it: its selector wants %s. Change it back, too."
                                .formatted(Json.name(service), missing(service, restored))));
            } else {
                lostPorts(service, now, restored).map(Services::lostPort).forEach(findings::add);
            }
            fine += findings.size() == before ? 1 : 0;
        }
        if (findings.isEmpty() && fine > 0) {
            findings.add(Finding.pass(CHECK, "Its Services find the restored pods."));
        }
        return findings;
    }

    private static boolean selects(ObjectNode service, PodTemplate template) {
        JsonNode selector = service.path("spec").path("selector");
        JsonNode labels = template.json().path("metadata").path("labels");
        return !selector.isEmpty()
                && selector.properties().stream()
                        .allMatch(label -> label.getValue().equals(labels.path(label.getKey())));
    }

    private static String missing(ObjectNode service, PodTemplate restored) {
        JsonNode labels = restored.json().path("metadata").path("labels");
        List<String> missing = service.path("spec").path("selector").properties().stream()
                .filter(label -> !label.getValue().equals(labels.path(label.getKey())))
                .map(label -> label.getKey() + "=" + label.getValue().asText())
                .toList();
        return OneLine.of(String.join(", ", missing), 100);
    }

    private record LostPort(String service, String port, String target) {}

    private static Finding lostPort(LostPort lost) {
        return Finding.warn(
                CHECK,
                "Port %s of Service %s goes to container port %s, which the restored pods do not have: its traffic may be lost. Change the Service back, too."
                        .formatted(lost.port(), lost.service(), lost.target()));
    }

    /** A port by its number works also when no container names it: it is lost only if the present template has it. */
    private static Stream<LostPort> lostPorts(ObjectNode service, PodTemplate now, PodTemplate restored) {
        return Json.elements(service.path("spec").path("ports"))
                .filter(port -> has(now, target(port)) && !has(restored, target(port)))
                .map(port -> new LostPort(
                        Json.name(service),
                        port.path("port").asText(),
                        target(port).asText()));
    }

    private static JsonNode target(JsonNode port) {
        return port.has("targetPort") ? port.path("targetPort") : port.path("port");
    }

    private static boolean has(PodTemplate template, JsonNode target) {
        String field = target.isTextual() ? "name" : "containerPort";
        JsonNode spec = template.json().path("spec");
        return Stream.concat(Json.elements(spec.path("containers")), Json.elements(spec.path("initContainers")))
                .flatMap(container -> Json.elements(container.path("ports")))
                .anyMatch(port -> port.path(field).asText().equals(target.asText()));
    }
}
