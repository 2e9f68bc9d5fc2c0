/** The connection to the API server: what is lost of it is noticed, and made anew. */
@NullMarked
package dev.stepback.connection;

import org.jspecify.annotations.NullMarked;
