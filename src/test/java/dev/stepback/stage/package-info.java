/** What tests and benchmarks play on: a cluster, a Slack, Deployments, and the bot as a process of its own. */
@NullMarked
package dev.stepback.stage;

import org.jspecify.annotations.NullMarked;
