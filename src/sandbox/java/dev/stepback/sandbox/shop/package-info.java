/** The small shop with which a sandbox cluster begins: its workloads, their history, and its next bad release. */
@NullMarked
package dev.stepback.sandbox.shop;

import org.jspecify.annotations.NullMarked;
