/**
 * The configuration: read at the start and, in part, when the file changes; checked completely, handed out as values. Of the
 * bot it uses {@code policy}, which it builds, and {@code text}.
 */
@NullMarked
package dev.stepback.config;

import org.jspecify.annotations.NullMarked;
