/** The engine under producer, worker and gateway. */
@NullMarked
package dev.warren.engine;

import org.jspecify.annotations.NullMarked;
