package dev.stepback.slack;

import dev.stepback.slack.card.Ref;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a modal is about, as it comes back with what was typed. The channel is part of it because Slack does not say from
 * where a modal was opened, and what somebody may do can depend on that. It grants nothing: all of it is authorized again.
 */
record Confirmation(Ref.ToRollback ref, String channel) {
    private static final Pattern FORM = Pattern.compile("(\\S{1,600}) ([A-Z0-9]{2,32})");

    static Optional<Confirmation> parse(String metadata) {
        Matcher m = FORM.matcher(metadata);
        return m.matches()
                ? Ref.ToRollback.parse(m.group(1)).map(ref -> new Confirmation(ref, m.group(2)))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return ref + " " + channel;
    }
}
