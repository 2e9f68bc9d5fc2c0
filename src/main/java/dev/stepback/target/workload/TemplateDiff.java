package dev.stepback.target.workload;

import dev.stepback.redaction.Redactor;
import dev.stepback.target.Change;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What differs between two pod templates, for people: by field, redacted, images first. */
public final class TemplateDiff {
    /** What a plan keeps: it is stored in one object, whose size is limited. */
    private static final int MAX_CHANGES = 500;

    private final TemplateFields fields;

    public TemplateDiff(Redactor redactor) {
        fields = new TemplateFields(redactor);
    }

    /** At most {@value #MAX_CHANGES} changes, and one more that counts the rest. */
    public List<Change> bounded(PodTemplate before, PodTemplate after) {
        List<Change> changes = between(before, after);
        if (changes.size() <= MAX_CHANGES) {
            return changes;
        }
        List<Change> first = new ArrayList<>(changes.subList(0, MAX_CHANGES));
        int more = changes.size() - MAX_CHANGES;
        first.add(new Change("more", "%d more fields".formatted(more), "%d more fields".formatted(more)));
        return List.copyOf(first);
    }

    public List<Change> between(PodTemplate before, PodTemplate after) {
        Map<String, TemplateFields.Value> from = fields.of(before);
        Map<String, TemplateFields.Value> to = fields.of(after);
        Set<String> paths = new LinkedHashSet<>(from.keySet());
        paths.addAll(to.keySet());
        List<Change> images = new ArrayList<>();
        List<Change> others = new ArrayList<>();
        for (String path : paths) {
            TemplateFields.Value a = from.get(path);
            TemplateFields.Value b = to.get(path);
            if (a == null || b == null || !a.raw().equals(b.raw())) {
                Change change = change(path, shown(a), shown(b));
                (path.endsWith("].image") ? images : others).add(change);
            }
        }
        images.addAll(others);
        if (images.isEmpty() && !before.sameAs(after)) {
            images.add(new Change("order of entries", "as before", "as in the other revision"));
        }
        return List.copyOf(images);
    }

    /** Two values that look alike once they are masked or shortened are not the same all the same. */
    private static Change change(String path, @Nullable String before, @Nullable String after) {
        return new Change(path, before, after != null && after.equals(before) ? after + " (changed)" : after);
    }

    private static @Nullable String shown(TemplateFields.@Nullable Value value) {
        return value == null ? null : value.shown();
    }
}
