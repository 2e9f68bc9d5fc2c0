/** Small things about text that several packages need. Uses nothing else of the bot. */
@NullMarked
package dev.stepback.text;

import org.jspecify.annotations.NullMarked;
