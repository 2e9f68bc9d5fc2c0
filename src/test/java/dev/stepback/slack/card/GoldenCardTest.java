package dev.stepback.slack.card;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.stepback.sandbox.slack.SlackRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The card and the announcement of every outcome, as a person reads them. {@code -Dstepback.update=true} writes the files
 * anew.
 */
class GoldenCardTest {
    private static final Path DIRECTORY =
            Path.of("src", "test", "resources", "dev", "stepback", "slack", "card", "cards");

    @ParameterizedTest
    @MethodSource("dev.stepback.slack.card.GoldenSamples#samples")
    void card_readsAsInItsFile(GoldenSamples.Sample sample) throws IOException {
        boolean ended = sample.rollback().statusOrInitial().phase().terminal();
        assertFile(
                sample.name(),
                Card.of(sample.rollback(), Samples.NOW),
                ended
                        ? Optional.of(Announcements.outcome(sample.rollback(), Samples.NOW, Optional.empty()))
                        : Optional.empty());
    }

    static void assertFile(String name, Message card, Optional<Message> announcement) throws IOException {
        StringBuilder out = new StringBuilder();
        out.append("notification: ").append(card.text()).append("\n\n");
        JsonParser.parseString(SlackRules.json(card.blocks()))
                .getAsJsonArray()
                .forEach(block -> out.append(text(block.getAsJsonObject())).append("\n\n"));
        announcement.ifPresent(
                end -> out.append("announcement: ").append(end.text()).append("\n"));
        String drawn = out.toString().stripTrailing() + "\n";

        Path file = DIRECTORY.resolve(name + ".txt");
        if (Boolean.getBoolean("stepback.update")) {
            Files.createDirectories(DIRECTORY);
            Files.writeString(file, drawn);
        }
        assertThat(file).hasContent(drawn);
    }

    private static String text(JsonObject block) {
        return switch (block.get("type").getAsString()) {
            case "header" -> "# " + string(block.get("text"));
            case "section" ->
                block.has("text") ? string(block.get("text")) : joined(block.getAsJsonArray("fields"), "\n");
            case "context" -> "~ " + joined(block.getAsJsonArray("elements"), "\n");
            case "actions" -> joined(block.getAsJsonArray("elements"), " ");
            default -> block.toString();
        };
    }

    private static String joined(JsonArray elements, String separator) {
        return String.join(
                separator,
                elements.asList().stream().map(GoldenCardTest::string).toList());
    }

    private static String string(JsonElement element) {
        JsonObject object = element.getAsJsonObject();
        return object.get("type").getAsString().equals("button")
                ? "[" + string(object.get("text")) + "]"
                : object.get("text").getAsString();
    }
}
