/** The whole bot against a local Slack and a local cluster, driven as people would drive it. */
@NullMarked
package dev.stepback.flow;

import org.jspecify.annotations.NullMarked;
