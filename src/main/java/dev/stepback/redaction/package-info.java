/** Masks what must not leave the cluster. Used wherever text is made that people will read. */
@NullMarked
package dev.stepback.redaction;

import org.jspecify.annotations.NullMarked;
