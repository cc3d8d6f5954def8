/**
 * The non-blocking tasks that come with the gateway, written as a user would write them: against
 * {@code dev.warren.gateway.lane} and Vert.x. They start no threads; an attempt stays on its own
 * context, and whatever it has opened is closed when it is told to stop.
 */
@NullMarked
package dev.warren.gateway.tasks;

import org.jspecify.annotations.NullMarked;
