/** Lanes of blocking code: platform threads and virtual threads. */
@NullMarked
package dev.warren.worker.lane;

import org.jspecify.annotations.NullMarked;
