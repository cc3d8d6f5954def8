/** Tells the story and the outcome of tasks that the broker itself gave up. */
@NullMarked
package dev.warren.engine.undertake;

import org.jspecify.annotations.NullMarked;
