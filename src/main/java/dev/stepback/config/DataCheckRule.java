package dev.stepback.config;

import dev.stepback.policy.Scope;
import java.time.Duration;

/**
 * One of the {@code checks}: a Job that has to succeed before its targets are rolled back.
 *
 * @param name a DNS label
 * @param timeout how long the Job may take
 * @param keep how long the Job stays after its end
 * @param environment whether its containers get the environment of the revision to restore
 * @param jobTemplate {@code metadata} and {@code spec} of the Job, as JSON
 */
public record DataCheckRule(
        String name, Scope scope, Duration timeout, Duration keep, boolean environment, String jobTemplate) {}
