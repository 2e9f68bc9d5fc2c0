/**
 * The kill switch: while a namespace, or everything, is locked, nothing is accepted, approved or started there.
 *
 * <p>Used by who authorizes and by commands; the engine in {@link dev.stepback.rollback} learns of locks from its
 * {@link dev.stepback.rollback.Authorizer} alone.
 */
@NullMarked
package dev.stepback.rollback.lock;

import org.jspecify.annotations.NullMarked;
