package dev.stepback.sandbox.slack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BlockKitTest {

    private static JsonNode json(String singleQuoted) {
        return Json.parse(singleQuoted.replace('\'', '"')).orElseThrow();
    }

    private static String x(int count) {
        return "x".repeat(count);
    }

    private static String many(int count, String json) {
        return Stream.generate(() -> json)
                .limit(count)
                .reduce((a, b) -> a + "," + b)
                .orElse("");
    }

    private static String section(String text) {
        return "{'type':'section','text':{'type':'mrkdwn','text':'" + text + "'}}";
    }

    private static String button(String rest) {
        return "{'type':'button','text':{'type':'plain_text','text':'Go'}" + rest + "}";
    }

    private static String actions(String elements) {
        return "{'type':'actions','elements':[" + elements + "]}";
    }

    private static String plain(String text) {
        return "{'type':'plain_text','text':'" + text + "'}";
    }

    private static String confirm(int title, int text, int button) {
        return ",'confirm':{'title':" + plain(x(title)) + ",'text':" + plain(x(text)) + ",'confirm':" + plain(x(button))
                + ",'deny':" + plain("No") + "}";
    }

    private static String option(int text, String value) {
        return "{'text':" + plain(x(text)) + ",'value':'" + value + "'}";
    }

    private static String select(String options) {
        return "{'type':'static_select','action_id':'a','options':[" + options + "]}";
    }

    static Stream<String> goodBlocks() {
        return Stream.of(
                many(50, section("x")),
                section(x(3000)),
                "{'type':'section','fields':[" + many(10, plain(x(2000))) + "]}",
                "{'type':'header','text':" + plain(x(150)) + "}",
                actions(many(25, button(""))),
                actions(button(
                        ",'value':'" + x(2000) + "','url':'" + x(3000) + "','style':'danger'" + confirm(100, 300, 30))),
                actions(select(many(100, option(75, "v")))),
                "{'type':'context','elements':[" + many(10, plain("x")) + "]}",
                "{'type':'image','image_url':'https://example.com/x.png','alt_text':'x'}",
                "{'type':'divider','block_id':'" + x(255) + "'}",
                "{'type':'rich_text','elements':[{'type':'rich_text_section','elements':[]}]}",
                "{'type':'markdown','text':'**x**'}");
    }

    @ParameterizedTest
    @MethodSource("goodBlocks")
    void message_withinTheLimits_isTaken(String blocks) {
        assertThat(BlockKit.message(json("[" + blocks + "]"))).isEmpty();
    }

    static Stream<Arguments> badBlocks() {
        return Stream.of(
                Arguments.of(many(51, section("x")), "no more than 50 items allowed [json-pointer:/blocks]"),
                Arguments.of(section(x(3001)), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
                Arguments.of(section(""), "must be more than 0 characters"),
                Arguments.of("{'type':'section'}", "missing required field: text"),
                Arguments.of("{'type':'section','fields':[" + many(11, plain("x")) + "]}", "no more than 10 items"),
                Arguments.of("{'type':'section','fields':[" + plain(x(2001)) + "]}", "must be less than 2001"),
                Arguments.of("{'type':'header','text':" + plain(x(151)) + "}", "must be less than 151"),
                Arguments.of("{'type':'header','text':{'type':'mrkdwn','text':'x'}}", "unsupported type: mrkdwn"),
                Arguments.of(actions(many(26, button(""))), "no more than 25 items"),
                Arguments.of(actions(""), "no fewer than 1 items"),
                Arguments.of(actions("{'type':'button','text':" + plain(x(76)) + "}"), "must be less than 76"),
                Arguments.of(actions("{'type':'button'}"), "missing required field: text"),
                Arguments.of(actions(button(",'value':'" + x(2001) + "'")), "must be less than 2001"),
                Arguments.of(actions(button(",'url':'" + x(3001) + "'")), "must be less than 3001"),
                Arguments.of(actions(button(",'style':'warning'")), "must be a valid enum value"),
                Arguments.of(actions(button(",'action_id':'" + x(256) + "'")), "must be less than 256"),
                Arguments.of(actions(many(2, button(",'action_id':'a'"))), "action_id already exists"),
                Arguments.of(actions(button(confirm(101, 300, 30))), "confirm/title/text"),
                Arguments.of(actions(button(confirm(100, 301, 30))), "confirm/text/text"),
                Arguments.of(actions(button(confirm(100, 300, 31))), "confirm/confirm/text"),
                Arguments.of(actions(select(many(101, option(75, "v")))), "no more than 100 items"),
                Arguments.of(actions(select(option(76, "v"))), "must be less than 76"),
                Arguments.of(actions(select(option(1, x(151)))), "must be less than 151"),
                Arguments.of(actions(select("")), "no fewer than 1 items"),
                Arguments.of(actions("{'type':'plain_text_input'}"), "unsupported type: plain_text_input"),
                Arguments.of("{'type':'context','elements':[" + many(11, plain("x")) + "]}", "no more than 10 items"),
                Arguments.of("{'type':'image','image_url':'https://example.com/x.png'}", "alt_text"),
                Arguments.of("{'type':'divider','block_id':'" + x(256) + "'}", "must be less than 256"),
                Arguments.of(many(2, "{'type':'divider','block_id':'b'}"), "block_id already exists"),
                Arguments.of("{'type':'divider','text':'x'}", "invalid additional property: text"),
                Arguments.of("{'type':'fancy'}", "unsupported type: fancy"),
                Arguments.of("{'type':'section','text':{'type':'mrkdwn','text':'x','emoji':true}}", "emoji"));
    }

    @ParameterizedTest
    @MethodSource("badBlocks")
    void message_beyondALimit_isExplained(String blocks, String problem) {
        assertThat(BlockKit.message(json("[" + blocks + "]")))
                .anySatisfy(found -> assertThat(found).contains(problem));
    }

    private static JsonNode modal(String rest) {
        return json("{'type':'modal'," + rest + "}");
    }

    @Test
    void modal_withinTheLimits_isTaken() {
        assertThat(BlockKit.modal(modal("'title':" + plain(x(24)) + ",'submit':" + plain(x(24)) + ",'close':"
                        + plain(x(24)) + ",'private_metadata':'" + x(3000) + "','callback_id':'" + x(255)
                        + "','blocks':[" + many(100, section("x")) + "]")))
                .isEmpty();
    }

    static Stream<Arguments> badModals() {
        String title = "'title':" + plain("x");
        String blocks = "'blocks':[" + section("x") + "]";
        return Stream.of(
                Arguments.of(blocks, "missing required field: title"),
                Arguments.of("'title':" + plain(x(25)) + "," + blocks, "must be less than 25"),
                Arguments.of(title + ",'submit':" + plain(x(25)) + "," + blocks, "must be less than 25"),
                Arguments.of(title + ",'close':" + plain(x(25)) + "," + blocks, "must be less than 25"),
                Arguments.of(title + ",'private_metadata':'" + x(3001) + "'," + blocks, "must be less than 3001"),
                Arguments.of(title + ",'callback_id':'" + x(256) + "'," + blocks, "must be less than 256"),
                Arguments.of(title + ",'blocks':[" + many(101, section("x")) + "]", "no more than 100 items"),
                Arguments.of(
                        title + ",'blocks':[{'type':'input','label':" + plain("x")
                                + ",'element':{'type':'plain_text_input'}}]",
                        "missing required field: submit"));
    }

    @ParameterizedTest
    @MethodSource("badModals")
    void modal_beyondALimit_isExplained(String rest, String problem) {
        assertThat(BlockKit.modal(modal(rest)))
                .anySatisfy(found -> assertThat(found).contains(problem));
    }
}
