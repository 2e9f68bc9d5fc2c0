/** The configuration: read once at start, checked completely, handed out as values. Uses nothing else of the bot. */
@NullMarked
package dev.stepback.config;

import org.jspecify.annotations.NullMarked;
