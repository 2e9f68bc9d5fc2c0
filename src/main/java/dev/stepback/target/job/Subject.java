package dev.stepback.target.job;

import dev.stepback.target.workload.LiveWorkload;
import dev.stepback.target.workload.PodTemplate;

/**
 * The undo that is checked before it is made.
 *
 * @param from number of the revision to leave, whose template the workload has now
 * @param to number of the revision to restore
 * @param restored its template
 */
public record Subject(LiveWorkload workload, long from, long to, PodTemplate restored) {}
