package dev.stepback.policy;

import dev.stepback.target.Kind;
import dev.stepback.target.TargetRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The people, groups and channels of the matrix, as Slack would know them. */
final class MatrixWorld implements Directory {
    private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9A-F]{4})");

    private final Map<String, Subject> people = new HashMap<>();
    private final Map<String, List<String>> groups = new HashMap<>();
    private final Map<String, String> channels = new HashMap<>();

    MatrixWorld(Matrix matrix) {
        matrix.rowsWith("person").forEach(row -> {
            Subject.Standing standing = Subject.Standing.valueOf(
                    row.cell("standing").replace(' ', '_').toUpperCase(Locale.ROOT));
            Optional<String> email = Optional.of(unquoted(row.cell("e-mail"))).filter(e -> !e.isEmpty());
            people.put(row.cell("person"), new Subject(row.cell("id"), row.cell("person"), standing, email));
            groups.put(row.cell("id"), List.of(row.cell("groups").split(" ")));
        });
        matrix.rowsWith("channel").forEach(row -> channels.put(row.cell("channel"), row.cell("id")));
    }

    Subject person(String name) {
        Subject subject = people.get(name);
        if (subject == null) {
            throw new IllegalArgumentException("who is " + name + "?");
        }
        return subject;
    }

    /** The id of a channel; empty for none. */
    Optional<String> channel(String name) {
        if (name.isEmpty()) {
            return Optional.empty();
        }
        String id = channels.get(name);
        if (id == null || id.equals("?")) {
            throw new IllegalArgumentException("which channel is " + name + "?");
        }
        return Optional.of(id);
    }

    /** {@code cluster/namespace/kind/name} with labels such as {@code a=b c=}, or {@code unreadable}. */
    static Facts facts(String target, String labels) {
        String[] part = target.split("/");
        TargetRef ref = new TargetRef(part[1], Kind.parse(part[2]).orElseThrow(), part[3]);
        if (labels.equals("unreadable")) {
            return new Facts(part[0], ref, Optional::empty);
        }
        Map<String, String> known = new HashMap<>();
        for (String label : labels.isEmpty() ? new String[0] : labels.split(" ")) {
            int equals = label.indexOf('=');
            known.put(label.substring(0, equals), label.substring(equals + 1));
        }
        return Facts.of(part[0], ref, known);
    }

    @Override
    public Subject subject(String userId, @Nullable String team) {
        return people.values().stream()
                .filter(s -> s.id().equals(userId))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public Answer inGroup(String group, String userId) {
        List<String> known = new ArrayList<>(groups.getOrDefault(userId, List.of()));
        return known.contains(group + "?") ? Answer.UNKNOWN : Answer.of(known.contains(group));
    }

    @Override
    public Answer sameChannel(String configured, String channelId) {
        if (configured.equals(channelId)) {
            return Answer.YES;
        }
        String id = channels.get(configured.startsWith("#") ? configured.substring(1) : configured);
        return "?".equals(id) ? Answer.UNKNOWN : Answer.of(channelId.equals(id));
    }

    /** Text with quotes may have spaces at its ends and letters by their numbers. */
    private static String unquoted(String cell) {
        if (!cell.startsWith("\"")) {
            return cell;
        }
        return ESCAPE.matcher(cell.substring(1, cell.length() - 1))
                .replaceAll(m -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(m.group(1), 16))));
    }
}
