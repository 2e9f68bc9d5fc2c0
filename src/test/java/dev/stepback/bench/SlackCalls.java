package dev.stepback.bench;

import dev.stepback.sandbox.slack.Control;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many calls to Slack a rollback costs, from the typed command to the announcement. */
final class SlackCalls {
    private static final List<String> METHODS = List.of(
            "auth.test",
            "chat.delete",
            "chat.getPermalink",
            "chat.postEphemeral",
            "chat.postMessage",
            "chat.update",
            "conversations.info",
            "conversations.list",
            "conversations.members",
            "conversations.open",
            "conversations.replies",
            "files.completeUploadExternal",
            "files.getUploadURLExternal",
            "reactions.add",
            "usergroups.users.list",
            "users.info",
            "views.open");

    private SlackCalls() {}

    static void measure(Ground ground, Report report, int pods) throws InterruptedException {
        String name = "pods-" + pods;
        ground.deployed(name, pods);
        Map<String, Integer> before = counts(ground.people);
        String card = ground.asked(name);
        ground.people.action("lead", Ground.INCIDENTS, card, "approve");
        ground.awaitCard(name, "Succeeded");
        // The announcement and the thread follow the last edit of the card.
        Thread.sleep(1500);
        Map<String, Integer> used = counts(ground.people);
        used.replaceAll((method, count) -> count - before.getOrDefault(method, 0));
        used.values().removeIf(count -> count == 0);
        int all = used.values().stream().mapToInt(Integer::intValue).sum();
        report.add("calls to Slack for a rollback of " + pods + " pods", all + " " + used);
    }

    private static Map<String, Integer> counts(Control people) {
        Map<String, Integer> counts = new TreeMap<>();
        METHODS.forEach(method -> counts.put(method, people.calls(method)));
        return counts;
    }
}
