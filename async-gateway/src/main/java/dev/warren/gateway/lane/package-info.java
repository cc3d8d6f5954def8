/** The event-loop lane and what its task authors write. */
@NullMarked
package dev.warren.gateway.lane;

import org.jspecify.annotations.NullMarked;
