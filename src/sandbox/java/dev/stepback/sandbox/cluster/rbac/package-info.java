/**
 * Who asks and what they may: callers and their tokens, impersonation, and RBAC. Knows objects as JSON trees only; the API
 * server of the package above asks it about every request.
 */
@NullMarked
package dev.stepback.sandbox.cluster.rbac;

import org.jspecify.annotations.NullMarked;
