package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Somebody or everybody whom a message notifies.
 *
 * @param channel where
 * @param ts of the message
 * @param who a user's or user group's id, or {@code channel}, {@code here}, {@code everyone}
 */
public record Mention(String channel, String ts, String who) {
    private static final Pattern MARKUP =
            Pattern.compile("<(?:@([UW][A-Z0-9]+)|!(channel|here|everyone|group)|!subteam\\^(S[A-Z0-9]+))[^>]*>");

    /** What Slack takes for a mention by itself, unless a text is verbatim. */
    private static final Pattern BARE = Pattern.compile("(?<![\\w.@])@(channel|here|everyone)\\b");

    static List<Mention> in(Message message) {
        List<String> who = new ArrayList<>();
        markup(Json.text(message.body(), "text"), who);
        walk(message.body().path("blocks"), who);
        return who.stream()
                .distinct()
                .map(one -> new Mention(message.channel(), message.ts(), one))
                .toList();
    }

    private static void walk(JsonNode node, List<String> who) {
        switch (Json.text(node, "type")) {
            case "mrkdwn" -> {
                markup(Json.text(node, "text"), who);
                if (!node.path("verbatim").asBoolean()) {
                    bare(Json.text(node, "text"), who);
                }
            }
            case "markdown" -> {
                markup(Json.text(node, "text"), who);
                bare(Json.text(node, "text"), who);
            }
            case "user" -> who.add(Json.text(node, "user_id"));
            case "usergroup" -> who.add(Json.text(node, "usergroup_id"));
            case "broadcast" -> who.add(Json.text(node, "range"));
            default -> node.forEach(child -> walk(child, who));
        }
    }

    private static void markup(String text, List<String> who) {
        Matcher found = MARKUP.matcher(text);
        while (found.find()) {
            for (int group = 1; group <= 3; group++) {
                if (found.group(group) != null) {
                    who.add(found.group(group));
                }
            }
        }
    }

    private static void bare(String text, List<String> who) {
        Matcher found = BARE.matcher(text);
        while (found.find()) {
            who.add(found.group(1));
        }
    }
}
