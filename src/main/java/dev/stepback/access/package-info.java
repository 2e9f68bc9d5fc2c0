/**
 * Who somebody is in the cluster, and what the cluster lets them do: identities for impersonation, and access reviews. The
 * authorizer asks before anything is shown or done; the engine and the commands ask as whom to read and write.
 *
 * <p>Uses {@code policy} for the mapping and {@code target} for the names of things; knows neither Slack nor Rollbacks.
 */
@NullMarked
package dev.stepback.access;

import org.jspecify.annotations.NullMarked;
