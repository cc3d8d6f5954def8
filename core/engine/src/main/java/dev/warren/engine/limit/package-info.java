/**
 * How much at once: limits of types, how much to hold of a queue, limits that adapt. Pure: told the
 * time and what happens.
 */
@NullMarked
package dev.warren.engine.limit;

import org.jspecify.annotations.NullMarked;
