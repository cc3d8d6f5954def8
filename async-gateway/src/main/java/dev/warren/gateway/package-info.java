/** The gateway: event-loop tasks, aggregation of outcomes, HTTP. */
@NullMarked
package dev.warren.gateway;

import org.jspecify.annotations.NullMarked;
