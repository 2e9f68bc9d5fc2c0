package dev.stepback.sandbox.slack;

import com.fasterxml.jackson.databind.JsonNode;
import dev.stepback.sandbox.slack.TextRules.Kind;
import java.util.HashSet;
import java.util.Set;

/** Block Kit's rules for interactive elements. */
final class ElementRules {
    private static final Set<String> PICKERS = Set.of("datepicker", "timepicker", "datetimepicker");
    private static final Set<String> CHOICES = Set.of("checkboxes", "radio_buttons");
    private static final Set<String> PEOPLE_AND_PLACES =
            Set.of("users_select", "conversations_select", "channels_select");
    private static final Set<String> INPUTS =
            Set.of("plain_text_input", "number_input", "email_text_input", "url_text_input");
    private static final Set<String> MULTI =
            Set.of("multi_static_select", "multi_users_select", "multi_conversations_select", "multi_channels_select");

    private final Problems problems;
    private final TextRules texts;

    ElementRules(Problems problems, TextRules texts) {
        this.problems = problems;
        this.texts = texts;
    }

    static Set<String> inActions() {
        return union(PICKERS, CHOICES, PEOPLE_AND_PLACES, Set.of("button", "static_select", "overflow"));
    }

    static Set<String> inSection() {
        return union(inActions(), MULTI, Set.of("image"));
    }

    static Set<String> inInput() {
        return union(PICKERS, CHOICES, PEOPLE_AND_PLACES, INPUTS, MULTI, Set.of("static_select"));
    }

    @SafeVarargs
    private static Set<String> union(Set<String>... sets) {
        Set<String> all = new HashSet<>();
        for (Set<String> set : sets) {
            all.addAll(set);
        }
        return all;
    }

    void element(JsonNode element, String at, Set<String> allowed) {
        String type = Json.text(element, "type");
        if (!allowed.contains(type)) {
            problems.add("unsupported type: " + type, at + "/type");
            return;
        }
        if (type.equals("image")) {
            image(element, at);
            return;
        }
        texts.string(element, "action_id", at, 255, false);
        texts.confirmation(element, at);
        if (element.has("placeholder")) {
            texts.optional(element, "placeholder", at, Kind.PLAIN, 150);
        }
        if (type.equals("button")) {
            button(element, at);
        } else if (type.equals("overflow")) {
            problems.onlyFields(element, at, Set.of("type", "action_id", "options", "confirm"));
            texts.options(element, "options", at, Kind.PLAIN, 5);
        } else if (CHOICES.contains(type)) {
            texts.options(element, "options", at, Kind.ANY, 10);
        } else if (type.equals("static_select") || type.equals("multi_static_select")) {
            select(element, at);
        } else if (INPUTS.contains(type)) {
            input(element, at);
        }
    }

    void image(JsonNode image, String at) {
        texts.string(image, "alt_text", at, 2000, true);
        if (image.has("image_url") == image.has("slack_file")) {
            problems.add("exactly one of image_url and slack_file is required", at);
        }
        texts.string(image, "image_url", at, 3000, false);
    }

    private void button(JsonNode button, String at) {
        problems.onlyFields(
                button,
                at,
                Set.of("type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"));
        texts.required(button, "text", at, Kind.PLAIN, 75);
        texts.string(button, "value", at, 2000, false);
        texts.string(button, "url", at, 3000, false);
        texts.string(button, "accessibility_label", at, 75, false);
        texts.style(button, at);
    }

    private void select(JsonNode select, String at) {
        if (select.has("options") == select.has("option_groups")) {
            problems.add("exactly one of options and option_groups is required", at);
        } else if (select.has("options")) {
            texts.options(select, "options", at, Kind.PLAIN, 100);
        } else if (problems.size(select.path("option_groups"), at + "/option_groups", 1, 100)) {
            for (int i = 0; i < select.path("option_groups").size(); i++) {
                String here = at + "/option_groups/" + i;
                texts.required(select.path("option_groups").get(i), "label", here, Kind.PLAIN, 75);
                texts.options(select.path("option_groups").get(i), "options", here, Kind.PLAIN, 100);
            }
        }
        initialOption(select, at);
    }

    private void initialOption(JsonNode select, String at) {
        JsonNode initial = select.path("initial_option");
        if (initial.isMissingNode()) {
            return;
        }
        boolean found = false;
        for (JsonNode option : select.findValues("options")) {
            for (JsonNode candidate : option) {
                found |= candidate.equals(initial);
            }
        }
        if (!found) {
            problems.add("must be one of the provided options", at + "/initial_option");
        }
    }

    private void input(JsonNode input, String at) {
        texts.string(input, "initial_value", at, 3000, false);
        int max = input.path("max_length").asInt(3000);
        int min = input.path("min_length").asInt(0);
        if (max < 1 || max > 3000) {
            problems.add("must be between 1 and 3000", at + "/max_length");
        }
        if (min < 0 || min > 3000 || min > max) {
            problems.add("must be between 0 and max_length", at + "/min_length");
        }
    }
}
