/** How fast the bot is and how much it takes: a plain harness that prints one table, apart from the tests. */
@NullMarked
package dev.stepback.bench;

import org.jspecify.annotations.NullMarked;
