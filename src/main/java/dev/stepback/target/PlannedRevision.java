package dev.stepback.target;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.Map;

/** A revision as a plan remembers it; see {@link Revision} for the fields. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record PlannedRevision(long number, String id, Map<String, String> images, String changeCause) {

    public static PlannedRevision of(Revision revision) {
        return new PlannedRevision(revision.number(), revision.id(), revision.images(), revision.changeCause());
    }
}
