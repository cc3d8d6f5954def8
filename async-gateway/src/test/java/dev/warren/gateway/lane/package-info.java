/** Tests of the event-loop lane that need no broker. */
@NullMarked
package dev.warren.gateway.lane;

import org.jspecify.annotations.NullMarked;
