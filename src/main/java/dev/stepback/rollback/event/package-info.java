/**
 * Kubernetes Events about Rollbacks, denials, locks and the configuration, for {@code kubectl describe}.
 *
 * <p>Hears of them as any other listener does; nothing waits for an Event, and nothing depends on one.
 */
@NullMarked
package dev.stepback.rollback.event;

import org.jspecify.annotations.NullMarked;
