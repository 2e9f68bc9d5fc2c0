/**
 * The audit record: one line for everything that somebody asked for, decided or was denied, and for what came of it.
 *
 * <p>Knows {@code target}, {@code redaction} and {@code text} only; whoever makes something true records it.
 */
@NullMarked
package dev.stepback.audit;

import org.jspecify.annotations.NullMarked;
