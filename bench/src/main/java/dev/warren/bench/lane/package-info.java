/**
 * The lanes side by side, and what becomes of tasks that do not end or take their process along.
 */
@NullMarked
package dev.warren.bench.lane;

import org.jspecify.annotations.NullMarked;
