package dev.stepback.slack;

import dev.stepback.slack.card.Ref;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a modal is about, as it comes back with what was typed. The channel is part of it because Slack does not say from
 * where a modal was opened, and what somebody may do can depend on that. It grants nothing: all of it is authorized again.
 */
record Confirmation(Ref ref, String channel) {
    private static final Pattern FORM = Pattern.compile("(\\S{1,600}) ([A-Z0-9]{2,32})");

    static Optional<Confirmation> parse(String metadata) {
        Matcher m = FORM.matcher(metadata);
        if (!m.matches()) {
            return Optional.empty();
        }
        Optional<Ref> ref = Ref.ToGroup.parse(m.group(1)).map(Ref.class::cast);
        return ref.or(() -> Ref.ToRollback.parse(m.group(1))).map(r -> new Confirmation(r, m.group(2)));
    }

    @Override
    public String toString() {
        return ref + " " + channel;
    }
}
