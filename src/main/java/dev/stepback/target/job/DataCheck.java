package dev.stepback.target.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/**
 * A check as it is configured.
 *
 * @param name tells it from the others of the same target; a DNS label of 40 characters at most
 * @param timeout how long its Job may take
 * @param keep how long its Job stays after its end
 * @param environment whether its containers also get the environment of the revision to restore
 * @param jobTemplate {@code metadata} and {@code spec} of a Job, as in a CronJob
 */
public record DataCheck(String name, Duration timeout, Duration keep, boolean environment, JsonNode jobTemplate) {}
