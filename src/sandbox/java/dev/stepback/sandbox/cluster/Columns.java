package dev.stepback.sandbox.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code kubectl get} shows of each kind. */
final class Columns {
    private Columns() {}

    /** @param priority 0 is always shown, more only with {@code -o wide} */
    record Column(String name, String type, int priority, Cell cell) {}

    interface Cell {
        JsonNode of(ObjectNode object, Instant now);
    }

    static List<Column> of(ResourceType type) {
        return switch (type.name()) {
            case "pods" ->
                List.of(
                        name(),
                        text(
                                "Ready",
                                pod -> count(pod, true) + "/"
                                        + pod.at("/spec/containers").size()),
                        text("Status", Columns::podStatus),
                        text("Restarts", pod -> Integer.toString(restarts(pod))),
                        age(),
                        wide("IP", "/status/podIP"),
                        wide("Node", "/spec/nodeName"));
            case "deployments.apps" ->
                List.of(
                        name(),
                        text(
                                "Ready",
                                object -> number(object, "/status/readyReplicas") + "/"
                                        + number(object, "/spec/replicas")),
                        integer("Up-to-date", "/status/updatedReplicas"),
                        integer("Available", "/status/availableReplicas"),
                        age(),
                        containers("Containers", "name"),
                        containers("Images", "image"));
            case "statefulsets.apps" ->
                List.of(
                        name(),
                        text(
                                "Ready",
                                object -> number(object, "/status/readyReplicas") + "/"
                                        + number(object, "/spec/replicas")),
                        age(),
                        containers("Containers", "name"),
                        containers("Images", "image"));
            case "replicasets.apps", "replicationcontrollers" ->
                List.of(
                        name(),
                        integer("Desired", "/spec/replicas"),
                        integer("Current", "/status/replicas"),
                        integer("Ready", "/status/readyReplicas"),
                        age(),
                        containers("Containers", "name"),
                        containers("Images", "image"));
            case "daemonsets.apps" ->
                List.of(
                        name(),
                        integer("Desired", "/status/desiredNumberScheduled"),
                        integer("Current", "/status/currentNumberScheduled"),
                        integer("Ready", "/status/numberReady"),
                        integer("Up-to-date", "/status/updatedNumberScheduled"),
                        integer("Available", "/status/numberAvailable"),
                        text("Node Selector", object -> labels(object.at("/spec/template/spec/nodeSelector"))),
                        age(),
                        containers("Containers", "name"),
                        containers("Images", "image"));
            case "jobs.batch" ->
                List.of(
                        name(),
                        text("Status", Columns::jobStatus),
                        text(
                                "Completions",
                                job -> number(job, "/status/succeeded") + "/" + number(job, "/spec/completions")),
                        new Column("Duration", "string", 0, Columns::jobDuration),
                        age(),
                        containers("Containers", "name"),
                        containers("Images", "image"));
            case "events" ->
                List.of(
                        age("Last Seen", "/lastTimestamp"),
                        path("Type", "/type"),
                        path("Reason", "/reason"),
                        text(
                                "Object",
                                event -> event.at("/involvedObject/kind")
                                                .asText()
                                                .toLowerCase(Locale.ROOT) + "/"
                                        + event.at("/involvedObject/name").asText()),
                        path("Message", "/message"));
            case "controllerrevisions.apps" ->
                List.of(
                        name(),
                        text("Controller", revision -> {
                            JsonNode owner = revision.at("/metadata/ownerReferences/0");
                            return owner.path("kind").asText("<none>").toLowerCase(Locale.ROOT) + ".apps/"
                                    + owner.path("name").asText("");
                        }),
                        integer("Revision", "/revision"),
                        age());
            case "namespaces" -> List.of(name(), path("Status", "/status/phase"), age());
            case "leases.coordination.k8s.io" -> List.of(name(), path("Holder", "/spec/holderIdentity"), age());
            case "configmaps", "secrets" ->
                List.of(
                        name(),
                        text(
                                "Data",
                                object -> Integer.toString(object.path("data").size())),
                        age());
            default -> custom(type);
        };
    }

    private static List<Column> custom(ResourceType type) {
        List<Column> columns = new ArrayList<>();
        columns.add(name());
        for (JsonNode column : type.printerColumns()) {
            String path = column.path("jsonPath").asText();
            String name = column.path("name").asText();
            String columnType = column.path("type").asText("string");
            int priority = column.path("priority").asInt(0);
            Cell cell = columnType.equals("date")
                    ? (object, now) -> ageCell(JsonPaths.find(object, path).asText(""), now)
                    : (object, now) -> JsonPaths.cell(object, path);
            columns.add(new Column(name, columnType, priority, cell));
        }
        if (type.printerColumns().isEmpty()) {
            columns.add(age());
        }
        return columns;
    }

    private interface Text {
        String of(ObjectNode object);
    }

    private static Column name() {
        return path("Name", "/metadata/name");
    }

    private static Column age() {
        return age("Age", "/metadata/creationTimestamp");
    }

    private static Column age(String name, String pointer) {
        return new Column(
                name, "string", 0, (object, now) -> ageCell(object.at(pointer).asText(""), now));
    }

    private static Column path(String name, String pointer) {
        return text(name, object -> object.at(pointer).asText(""));
    }

    private static Column wide(String name, String pointer) {
        return new Column(
                name,
                "string",
                1,
                (object, now) -> TextNode.valueOf(object.at(pointer).asText("<none>")));
    }

    /** One field of all containers of the template. */
    private static Column containers(String name, String field) {
        return new Column(name, "string", 1, (object, now) -> {
            List<String> values = new ArrayList<>();
            object.at("/spec/template/spec/containers")
                    .forEach(container -> values.add(container.path(field).asText()));
            return TextNode.valueOf(String.join(",", values));
        });
    }

    private static String labels(JsonNode labels) {
        List<String> pairs = new ArrayList<>();
        labels.properties()
                .forEach(label ->
                        pairs.add(label.getKey() + "=" + label.getValue().asText()));
        return pairs.isEmpty() ? "<none>" : String.join(",", pairs);
    }

    private static Column text(String name, Text text) {
        return new Column(name, "string", 0, (object, now) -> TextNode.valueOf(text.of(object)));
    }

    private static Column integer(String name, String pointer) {
        return new Column(name, "integer", 0, (object, now) -> IntNode.valueOf(number(object, pointer)));
    }

    private static int number(ObjectNode object, String pointer) {
        return object.at(pointer).asInt(0);
    }

    private static JsonNode ageCell(String time, Instant now) {
        if (time.isEmpty()) {
            return TextNode.valueOf("<unknown>");
        }
        try {
            return TextNode.valueOf(human(Duration.between(Instant.parse(time), now)));
        } catch (DateTimeParseException e) {
            return NullNode.getInstance();
        }
    }

    /** As kubectl writes durations: the two biggest units while they are small. */
    static String human(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        }
        long minutes = seconds / 60;
        if (minutes < 10) {
            return seconds % 60 == 0 ? minutes + "m" : minutes + "m" + seconds % 60 + "s";
        }
        if (minutes < 180) {
            return minutes + "m";
        }
        long hours = minutes / 60;
        if (hours < 8) {
            return minutes % 60 == 0 ? hours + "h" : hours + "h" + minutes % 60 + "m";
        }
        if (hours < 48) {
            return hours + "h";
        }
        return hours / 24 + "d";
    }

    private static int count(ObjectNode pod, boolean ready) {
        int count = 0;
        for (JsonNode status : pod.at("/status/containerStatuses")) {
            count += status.path("ready").asBoolean() == ready ? 1 : 0;
        }
        return count;
    }

    private static int restarts(ObjectNode pod) {
        int restarts = 0;
        for (JsonNode status : pod.at("/status/containerStatuses")) {
            restarts += status.path("restartCount").asInt(0);
        }
        return restarts;
    }

    private static String jobStatus(ObjectNode job) {
        for (JsonNode condition : job.at("/status/conditions")) {
            String type = condition.path("type").asText();
            if (condition.path("status").asText().equals("True")
                    && List.of("Complete", "Failed").contains(type)) {
                return type;
            }
        }
        return Json.isDeleting(job) ? "Terminating" : "Running";
    }

    private static JsonNode jobDuration(ObjectNode job, Instant now) {
        String start = job.at("/status/startTime").asText("");
        String end = job.at("/status/completionTime").asText("");
        return start.isEmpty() ? TextNode.valueOf("") : ageCell(start, end.isEmpty() ? now : Instant.parse(end));
    }

    private static String podStatus(ObjectNode pod) {
        if (Json.isDeleting(pod)) {
            return "Terminating";
        }
        String shown = pod.at("/status/reason").asText(pod.at("/status/phase").asText(""));
        for (JsonNode status : pod.at("/status/containerStatuses")) {
            String reason = status.at("/state/waiting/reason")
                    .asText(status.at("/state/terminated/reason").asText(""));
            if (!reason.isEmpty()) {
                shown = reason;
            }
        }
        return shown;
    }
}
